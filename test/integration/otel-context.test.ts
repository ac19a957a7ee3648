import { AsyncLocalStorage } from "node:async_hooks";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { autolog, type Trace, withSpan } from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../support/outcome.js";
import { traced } from "../support/traces.js";

// The context manager of OpenTelemetry's SDK, as its API registers it.
const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
class Context {
  readonly values: ReadonlyMap<symbol, unknown>;
  constructor(values: ReadonlyMap<symbol, unknown> = new Map()) {
    this.values = values;
  }

  getValue = (key: symbol) => this.values.get(key);
  setValue = (key: symbol, value: unknown) => new Context(new Map([...this.values, [key, value]]));
}
const storage = new AsyncLocalStorage<Context>();
const contexts = {
  active: () => storage.getStore() ?? new Context(),
  with: <T>(context: Context, fn: () => T) => storage.run(context, fn),
};
beforeAll(async () => {
  // The class of an object that was created before autolog() is found in its first call.
  await traced(() => chain.invoke(input));
  seen.length = 0;
  Object.defineProperty(globalThis, API, { value: { context: contexts }, configurable: true });
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, API);
});

interface OtelSpan {
  spanContext(): { traceId: string; spanId: string; traceFlags: number };
  setAttribute(key: string, value: unknown): OtelSpan;
  isRecording(): boolean;
}
const active = () => contexts.active().getValue(SPAN) as OtelSpan | undefined;

/** What an instrumentation sees as the parent of its span, by the place where it starts one. */
const seen: [place: string, traceId: string | undefined, spanId: string | undefined][] = [];
function instrumented(place: string): void {
  const context = active()?.spanContext();
  seen.push([place, context?.traceId, context?.spanId]);
}

class Model extends FakeListChatModel {
  override async _generate(...args: Parameters<FakeListChatModel["_generate"]>) {
    instrumented("model");
    await new Promise((resolve) => setTimeout(resolve, 1));
    instrumented("model");
    return super._generate(...args);
  }

  override async *_streamResponseChunks(
    ...args: Parameters<FakeListChatModel["_streamResponseChunks"]>
  ) {
    for await (const chunk of super._streamResponseChunks(...args)) {
      instrumented("model");
      yield chunk;
    }
  }
}

const model = new Model({ responses: ["ab"] }).withConfig({ runName: "model" });
const look = tool(
  async ({ city }) => {
    instrumented("tool");
    return city;
  },
  { name: "tool", description: "Looks", schema: z.object({ city: z.string() }) },
);
const step = RunnableLambda.from(async (message: { content: unknown }) => {
  instrumented("step");
  await look.invoke({ city: "Rome" });
  instrumented("step");
  return String(message.content);
}).withConfig({ runName: "step" });
const chain = ChatPromptTemplate.fromTemplate("{question}").pipe(model).pipe(step);
const State = Annotation.Root({ text: Annotation<string> });
const graph = new StateGraph(State)
  .addNode("node", async ({ text }) => {
    instrumented("node");
    await look.invoke({ city: "Rome" });
    return { text };
  })
  .addEdge(START, "node")
  .compile();

const input = { question: "who?" };

/** The name of each place's span must be that of the place. */
function expectPlaces(traces: readonly Pick<Trace, "data">[], places: readonly string[]): void {
  const byId = new Map(
    traces.flatMap(({ data }) =>
      data.spans.map(({ spanId, traceId, name }) => [spanId, { traceId, name }] as const),
    ),
  );
  const found = seen.splice(0).map(([place, traceId, spanId]) => {
    const span = byId.get(spanId ?? "");
    return [place, span?.name, span?.traceId === `tr-${traceId}`];
  });
  expect(new Set(found.map(([place]) => place))).toEqual(new Set(places));
  for (const [place, name, isSameTrace] of found)
    expect([place, name, isSameTrace]).toEqual([place, place, true]);
}

describe("with `otelContext`, OpenTelemetry's active span has the ids of our span", () => {
  test.each<[string, () => Promise<unknown>, string[]]>([
    ["invoke", () => chain.invoke(input), ["model", "step", "tool"]],
    ["stream", async () => collect(await chain.stream(input)), ["model", "step", "tool"]],
    ["a batch", () => chain.batch([input, input]), ["model", "step", "tool"]],
    ["a graph", () => graph.invoke({ text: "a" }), ["node", "tool"]],
    [
      "a span by hand",
      () => withSpan(async () => instrumented("by hand"), { name: "by hand" }),
      ["by hand"],
    ],
  ])("%s", async (_what, call, places) => {
    const { traces } = await traced(call, { otelContext: true });
    expectPlaces(traces, places);
  });

  test("also within a span of the app, which keeps what the app records, and to which the root links", async () => {
    const recorded: unknown[] = [];
    const outer: OtelSpan = {
      spanContext: () => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 }),
      setAttribute(...args) {
        recorded.push(args);
        return outer;
      },
      isRecording: () => true,
    };
    const call = RunnableLambda.from(() => {
      active()?.setAttribute("a", 1).setAttribute("b", 2);
      expect(active()?.isRecording()).toBe(true);
      instrumented("step");
      // Its own span inside of ours.
      contexts.with(contexts.active().setValue(SPAN, outer), () =>
        expect(active()?.spanContext().spanId).toBe("b".repeat(16)),
      );
      return 1;
    }).withConfig({ runName: "step" });
    const { traces } = await traced(
      () => contexts.with(new Context().setValue(SPAN, outer), () => call.invoke(1)),
      { otelContext: true },
    );
    expectPlaces(traces, ["step"]);
    expect(recorded).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(traces[0]?.data.spans[0]?.links).toEqual([
      { traceId: `tr-${"a".repeat(32)}`, spanId: "b".repeat(16), attributes: {} },
    ]);
  });

  test("but not where nothing is recorded, and not without the option", async () => {
    await traced(() => chain.invoke(input), { otelContext: true, samplingRatio: 0 });
    await traced(() => chain.invoke(input));
    const ids = seen.splice(0).map(([, traceId]) => traceId);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((traceId) => traceId === undefined)).toBe(true);
    autolog({ disable: true });
  });
});
