import { getEventListeners, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as tick } from "node:timers/promises";
import v8, { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { Runnable } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { autolog, flushTraces, setTrackingUri } from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { Call, OpenSpan, Scope } from "../../src/recording/call.js";
import { isCore03 } from "../support/core-version.js";

const chain = ChatPromptTemplate.fromMessages([["human", "{question}"]])
  .pipe(new FakeListChatModel({ responses: ["abcdef"] }))
  .pipe(new StringOutputParser());
const input = { question: "x" };

const State = Annotation.Root({ n: Annotation<number>() });
const step = ({ n }: { n: number }) => ({ n: n + 1 });
const graph = new StateGraph(State)
  .addNode("a", step)
  .addNode("b", step)
  .addEdge(START, "a")
  .addEdge("a", "b")
  .compile();

/** As a server's shutdown signal: it goes with every call, and nobody ever aborts it. */
const { signal: longLived } = new AbortController();

async function takeOne(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) break;
}

const WAYS: Record<string, () => Promise<unknown>> = {
  "never read": () => chain.stream(input),
  "read once, then dropped": async () => (await chain.stream(input)).getReader().read(),
  "broken off": async () => takeOne(await chain.stream(input)),
  "broken off, under a long-lived signal": async () =>
    takeOne(await chain.stream(input, { signal: longLived })),
  "never read, under a long-lived signal": () => chain.stream(input, { signal: longLived }),
  aborted: async () => {
    const controller = new AbortController();
    const stream = await chain.stream(input, { signal: controller.signal });
    try {
      for await (const _ of stream) controller.abort();
    } catch {
      // That is how an abort shows.
    }
  },
  "reader cancelled": async () => {
    const reader = (await chain.stream(input)).getReader();
    await reader.read();
    await reader.cancel();
  },
  "a graph's, broken off": async () => takeOne(await graph.stream({ n: 1 })),
  // Who leaves gets an error from core 0.3, also without us.
  "streamEvents, broken off": async () =>
    takeOne(chain.streamEvents(input, { version: "v2" })).catch(() => {}),
  "read to its end": async () => {
    for await (const _ of await chain.stream(input));
  },
  invoked: () => chain.invoke(input),
  "invoked under a long-lived signal": () => chain.invoke(input, { signal: longLived }),
};

/** Takes traces as a server does, and keeps none: what is measured is us. */
const sink = createServer((request, response) => {
  request.resume().on("end", () => {
    if (request.url === "/version") return response.end("3.17.2");
    response.setHeader("content-type", "application/json");
    response.end("{}");
  });
}).listen(0, "127.0.0.1");

beforeAll(async () => {
  if (!sink.listening) await once(sink, "listening");
  setTrackingUri(`http://127.0.0.1:${(sink.address() as AddressInfo).port}`);
});
afterAll(async () => {
  autolog({ disable: true });
  await flushTraces();
  sink.closeAllConnections();
  sink.close();
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Each way so many times; the older generation is only to hold no more than the newer one. */
const ROUNDS = isCore03 ? 50 : 250;

test("of thousands of calls and streams that are over, however they ended, nothing is kept", async () => {
  autolog({ silent: true });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of Object.values(WAYS)) await way();
    await tick();
  }
  const { collector } = getState().recording;
  // What is collected tells its end a turn later, and that end is then delivered.
  for (let round = 0; round < 10; round += 1) {
    expect(await flushTraces()).toMatchObject({ dropped: 0 });
    collectGarbage();
    await tick();
  }
  expect({ open: collector.openCalls, runs: collector.openRuns }).toEqual({ open: 0, runs: 0 });
  expect(getEventListeners(longLived, "abort")).toEqual([]);
  // Of the last graph's stream LangGraph keeps a trace's worth.
  const count = (one: typeof Call | typeof Scope | typeof OpenSpan) =>
    v8.queryObjects(one, { format: "count" });
  // Three stand for all that are over: sealed, timed out, sampled out.
  expect(count(Call) - 3).toBeLessThan(3);
  expect(count(Scope) + count(OpenSpan)).toBeLessThan(20);
}, 60_000);

test("a signal that goes with many open streams gets no listener more than without us", async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on("warning", onWarning);
  const { signal } = new AbortController();
  const listeners: number[] = [];
  for (const disable of [true, false]) {
    autolog({ silent: true, disable });
    const open = [];
    for (let count = 0; count < 20; count += 1) {
      const stream = await chain.stream(input, { signal });
      await stream.next();
      open.push(stream);
    }
    listeners.push(getEventListeners(signal, "abort").length);
    for (const stream of open) await stream.return();
  }
  await tick();
  process.off("warning", onWarning);
  expect(listeners[1]).toBe(listeners[0]);
  expect(warnings).not.toContain("MaxListenersExceededWarning");
});

describe("classes that an app makes in its functions", () => {
  class Doubling extends Runnable<number, number> {
    lc_namespace = ["test"];
    async invoke(value: number): Promise<number> {
      return value * 2;
    }
  }
  const original = Doubling.prototype.invoke;

  function make(): { made: Doubling; reference: WeakRef<object> } {
    class Made extends Doubling {
      override async invoke(value: number): Promise<number> {
        return (await super.invoke(value)) + 1;
      }
    }
    return { made: new Made(), reference: new WeakRef(Made) };
  }

  test("are released, and their methods are the original ones after autolog is switched off", async () => {
    autolog({ silent: true });
    const references: WeakRef<object>[] = [];
    for (let count = 0; count < 50; count += 1) {
      const { made, reference } = make();
      expect(await made.invoke(count)).toBe(count * 2 + 1);
      references.push(reference);
    }
    expect(Doubling.prototype.invoke).not.toBe(original);
    for (let round = 0; round < 3; round += 1) {
      await flushTraces();
      await tick();
      collectGarbage();
    }
    expect(references.filter((reference) => reference.deref()).length).toBeLessThan(5);
    autolog({ disable: true });
    expect(Doubling.prototype.invoke).toBe(original);
  });
});
