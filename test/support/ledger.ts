import { setTimeout as sleep } from "node:timers/promises";
import { getState } from "../../src/autolog/state.js";
import { isTraceJob } from "../../src/delivery/job.js";
import type { LossReason } from "../../src/delivery/losses.js";
import { FlushQueue } from "../../src/delivery/queue.js";
import type { Call } from "../../src/recording/call.js";
import { Collector } from "../../src/recording/collector.js";
import { OpenCalls } from "../../src/recording/open-calls.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import type { TrackingStore } from "../../src/store/store.js";
import type { Trace } from "../../src/trace/trace.js";
import { faultsOfTrace } from "./whole-trace.js";

/** Reasons for which a whole trace is lost. */
const LOST_TRACES: readonly LossReason[] = [
  "queue_full",
  "refused",
  "retry_timeout",
  "blocked",
  "exit_timeout",
  "send_failed",
  "process_exit",
];
/** What was aborted or left ends some turns later. */
const REST_MS = 1_000;

/** What has gone through the pipeline of this process since the last `reset`. Holds names and ids alone. */
const entries = {
  /** Runs that LangChain told of, by their id. */
  runs: new Map<string, string>(),
  /** How many spans of complete traces a run has become; one that stands for its parent's counts as well. */
  placesOfRun: new Map<string, number>(),
  opened: new Set<string>(),
  /** Runs that are skipped: they are not sampled, or the app excludes them. They are no loss. */
  skipped: new Set<string>(),
  /** Complete traces, with how many spans each has. */
  sealed: new Map<string, number>(),
  stored: new Set<string>(),
  /** Calls that a flush completed, since something in them still ran. */
  cutShort: 0,
  expectedCutShort: 0 as number | "some",
  faults: [] as string[],
  losses: {} as Partial<Record<LossReason, number>>,
  /** The traces in all buckets of `stats()`. */
  counted: 0,
};

export function reset(): void {
  for (const all of [entries.runs, entries.placesOfRun, entries.opened]) all.clear();
  entries.skipped.clear();
  for (const all of [entries.sealed, entries.stored]) all.clear();
  entries.cutShort = 0;
  entries.expectedCutShort = 0;
  entries.faults = [];
  entries.losses = { ...getPipeline().losses };
  entries.counted = countedTraces();
}

/** So many calls of this test are to be completed by a flush, which does not wait for what still runs in them. */
export function expectCutShort(calls: number | "some"): void {
  entries.expectedCutShort = calls;
}

let exempted = false;

/** For files that break our own steps: nothing of this holds there. */
export function exempt(): void {
  exempted = true;
}

export function isExempt(): boolean {
  return exempted;
}

/** Whether LangChain has told us of this run since the last `reset`. */
export function hasHeardOf(runId: string): boolean {
  return entries.runs.has(runId);
}

/**
 * What does not hold now that all should be at rest: every call that was opened is one complete trace,
 * every trace is stored whole or counted as lost, every run is one span or counted, nothing is open.
 */
export async function faultsAtRest(): Promise<string[]> {
  const { collector } = getState().recording;
  const { flush } = getPipeline();
  await rest();
  await flush(5_000);
  const faults = [...entries.faults, ...faultsOfTraces(), ...faultsOfRuns()];
  const { openCalls, openRuns } = collector;
  if (openCalls + openRuns > 0) faults.push(`${openCalls} calls, ${openRuns} runs are open`);
  if (entries.expectedCutShort !== "some" && entries.cutShort !== entries.expectedCutShort) {
    faults.push(`${entries.cutShort} calls were cut short by a flush`);
  }
  return faults;
}

/** Waits until nothing is open, or until it seems that something will stay so. */
export async function rest(): Promise<void> {
  const { collector } = getState().recording;
  for (let waitedMs = 0; waitedMs < REST_MS; waitedMs += 5) {
    if (collector.openCalls + collector.openRuns === 0) return;
    await sleep(5);
  }
}

function faultsOfTraces(): string[] {
  const { opened, sealed, stored } = entries;
  const faults: string[] = [];
  const unsealed = [...opened].filter((traceId) => !sealed.has(traceId));
  if (unsealed.length > 0) faults.push(`calls that became no trace: ${unsealed}`);
  const unopened = [...sealed.keys()].filter((traceId) => !opened.has(traceId));
  if (unopened.length > 0) faults.push(`traces of no call: ${unopened}`);
  const missing = [...sealed.keys()].filter((traceId) => !stored.has(traceId));
  const counted = LOST_TRACES.reduce((sum, reason) => sum + lost(reason), 0);
  if (missing.length !== counted) {
    faults.push(`${missing.length} traces are not stored, ${counted} counted as lost`);
  }
  const inStats = countedTraces() - entries.counted;
  if (inStats !== sealed.size) faults.push(`${sealed.size} traces, ${inStats} in the stats`);
  return faults;
}

