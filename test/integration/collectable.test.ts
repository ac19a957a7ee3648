import { setTimeout as sleep } from "node:timers/promises";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { autolog, flushTraces, setTrackingUri } from "langchain-mlflow";
import { afterEach, expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { Collector } from "../../src/recording/collector.js";
import { collectGarbageUntil } from "../support/garbage.js";
import { collect } from "../support/outcome.js";
import { newFolder } from "../support/traces.js";

interface Input {
  readonly text: string;
}
type Track = <T extends object>(what: string, object: T) => T;
type Chain = ReturnType<typeof makeChain>;

const makeChain = (track: Track) => {
  const model = track("a model", new FakeListChatModel({ responses: ["abcdef"], sleep: 1 }));
  const prompt = track(
    "a lambda",
    RunnableLambda.from(({ text }: Input) => text),
  );
  return track("a chain", prompt.pipe(model).pipe(new StringOutputParser()));
};
const makeFailing = (track: Track) =>
  makeChain(track).pipe((): string => {
    throw track("an error", new Error("of the app"));
  });

const makePieces = (track: Track) =>
  RunnableLambda.from(async function* (_: Input) {
    for (const piece of ["a", "b"]) yield track("a chunk", { piece });
  });

async function* single<T>(value: T) {
  yield value;
}

const timers: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer);
});

/** Each calls a chain in one way, and keeps nothing. */
const ways: Record<string, (chain: Chain, input: Input, track: Track) => Promise<unknown>> = {
  invoke: (chain, input) => chain.invoke(input),
  batch: (chain, input, track) => chain.batch([input, track("an input", { text: "y" })]),
  "a stream that is read": (chain, input) => collect(chain.stream(input)),
  "a stream that is left": async (chain, input) => {
    for await (const _ of await chain.stream(input)) break;
  },
  "a stream that is cancelled": async (chain, input) => {
    const reader = (await chain.stream(input)).getReader();
    await reader.read();
    await reader.cancel();
  },
  "a stream that nobody reads": async (chain, input) => void (await chain.stream(input)),
  "a stream that is read in part": async (chain, input) => {
    await (await chain.stream(input)).getReader().read();
  },
  streamEvents: (chain, input) => collect(chain.streamEvents(input, { version: "v2" })),
  "streamEvents that is left": async (chain, input) => {
    const events = chain.streamEvents(input, { version: "v2" });
    const leave = async () => {
      for await (const { event } of events) if (event === "on_chat_model_stream") break;
    };
    // 0.3 throws at who leaves.
    await leave().catch(() => {});
  },
  "an error": async (_chain, input, track) =>
    makeFailing(track)
      .invoke(input)
      .catch(() => {}),
  "an error in a stream": async (_chain, input, track) =>
    collect(makeFailing(track).stream(input)).catch(() => {}),
  "an error in a batch": async (_chain, input, track) =>
    makeFailing(track).batch([input], {}, { returnExceptions: true }),
  "an abort": async (chain, input) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 3);
    await chain.invoke(input, { signal: controller.signal }).catch(() => {});
    await sleep(10);
  },
  "an abort of a stream": async (chain, input) => {
    const controller = new AbortController();
    const stream = await chain.stream(input, { signal: controller.signal });
    await (async () => {
      for await (const _ of stream) controller.abort();
    })().catch(() => {});
    await sleep(10);
  },
  "a signal that outlives the stream": async (chain, input) => {
    await collect(chain.stream(input, { signal: longLived.signal }));
  },
  "a nested call": (chain, input) =>
    RunnableLambda.from((inner: Input) => chain.invoke(inner)).invoke(input),
  "a nested stream that is left": (chain, input) =>
    RunnableLambda.from(async (inner: Input) => {
      for await (const chunk of await chain.stream(inner)) return chunk;
    }).invoke(input),
  "a call nobody awaits": async (chain, input) => {
    await RunnableLambda.from((inner: Input) => void chain.invoke(inner)).invoke(input);
    await sleep(20);
  },
  "a call after all was complete": async (chain, input) => {
    const configs: RunnableConfig[] = [];
    await RunnableLambda.from((_: string, config) => configs.push(config)).invoke("x");
    await chain.invoke(input, configs[0]);
  },
  "a graph": (chain, input) => {
    const State = Annotation.Root({ text: Annotation<string>() });
    return new StateGraph(State)
      .addNode("ask", async (state) => ({ text: await chain.invoke(state) }))
      .addEdge(START, "ask")
      .compile()
      .invoke(input);
  },
  "a stream that the app keeps": async (_chain, input, track) => {
    const stream = await makePieces(track).stream(input);
    streams.push(stream);
    await collect(stream);
  },
  "a generator that the app keeps": async (_chain, input, track) => {
    const generator = makePieces(track).transform(single(input), {});
    streams.push(generator);
    await collect(generator);
  },
  "a stream that nobody reads, under a signal that lives on": async (chain, input) =>
    void (await chain.stream(input, { signal: longLived.signal })),
  "a timer in an item of a batch": (chain, input) =>
    RunnableLambda.from((inner: Input) => {
      startTimer();
      return chain.invoke(inner);
    }).batch([input]),
  "a timer that goes on": (chain, input) =>
    RunnableLambda.from((inner: Input) => {
      startTimer();
      return chain.invoke(inner);
    }).invoke(input),
};
const KEPT_BY_LANGCHAIN = ["a generator that the app keeps: an input"];
/** A timer's context, and a stream's generator, are there as long as they are; their scopes hold nothing. */
const KEPT_IN_USE = [
  "a stream that the app keeps: a scope",
  ...KEPT_BY_LANGCHAIN,
  "a generator that the app keeps: a scope",
  "a timer in an item of a batch: a scope",
  "a timer that goes on: a scope",
];

