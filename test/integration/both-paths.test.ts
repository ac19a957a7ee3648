import { StringOutputParser } from "@langchain/core/output_parsers";
import { Runnable, type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import {
  Annotation,
  Command,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import type { Span, Trace } from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { traced } from "../support/traces.js";

type Config = Partial<RunnableConfig>;
type Act = (input: unknown, config: Config | undefined) => unknown;
type Chunks = () => AsyncGenerator<string>;

/** Two classes that do the same. LangChain reports the run of the first one to handlers, and no run of the other one. */
interface Pair {
  act(act: Act, name?: string): Runnable<unknown, unknown>;
  stream(chunks: Chunks, name?: string): Runnable<unknown, unknown>;
}

abstract class Step extends Runnable<unknown, unknown> {
  lc_namespace = ["test"];
  readonly act: Act;
  readonly chunks: Chunks | undefined;

  constructor(act: Act, chunks?: Chunks, name = "step") {
    super();
    this.act = act;
    this.chunks = chunks;
    this.name = name;
  }
}

class WithRun extends Step {
  override async invoke(input: unknown, config?: Config): Promise<unknown> {
    return this._callWithConfig(async (given: unknown) => this.act(given, config), input, config);
  }

  override async *_streamIterator(input: unknown, config?: Config): AsyncGenerator<unknown> {
    const { chunks } = this;
    if (!chunks) return yield* super._streamIterator(input, config);
    yield* this._transformStreamWithConfig(once(input), () => chunks(), config);
  }
}

class WithoutRun extends Step {
  override async invoke(input: unknown, config?: Config): Promise<unknown> {
    return this.act(input, config);
  }

  override async *_streamIterator(input: unknown, config?: Config): AsyncGenerator<unknown> {
    const { chunks } = this;
    if (!chunks) return yield* super._streamIterator(input, config);
    yield* chunks();
  }
}

async function* once(input: unknown) {
  yield input;
}

const pairOf = (Class: new (...args: ConstructorParameters<typeof WithRun>) => Step): Pair => ({
  act: (act, name) => new Class(act, undefined, name),
  stream: (chunks, name) => new Class(() => "", chunks, name),
});

/** What a span says, without ids and times. */
function factsOf({ name, spanType, status, attributes, events, inputs, outputs }: Span) {
  return {
    ...{ name, spanType, status, inputs, outputs },
    end: attributes["langchain.end"],
    metadata: withoutIds(attributes.metadata),
    events: events.map((event) => event.name),
  };
}

/** LangGraph numbers its checkpoints. */
function withoutIds(metadata: unknown): unknown {
  const entries = Object.entries((metadata ?? {}) as object);
  return Object.fromEntries(entries.filter(([name]) => !/checkpoint|__pregel|run_id/.test(name)));
}

function factsOfTrace({ info, data }: Trace) {
  const { state, traceMetadata, requestPreview } = info;
  return {
    state,
    requestPreview,
    session: traceMetadata["mlflow.trace.session"],
    user: traceMetadata["mlflow.trace.user"],
    spans: data.spans.filter(({ name }) => name.startsWith("step")).map(factsOf),
  };
}

async function recordBoth(program: (pair: Pair) => Promise<unknown>) {
  const both = [];
  for (const Class of [WithRun, WithoutRun]) {
    const { traces } = await traced(() => program(pairOf(Class)).catch(() => {}));
    both.push(traces.map(factsOfTrace));
  }
  return { handler: both[0] ?? [], scope: both[1] ?? [] };
}

const State = Annotation.Root({ text: Annotation<string>() });
const thread = { configurable: { thread_id: "t-1" } };

/** A graph whose node calls the step. */
const graphOf = (step: Runnable<unknown, unknown>) =>
  new StateGraph(State)
    .addNode("node", async (state, config) => ({ text: String(await step.invoke(state, config)) }))
    .addEdge(START, "node")
    .compile({ checkpointer: new MemorySaver() });

async function* three() {
  yield "one ";
  yield "two ";
  yield "three";
}

async function* broken() {
  yield "one ";
  throw new TypeError("terminated");
}

/** Reads one chunk and leaves. */
async function leave(stream: AsyncIterable<unknown>, by: "break" | "return" | "cancel") {
  if (by === "break") for await (const _ of stream) return;
  const iterator = stream[Symbol.asyncIterator]();
  await iterator.next();
  if (by === "return") await iterator.return?.();
  else await (stream as unknown as ReadableStream).cancel().catch(() => iterator.return?.());
}

async function failing(): Promise<never> {
  throw new RangeError("refused");
}

const parser = new StringOutputParser() as unknown as Runnable<unknown, unknown>;

const PROGRAMS: Record<string, (pair: Pair) => Promise<unknown>> = {
  "a value": ({ act }) => act(async () => "done").invoke("x"),
  "an object": ({ act }) => act(async () => ({ output: "done" })).invoke({ input: "x" }),
  "an error": ({ act }) => act(failing).invoke("x"),
  "an error in a sequence": ({ act }) => act(failing).pipe(parser).invoke("x"),
  "an error that is caught": ({ act }) =>
    RunnableLambda.from(async (text: string, config) =>
      act(failing)
        .invoke(text, config)
        .catch(() => "caught"),
    ).invoke("x"),
  "a text as error": ({ act }) => act(() => Promise.reject("refused")).invoke("x"),
  "an interrupt": ({ act }) =>
    graphOf(act(() => interrupt("Continue?"))).invoke({ text: "" }, thread),
  "an interrupt and its resumption": async ({ act }) => {
    const graph = graphOf(act(() => interrupt("Continue?")));
    await graph.invoke({ text: "" }, thread);
    return graph.invoke(new Command({ resume: "yes" }), thread);
  },
  "a thrown pause": ({ act }) =>
    act(() => Promise.reject({ is_bubble_up: true, interrupts: [{ value: "ok?" }] })).invoke("x"),
  "a thrown command": ({ act }) =>
    act(() => Promise.reject({ is_bubble_up: true, command: { goto: ["b"] } })).invoke("x"),
  "an aborted call": async ({ act }) => {
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = () =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const call = act(aborted).invoke("x", { signal });
    // LangChain 0.3 rejects with this message, whatever the reason is.
    setImmediate(() => controller.abort(new Error("Aborted")));
    return call;
  },
  "a call in a graph that fails": ({ act }) => graphOf(act(failing)).invoke({ text: "" }, thread),
  "a batch whose failed items are returned": ({ act }) =>
    act(async (text) => (text === "bad" ? failing() : text)).batch(["good", "bad"], undefined, {
      returnExceptions: true,
    }),
  "a batch that rejects": ({ act }) => act(failing).batch(["a", "b"]),
  "a stream": async ({ stream }) => collect(stream(three).stream("x")),
  "a stream that fails": async ({ stream }) => collect(stream(broken).stream("x")),
  "a stream that breaks": async ({ stream }) => leave(await stream(three).stream("x"), "break"),
  "a stream that returns": async ({ stream }) => leave(await stream(three).stream("x"), "return"),
  "a stream that is cancelled": async ({ stream }) =>
    leave(await stream(three).stream("x"), "cancel"),
  "a stream inside a lambda that fails": ({ stream }) =>
    RunnableLambda.from((text: string, config) =>
      collect(stream(broken).stream(text, config)),
    ).invoke("x"),
  "a stream inside a lambda that is left": ({ stream }) =>
    RunnableLambda.from(async (text: string, config) => {
      await leave(await stream(three).stream(text, config), "break");
      return "left";
    }).invoke("x"),
  "an aborted stream": async ({ stream }) => {
    const controller = new AbortController();
    const chunks = await stream(three).stream("x", { signal: controller.signal });
    for await (const _ of chunks) controller.abort(new Error("stopped"));
  },
  "a run name, tags and metadata": ({ act }) =>
    act(async () => "done").invoke("x", {
      ...{ runName: "step named", tags: ["tag"], ...thread },
      metadata: { topic: "a", session_id: "s-1", user_id: "u-1" },
    }),
  "metadata of the call around it": ({ act }) =>
    RunnableLambda.from((text: string, config) =>
      act(async () => "done").invoke(text, { ...config, metadata: { inner: 1 } }),
    ).invoke("x", { metadata: { outer: 1, session_id: "s-1" }, configurable: { model: "m" } }),
  "metadata of a bound call": ({ act }) =>
    act(async () => "done")
      .withConfig({ metadata: { bound: 1 }, runName: "step bound" })
      .invoke("x", { metadata: { call: 1 } }),
  "metadata of a graph": ({ act }) =>
    graphOf(act(async () => "done")).invoke({ text: "" }, { ...thread, metadata: { topic: "a" } }),
  "metadata in a graph, its config forgotten": ({ act }) =>
    new StateGraph(State)
      .addNode("node", async () => ({ text: String(await act(async () => "done").invoke("x")) }))
      .addEdge(START, "node")
      .compile()
      .invoke({ text: "" }, { ...thread, metadata: { topic: "a" } }),
  "metadata of a stream": async ({ stream }) =>
    collect(stream(three).stream("x", { metadata: { topic: "a" }, ...thread })),
  "metadata of a batch": ({ act }) =>
    act(async () => "done").batch(["a", "b"], [{ metadata: { item: 1 } }, { runName: "step two" }]),
};

describe("a Runnable without a run is recorded like one with a run", () => {
  test.each(Object.keys(PROGRAMS))("%s", async (name) => {
    const { handler, scope } = await recordBoth(PROGRAMS[name] as (pair: Pair) => Promise<unknown>);
    expect(handler.flatMap(({ spans }) => spans).length).toBeGreaterThan(0);
    expect(scope).toEqual(handler);
  });
});