function countedTraces(): number {
  const { pending, sent, spooled, dropped } = getPipeline().stats().traces;
  return pending + sent + spooled + dropped;
}

function faultsOfRuns(): string[] {
  const faults: string[] = [];
  let without = 0;
  for (const [runId, name] of entries.runs) {
    const places = entries.placesOfRun.get(runId) ?? 0;
    if (entries.skipped.has(runId)) {
      if (places > 0) faults.push(`the run ${name} is skipped and is ${places} spans`);
    } else if (places === 0) without += 1;
    else if (places > 1) faults.push(`the run ${name} is ${places} spans`);
  }
  const counted = lost("late_span");
  if (without !== counted) faults.push(`${without} runs without a span, ${counted} counted`);
  return faults;
}

function lost(reason: LossReason): number {
  return (getPipeline().losses[reason] ?? 0) - (entries.losses[reason] ?? 0);
}

/** A complete call lets go of all that only an open one needs. */
function noteSealed(call: Call): void {
  const { traceId, spans, root, streaming, reportedErrors, hiddenRunIds } = call;
  if (entries.sealed.has(traceId)) entries.faults.push(`${traceId} was completed twice`);
  entries.sealed.set(traceId, spans.length);
  const isHolding = root || streaming.size > 0 || reportedErrors.size > 0;
  if (isHolding || spans.some(({ scope }) => scope)) {
    entries.faults.push(`${traceId} is complete and holds a scope`);
  }
  const runIds = spans.flatMap(({ runId }) => runId ?? []);
  for (const runId of [...runIds, ...hiddenRunIds]) {
    entries.placesOfRun.set(runId, (entries.placesOfRun.get(runId) ?? 0) + 1);
  }
}

function noteStored(trace: Trace): void {
  const { traceId } = trace.info;
  const spans = entries.sealed.get(traceId);
  if (spans !== undefined && spans !== trace.data.spans.length) {
    entries.faults.push(`${traceId} is stored with ${trace.data.spans.length} of ${spans} spans`);
  }
  if (entries.stored.has(traceId)) entries.faults.push(`${traceId} is stored twice`);
  entries.stored.add(traceId);
  for (const fault of faultsOfTrace(trace)) entries.faults.push(`${traceId}: ${fault}`);
}

const watched = new WeakSet<TrackingStore["logTraces"]>();

function watch(store: TrackingStore): void {
  const { logTraces } = store;
  if (watched.has(logTraces)) return;
  store.logTraces = async (experimentId, traces, signal) => {
    const verdicts = await logTraces.call(store, experimentId, traces, signal);
    traces.forEach((trace, index) => {
      if (verdicts[index]?.state === "stored") noteStored(trace);
    });
    return verdicts;
  };
  watched.add(store.logTraces);
}

const { startSpan } = Collector.prototype;
Collector.prototype.startSpan = function (runId, init, ...rest) {
  entries.runs.set(runId, init.name);
  const span = startSpan.call(this, runId, init, ...rest);
  if (this.isSkipped(runId)) entries.skipped.add(runId);
  return span;
};

/** Held weakly: tests of memory use this ledger too. */
const calls = new Map<string, WeakRef<Call>>();

const { open } = OpenCalls.prototype;
OpenCalls.prototype.open = function (called) {
  const call = open.call(this, called);
  if (call.sampled) {
    entries.opened.add(call.traceId);
    calls.set(call.traceId, new WeakRef(call));
  }
  return call;
};

const { sealSettled } = OpenCalls.prototype;
OpenCalls.prototype.sealSettled = function () {
  const { size } = this;
  sealSettled.call(this);
  entries.cutShort += size - this.size;
};

const { put } = FlushQueue.prototype;
FlushQueue.prototype.put = function (item) {
  if (isTraceJob(item)) {
    const call = calls.get(item.traceId)?.deref();
    calls.delete(item.traceId);
    if (call) noteSealed(call);
    watch(item.destination.store);
  }
  put.call(this, item);
};
