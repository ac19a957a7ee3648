import { MlflowException, MlflowLangchainTracer } from "langchain-mlflow";
import { expect, test } from "vitest";

test.each<[unknown, RegExp]>([
  [null, /takes an object of options, got null/],
  ["x", /takes an object of options, got 'x'/],
  [
    { tag: {} },
    /has no option `tag`\. Did you mean `tags`\? Options are: tags, metadata, sessionId, experimentName, parentSpan\./,
  ],
  [{ tags: { a: 1 } }, /option `tags` takes an object whose values are strings, got \{ a: 1 \}/],
  [{ metadata: ["a"] }, /option `metadata` takes an object whose values are strings/],
  [{ sessionId: "" }, /option `sessionId` takes a text that is not empty, got ''/],
  [{ experimentName: 7 }, /option `experimentName` takes a text that is not empty, got 7/],
  [{ parentSpan: "tr-1" }, /option `parentSpan` takes an object with a `traceId` and a `spanId`/],
  [{ parentSpan: { traceId: "tr-1" } }, /option `parentSpan` takes an object with a `traceId`/],
])("rejects the options %j", (options, message) => {
  const make = () => new MlflowLangchainTracer(options as never);
  expect(make).toThrow(MlflowException);
  expect(make).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
  expect(make).toThrow(message);
});

test("accepts no options, and undefined ones", () => {
  expect(() => new MlflowLangchainTracer()).not.toThrow();
  expect(() => new MlflowLangchainTracer({ tags: undefined } as never)).not.toThrow();
});