const startTimer = () => void timers.push(setInterval(() => {}, 1000).unref());
const streams: unknown[] = [];
const longLived = new AbortController();

test.each([
  ["with autolog off", { disable: true }, KEPT_BY_LANGCHAIN],
  ["when they are recorded", {}, KEPT_IN_USE],
  ["when they are sampled out", { samplingRatio: 0 }, KEPT_IN_USE],
] as const)("nothing of calls is kept %s", async (_, options, expected) => {
  setTrackingUri(`file:${newFolder()}`);
  autolog({ silent: true, ...options });
  expect(await keptOfAll()).toEqual(expected);
});

/** What is still reachable after calls of every way, and their delivery. */
async function keptOfAll(): Promise<string[]> {
  const refs: { readonly what: string; readonly ref: WeakRef<object> }[] = [];
  for (const [way, call] of Object.entries(ways)) {
    const track: Track = (what, object) => {
      refs.push({ what: `${way}: ${what}`, ref: new WeakRef(object) });
      return object;
    };
    const restore = watchCollector(track);
    await call(makeChain(track), track("an input", { text: "x" }), track);
    await collectGarbageUntil(() => getState().recording.collector.openCalls === 0);
    restore();
  }
  await flushTraces();
  const alive = () => refs.filter(({ ref }) => ref.deref() !== undefined);
  await collectGarbageUntil(() => alive().length <= KEPT_IN_USE.length, 20);
  return alive().map(({ what }) => what);
}

/** Tells of all that is made for a call. */
function watchCollector(track: Track): () => void {
  const { openScope, startSpan } = Collector.prototype;
  Collector.prototype.openScope = function (...args) {
    const scope = track("a scope", openScope.apply(this, args));
    if (scope.call) track("a call", scope.call);
    return scope;
  };
  Collector.prototype.startSpan = function (...args) {
    const span = startSpan.apply(this, args);
    return span && track("a span", span);
  };
  return () => Object.assign(Collector.prototype, { openScope, startSpan });
}
