import { expect, test } from "vitest";
import { answerText } from "../../src/scorers/answer-text.js";
import { scorer } from "../../src/scorers/function-scorer.js";
import { runScorer } from "../../src/scorers/run-scorer.js";
import { fromLangSmith, toScorer } from "../../src/scorers/to-scorer.js";

const scoring = {
  signal: new AbortController().signal,
  withBackoff: <T>(work: () => Promise<T>) => work(),
};
const row = { inputs: { q: "?" }, outputs: "Paris", expectations: { expected_response: "Paris" } };

test.each<[string, unknown, object[]]>([
  ["a boolean", true, [{ name: "s", value: true }]],
  ["nothing", undefined, []],
  [
    "openevals",
    { key: "k", score: true, comment: "c" },
    [{ name: "k", value: true, rationale: "c" }],
  ],
  [
    "autoevals",
    { name: "L", score: 1, metadata: { rationale: "r" } },
    [{ name: "L", value: 1, rationale: "r" }],
  ],
  [
    "Phoenix",
    { score: 1, label: "ok", explanation: "e" },
    [{ name: "s", value: 1, metadata: { label: "ok" } }],
  ],
  ["LangSmith", { results: [{ key: "a", score: 0 }] }, [{ name: "a", value: 0 }]],
  ["NaN", Number.NaN, [{ name: "s", error: { errorCode: "SCORER_ERROR" } }]],
  ["an unknown object", { nonsense: 1 }, [{ name: "s", error: { errorCode: "SCORER_ERROR" } }]],
])("the result of a scorer becomes feedback: %s", async (_title, result, expected) => {
  const found = await runScorer(
    scorer({ name: "s" }, () => result),
    row,
    scoring,
  );
  expect(found).toMatchObject(expected);
  expect(found).toHaveLength(expected.length);
});

test("a scorer that throws, or does not finish in time, leaves one feedback with the error", async () => {
  const throws = scorer({ name: "s" }, () => {
    throw new TypeError("broken");
  });
  const hangs = scorer({ name: "s", timeout: 0.01 }, () => new Promise(() => {}));
  expect(await runScorer(throws, row, scoring)).toMatchObject([
    { error: { errorMessage: "broken" } },
  ]);
  expect(await runScorer(hangs, row, scoring)).toMatchObject([
    { error: { errorMessage: expect.stringContaining("within 0.01 seconds") } },
  ]);
});

test("functions receive the names of other libraries, and positional ones a run and an example", async () => {
  const same = toScorer(function same(args: Record<string, unknown>) {
    return args.output === args.expected && args.outputs === args.referenceOutputs;
  });
  const positional = fromLangSmith(function positional(run, example) {
    return run.outputs.output === example.outputs.expected_response;
  });
  const evaluator = toScorer({
    name: "p",
    evaluate: ({ output }: { output: string }) => ({ score: output.length }),
  });
  for (const [one, value] of [
    [same, true],
    [positional, true],
    [evaluator, 5],
  ] as const) {
    expect(await runScorer(one, row, scoring)).toMatchObject([{ value }]);
  }
  expect(() => toScorer(() => true)).toThrow("requires a name");
});

test("the text of an answer is read from messages, choices and fields", () => {
  expect(
    answerText({
      messages: [
        { role: "user", content: "q" },
        { type: "ai", content: "a" },
      ],
    }),
  ).toBe("a");
  expect(answerText({ choices: [{ message: { role: "assistant", content: "a" } }] })).toBe("a");
  expect(answerText({ output: [{ type: "text", text: "a" }] })).toBeTypeOf("string");
  expect(answerText({ answer: "a", sources: [] })).toBe("a");
});
