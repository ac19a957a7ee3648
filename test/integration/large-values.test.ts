import { RunnableLambda } from "@langchain/core/runnables";
import {
  autolog,
  flushTraces,
  getLastActiveTraceId,
  getTrace,
  type Span,
  setTrackingUri,
} from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { newFolder } from "../support/traces.js";

/** An array with one item, at the largest index but a few. */
function sparse(): unknown[] {
  const list: unknown[] = [];
  list[4e9] = "the only item";
  return list;
}

/** The root span of the only call that a program makes. */
async function rootSpanOf(program: () => Promise<unknown>): Promise<Span | undefined> {
  setTrackingUri(`file:${newFolder()}`);
  autolog({ silent: true });
  await program();
  await flushTraces();
  const trace = await getTrace(getLastActiveTraceId() ?? "");
  return trace?.data.spans[0];
}

const MARKED = ["[4000000000 empty items]", "the only item"];

describe("a sparse array is recorded by the items it has", () => {
  test("as input and output", async () => {
    const list = sparse();
    const same = RunnableLambda.from((value: unknown[]) => value);
    const span = await rootSpanOf(async () => {
      expect((await same.invoke(list)) === list).toBe(true);
    });
    expect([span?.inputs, span?.outputs]).toEqual([MARKED, MARKED]);
  });

  test.each([1, 2])("as %i chunks of a stream", async (chunks) => {
    const list = sparse();
    const lambda = RunnableLambda.from(async function* () {
      for (let count = 0; count < chunks; count += 1) yield list;
    });
    const span = await rootSpanOf(async () => {
      let received = 0;
      for await (const chunk of await lambda.stream("x"))
        if ((chunk as unknown) === list) received += 1;
      expect(received).toBe(chunks);
    });
    // LangChain joins two chunks itself, and reports none where they have no room in one array.
    expect(span?.outputs).toEqual(chunks === 1 ? MARKED : {});
  });

  test("as a thrown value", async () => {
    const list = sparse();
    const lambda = RunnableLambda.from(() => {
      throw list;
    });
    const span = await rootSpanOf(async () => {
      const thrown = await lambda.invoke("x").catch((error: unknown) => error);
      expect(thrown === list).toBe(true);
    });
    expect(span?.status.message).toBe("[4000000000 empty items],the only item");
  });
});

test("the bytes of a large Buffer are not listed", async () => {
  const bytes = Buffer.alloc(10_000_000);
  const keys = Object.keys;
  let listed = 0;
  Object.keys = (value: object) => {
    const names = keys(value);
    listed = Math.max(listed, names.length);
    return names;
  };
  try {
    const span = await rootSpanOf(async () => {
      expect((await RunnableLambda.from(() => bytes).invoke("x")) === bytes).toBe(true);
    });
    expect(span?.outputs).toEqual({ type: "Buffer", byteLength: 10_000_000 });
  } finally {
    Object.keys = keys;
  }
  expect(listed).toBeLessThan(1000);
});
