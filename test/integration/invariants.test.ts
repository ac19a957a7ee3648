import { RunnableLambda } from "@langchain/core/runnables";
import { autolog, type Span, setTrackingUri, type Trace } from "langchain-mlflow";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { FlushQueue } from "../../src/delivery/queue.js";
import type { TraceJob } from "../../src/delivery/send-traces.js";
import { Collector } from "../../src/recording/collector.js";
import { OpenCalls } from "../../src/recording/open-calls.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { spanStatus } from "../../src/trace/span.js";
import { faultsAtRest, reset } from "../support/ledger.js";
import { newFolder } from "../support/traces.js";
import { faultsOfTrace } from "../support/whole-trace.js";

const step = RunnableLambda.from((text: string) => text);

describe("what is looked for after each test is found", () => {
  beforeEach(() => {
    setTrackingUri(`file:${newFolder()}`);
    autolog({ silent: true });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    getState().recording.collector.sealAll();
    reset();
  });

  test("nothing where nothing is wrong", async () => {
    await step.pipe(step).invoke("x");
    expect(await faultsAtRest()).toEqual([]);
  });

  test("a run whose end is not noted", async () => {
    vi.spyOn(Collector.prototype, "endSpan").mockImplementation(() => {});
    vi.spyOn(Collector.prototype, "settle").mockImplementation(() => {});
    await step.invoke("x");
    expect(await faultsAtRest()).toEqual([
      expect.stringMatching(/^calls that became no trace: tr-/),
      "1 runs without a span, 0 counted",
      "1 calls, 1 runs are open",
    ]);
  });

  test("a call that only a flush completes", async () => {
    vi.spyOn(OpenCalls.prototype, "release").mockImplementation(() => {});
    await step.invoke("x");
    expect(await faultsAtRest()).toEqual(["1 calls were cut short by a flush"]);
  });

  test("a run that becomes two spans", async () => {
    const { collector } = getState().recording;
    await step.invoke("x", { runId: "5b0e7c4e-0000-4000-8000-000000000000" });
    collector.startSpan(
      "5b0e7c4e-0000-4000-8000-000000000000",
      { name: "again", spanType: "CHAIN" },
      undefined,
      undefined,
    );
    collector.endSpan("5b0e7c4e-0000-4000-8000-000000000000", {});
    expect(await faultsAtRest()).toEqual(["the run again is 2 spans"]);
  });

  test("a trace that is lost and not counted", async () => {
    const { store } = getPipeline().tracking.current();
    const refused = { state: "refused", cause: new Error("no") } as const;
    vi.spyOn(store, "logTraces").mockImplementation(async (_, traces) => traces.map(() => refused));
    vi.spyOn(FlushQueue.prototype, "drop").mockImplementation(() => {});
    await step.invoke("x");
    expect(await faultsAtRest()).toEqual([
      "1 traces are not stored, 0 counted as lost",
      "1 traces, 0 in the stats",
    ]);
  });

  test("a span that is left out", async () => {
    const { put } = FlushQueue.prototype;
    vi.spyOn(FlushQueue.prototype, "put").mockImplementation(function (this: unknown, item) {
      const job = item as TraceJob;
      const toTrace: TraceJob["toTrace"] = (...args) => {
        const { info, data } = job.toTrace(...args);
        return { info, data: { spans: data.spans.slice(0, -1) } };
      };
      put.call(this as FlushQueue<unknown>, { ...job, toTrace });
    });
    await step.pipe(step).invoke("x");
    expect(await faultsAtRest()).toEqual([expect.stringMatching(/ is stored with 2 of 3 spans$/)]);
  });
});

describe("a trace is not whole", () => {
  const span = (spanId: string, parentId: string | undefined, fields: Partial<Span> = {}) =>
    ({
      spanId,
      name: spanId,
      ...(parentId === undefined ? {} : { parentId }),
      startTimeNs: 1n,
      endTimeNs: 2n,
      status: spanStatus("OK"),
      ...fields,
    }) as Span;
  const trace = (spans: readonly Span[], state = "OK") =>
    ({ info: { state }, data: { spans } }) as Trace;

  test.each<[string, Trace, string[]]>([
    ["of which nothing is wrong", trace([span("a", undefined), span("b", "a")]), []],
    ["with two roots", trace([span("a", undefined), span("b", undefined)]), ["2 roots: a,b"]],
    ["with none", trace([]), ["0 roots: "]],
    [
      "with a parent that is elsewhere",
      trace([span("a", undefined), span("b", "c")]),
      ["the parent of b is not in its trace"],
    ],
    [
      "with a child that starts before its parent",
      trace([span("a", undefined), span("b", "a", { startTimeNs: 0n })]),
      ["b starts before a"],
    ],
    [
      "with a span that ends before it starts",
      trace([span("a", undefined, { endTimeNs: 0n })]),
      ["a ends before it starts"],
    ],
    [
      "with a span that was never ended",
      trace([span("a", undefined, { status: spanStatus("UNSET") })]),
      ["a is UNSET"],
    ],
    [
      "with one span twice",
      trace([span("a", undefined), span("b", "a"), span("b", "a")]),
      ["two spans of one id"],
    ],
    [
      "whose state is not its root's",
      trace([span("a", undefined)], "ERROR"),
      ["the state is ERROR, of its root OK"],
    ],
  ])("%s", (_, given, faults) => {
    expect(faultsOfTrace(given)).toEqual(faults);
  });
});
