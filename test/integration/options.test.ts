import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { autolog } from "langchain-mlflow";
import { afterEach, describe, expect, test, vi } from "vitest";
import { getPipeline } from "../../src/recording/pipeline.js";
import { collect } from "../support/outcome.js";
import { record, traced } from "../support/traces.js";

const chain = () =>
  RunnableLambda.from((text: string) => text).pipe(new FakeListChatModel({ responses: ["hello"] }));

afterEach(() => {
  vi.restoreAllMocks();
});

test("extraTags are on every trace", async () => {
  const { traces } = await record((config) => chain().batch(["a", "b"], config), {
    traces: 2,
    autolog: { extraTags: { team: "search" } },
  });
  for (const { info } of traces) {
    expect(info.tags).toMatchObject({ team: "search", "mlflow.traceName": "RunnableSequence" });
  }
});

describe("samplingRatio", () => {
  test("0: nothing is recorded, and no child becomes a root", async () => {
    const nesting = () =>
      RunnableLambda.from((text: string) => chain().invoke(text)).pipe((reply) => reply.content);
    const late = (text: string) =>
      new Promise((resolve) => setTimeout(() => resolve(nesting().invoke(text)), 5));
    await record(
      async (config) => [
        await nesting().invoke("x", config),
        await collect(nesting().stream("x", config)),
        await nesting().batch(["x", "y"], config),
        await RunnableLambda.from((text: string) => void late(text)).invoke("x", config),
        await new Promise((resolve) => setTimeout(resolve, 30)),
      ],
      { traces: 0, autolog: { samplingRatio: 0 } },
    );
  });

  test("0.5: whole traces, of about half of the calls", async () => {
    let state = 7;
    // A small generator of our own, so that each run of the test sees the same numbers.
    vi.spyOn(Math, "random").mockImplementation(() => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    });
    const calls = 100;
    const { traces } = await traced(
      async () => {
        for (let i = 0; i < calls; i += 1) await chain().invoke("x");
      },
      { samplingRatio: 0.5 },
    );
    expect(traces.length).toBeGreaterThan(calls * 0.35);
    expect(traces.length).toBeLessThan(calls * 0.65);
    for (const { data } of traces) expect(data.spans).toHaveLength(3);
  });

  test("decides for the whole of a stream: what its later chunks call is no root", async () => {
    const draws = [0.9, 0.1, 0.1, 0.1];
    vi.spyOn(Math, "random").mockImplementation(() => draws.shift() ?? 0);
    const model = new FakeListChatModel({ responses: ["hello"] });
    const talking = RunnableLambda.from(async function* (text: string) {
      yield "well";
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield (await model.invoke(text)).content;
    });
    const { traces } = await traced(() => collect(talking.stream("x")), { samplingRatio: 0.5 });
    expect(traces).toEqual([]);
  });

  test("decides for each item of a batch", async () => {
    const draws = [0.1, 0.9, 0.2, 0.8];
    let draw = 0;
    vi.spyOn(Math, "random").mockImplementation(() => draws[draw++ % draws.length] ?? 0);
    const { traces } = await traced(
      () => RunnableLambda.from((text: string) => text).batch(["a", "b", "c", "d"]),
      { samplingRatio: 0.5 },
    );
    expect(traces.map(({ data }) => data.spans[0]?.inputs)).toEqual(["a", "c"]);
  });
});

test("logTraces: false records nothing", async () => {
  await record((config) => chain().invoke("x", config), {
    traces: 0,
    autolog: { logTraces: false },
  });
});

test("maxOpenCalls: calls beyond it are not recorded, but counted", async () => {
  const before = getPipeline().losses.open_calls ?? 0;
  const slow = RunnableLambda.from(async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return chain().invoke(text);
  });
  const { traces } = await traced(
    () => Promise.all(Array.from({ length: 5 }, () => slow.invoke("x"))),
    { maxOpenCalls: 2 },
  );
  expect(traces).toHaveLength(2);
  expect((getPipeline().losses.open_calls ?? 0) - before).toBe(3);
});

test("a second autolog() replaces the options and records nothing twice", async () => {
  autolog({ silent: true, extraTags: { team: "search" } });
  const { trace } = await record((config) => chain().invoke("x", config));
  expect(trace.info.tags).not.toHaveProperty("team");
  expect(trace.data.spans).toHaveLength(3);
});

test("switched off in the middle of a stream: the app's stream goes on", async () => {
  const { outcome } = await traced(async () => {
    const chunks: unknown[] = [];
    for await (const chunk of await chain().stream("x")) {
      autolog({ disable: true });
      chunks.push(chunk.content);
    }
    return chunks.join("");
  });
  expect(outcome.value).toBe("hello");
});
