import { setTimeout as sleep } from "node:timers/promises";
import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { autolog, flushTraces, setTrackingUri } from "langchain-mlflow";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Fault, faults } from "../support/faults.js";
import { exempt } from "../support/ledger.js";
import { collect, outcomeOf } from "../support/outcome.js";
import { newFolder } from "../support/traces.js";
import { witness } from "../support/witness.js";

exempt();

const rejections: unknown[] = [];
const printed: string[] = [];
let bare: Awaited<ReturnType<typeof everything>>;

beforeAll(async () => {
  autolog({ disable: true });
  bare = await everything({ settleMs: 100 });
});

afterEach(() => {
  vi.restoreAllMocks();
  autolog({ disable: true });
});

test.each(faults.map((fault): [string, Fault] => [fault.name, fault]))(
  "a fault of %s is not the app's",
  async (_, fault) => {
    setTrackingUri(`file:${newFolder()}`);
    autolog({ silent: true, flushIntervalMs: 1 });
    listen();
    const { struck, undo } = fault.install();
    try {
      expect(await everything({ expected: bare })).toEqual(bare);
      expect(await flushTraces({ timeoutMs: 3000 })).toBeDefined();
      expect(struck(), "the fault was met").toBeGreaterThan(0);
    } finally {
      undo();
    }
    expect({ printed, rejections }).toEqual({ printed: [], rejections: [] });
  },
);

/**
 * What an app does, and all that comes of it, its own callbacks' events included. What was left or aborted ends a moment later:
 * after `settleMs`, or when it is as expected.
 */
async function everything({
  settleMs = 15,
  expected,
}: {
  settleMs?: number;
  expected?: readonly unknown[];
}): Promise<unknown[]> {
  const ends: unknown[] = [];
  for (const [index, program] of programs.entries()) {
    const { handler, callbacks, events } = witness();
    const { kind, shape } = await outcomeOf(() => program({ callbacks }));
    const end = () => ({ kind, shape, events: [...events], isUntouched: callbacks[0] === handler });
    await sleep(settleMs);
    // A busy machine needs longer.
    const isExpected = () => expect(end()).toEqual(expected?.[index]);
    if (expected) await vi.waitFor(isExpected, { timeout: 2_000 }).catch(() => undefined);
    ends.push(end());
  }
  return ends;
}

type Config = Pick<ReturnType<typeof witness>, "callbacks">;

const model = () => new FakeListChatModel({ responses: ["abcdef"] });
const chain = () =>
  RunnableLambda.from((text: string) => `${text}!`)
    .pipe(model())
    .pipe(new StringOutputParser());
const failing = () => chain().pipe(() => Promise.reject(new Error("of the app")));
const shout = tool(async ({ text }: { text: string }) => text.toUpperCase(), {
  name: "shout",
  schema: { type: "object", properties: { text: { type: "string" } } } as never,
});
const State = Annotation.Root({ text: Annotation<string>() });
const graph = () =>
  new StateGraph(State)
    .addNode("model", async ({ text }) => ({ text: await chain().invoke(text) }))
    .addEdge(START, "model")
    .compile();
/** A user's own Runnable that makes no run. */
class Plain extends RunnableLambda<string, string> {
  override async invoke(input: string, config?: Config) {
    return `${await model().invoke(input, config)}`;
  }
}
/** One in which a run starts that no scope is opened for. */
class Generating extends RunnableLambda<string, string> {
  override async invoke(input: string, config?: Config) {
    const { generations } = await model().generate([[new HumanMessage(input)]], config);
    return generations[0]?.[0]?.text ?? "";
  }
}
const late = RunnableLambda.from(async function* (_: string) {
  yield "a";
  throw new Error("halfway");
});

const programs: readonly ((config: Config) => Promise<unknown>)[] = [
  (config) => chain().invoke("x", config),
  (config) => chain().batch(["x", "y"], config),
  (config) => failing().invoke("x", config),
  (config) => failing().batch(["x"], config, { returnExceptions: true }),
  async (config) => collect(chain().stream("x", config)),
  async (config) => leave(await chain().stream("x", config)),
  async (config) => void (await chain().stream("x", config)),
  async (config) => collect(late.stream("x", config)),
  async (config) => {
    const { signal } = new AbortController();
    return collect(chain().stream("x", { ...config, signal }));
  },
  async (config) => {
    const controller = new AbortController();
    const { signal } = controller;
    for await (const _ of await chain().stream("x", { ...config, signal })) controller.abort();
  },
  async (config) => {
    const events = chain().streamEvents("x", { ...config, version: "v2" });
    return (await collect(events)).map(({ event }) => event);
  },
  (config) => shout.invoke({ text: "x" }, config),
  (config) => graph().invoke({ text: "x" }, config),
  async (config) =>
    collect(await graph().stream({ text: "x" }, { ...config, streamMode: "values" })),
  (config) => new Plain({ func: (text: string) => text }).invoke("x", config),
  (config) => new Generating({ func: (text: string) => text }).invoke("x", config),
];

async function leave<T>(stream: AsyncIterable<T>): Promise<T | undefined> {
  for await (const chunk of stream) return chunk;
  return undefined;
}

function listen(): void {
  printed.length = 0;
  rejections.length = 0;
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args.join(" ")));
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  }
}

process.on("unhandledRejection", (reason) => rejections.push(reason));
