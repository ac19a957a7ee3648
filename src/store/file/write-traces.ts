import { setImmediate as nextTurn } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import type { TraceToLog } from "../../trace/trace.js";
import type { Verdict } from "../store.js";
import { openExperiment } from "./experiments.js";
import { experimentFolder, type Layout, traceFolder, tracesFolder } from "./layout.js";
import { addRequestTimes } from "./request-times.js";
import { writeSharedTrace } from "./shared-traces.js";
import { makeFolder, perform, performSync, type Steps } from "./steps.js";
import { traceToFiles } from "./trace-files.js";
import { toVerdict } from "./verdicts.js";
import { placeOrReplace } from "./write-atomically.js";

/** Traces that are written at the same time to a slow disk: Node.js has four threads for file work. */
const PARALLEL_WRITES = 4;

/**
 * Writing a trace synchronously takes about a millisecond on a normal disk. Writing it asynchronously costs the
 * main thread twice as much, but does not block the app on a slow disk, such as a network drive.
 */
const SLOW_DISK_MS = 20;

/** After a slow write, asynchronous writes follow for so many times its duration: the app is blocked for 5 % at most. */
const ASYNC_TIMES = 20;

/** Other processes can stop this one for so long during one file system call. It says nothing about the disk. */
const LONGEST_PAUSE_MS = 100;

/** Returns one verdict for each trace, in the same order. Never rejects. */
export async function logTraces(
  layout: Layout,
  experimentId: string,
  traces: readonly TraceToLog[],
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const idleMs = idleTime();
  const opened = await attempt(layout, perform(openForTraces(layout, experimentId)));
  if (opened.state !== "stored") return traces.map(() => opened);
  let asyncUntilMs = idleMs() > SLOW_DISK_MS ? Number.POSITIVE_INFINITY : 0;
  const write = async (trace: TraceToLog) => {
    const steps = writeTrace(layout, experimentId, trace);
    if (performance.now() < asyncUntilMs) return perform(steps);
    const diskMs = writeNow(steps);
    if (diskMs > SLOW_DISK_MS) asyncUntilMs = performance.now() + diskMs * ASYNC_TIMES;
    // Let the app run between two traces.
    return nextTurn();
  };
  const verdicts: Verdict[] = [];
  await forEach(traces.entries(), PARALLEL_WRITES, async ([index, trace]) => {
    verdicts[index] = signal?.aborted
      ? { state: "retry", cause: aborted(layout) }
      : await attempt(layout, write(trace));
  });
  const written = traces.filter((_trace, index) => verdicts[index]?.state === "stored");
  await perform(addTimes(layout, experimentId, written));
  return verdicts;
}

/** Writes as many traces as possible, then throws if some failed. The message has their number and the first failure. */
export function logTracesSync(
  layout: Layout,
  experimentId: string,
  traces: readonly TraceToLog[],
): void {
  const failures: unknown[] = [];
  const written: TraceToLog[] = [];
  try {
    performSync(openForTraces(layout, experimentId));
    for (const trace of traces) {
      try {
        performSync(writeTrace(layout, experimentId, trace));
        written.push(trace);
      } catch (cause) {
        failures.push(cause);
      }
    }
  } catch (cause) {
    failures.push(...traces.map(() => cause));
  }
  performSync(addTimes(layout, experimentId, written));
  if (failures.length === 0) return;
  const verdict = toVerdict(layout, failures[0]);
  const reason = verdict.state === "stored" ? "" : verdict.cause.message;
  throw new MlflowException(
    `${failures.length} of ${traces.length} traces were not written. ${reason}`,
    "INTERNAL_ERROR",
    { cause: failures[0] },
  );
}

/** Writes synchronously. Returns how long that took, without one pause: a slow disk makes most calls slow, not only one. */
function writeNow(steps: Steps<void>): number {
  let [totalMs, longestMs] = [0, 0];
  performSync(steps, (durationMs) => {
    totalMs += durationMs;
    longestMs = Math.max(longestMs, durationMs);
  });
  return totalMs - Math.min(longestMs, LONGEST_PAUSE_MS);
}

/**
 * Measures for how long the event loop waits from now on. In a busy app, a call of a fast disk takes long too, because its
 * result waits for the app. Then asynchronous writes, which need many turns of the event loop, would hardly proceed.
 */
function idleTime(): () => number {
  const { idle } = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization().idle - idle;
}

function* openForTraces(layout: Layout, experimentId: string): Steps<void> {
  const folder = yield* openExperiment(layout, experimentId);
  yield* makeFolder(tracesFolder(folder));
}

function* writeTrace(layout: Layout, experimentId: string, trace: TraceToLog): Steps<void> {
  const folder = traceFolder(experimentFolder(layout.root, experimentId), trace.info.traceId);
  if (trace.share) yield* writeSharedTrace(layout, experimentId, folder, trace);
  else yield* placeOrReplace(layout.incoming, folder, traceToFiles(trace, experimentId, folder));
}

function addTimes(
  layout: Layout,
  experimentId: string,
  traces: readonly TraceToLog[],
): Steps<void> {
  return addRequestTimes(
    layout,
    experimentId,
    // The process with the root adds the time of the request.
    traces.filter(({ share }) => share !== "part").map(({ info }) => info),
  );
}

function attempt(layout: Layout, work: Promise<unknown>): Promise<Verdict> {
  return work.then(
    () => ({ state: "stored" }),
    (cause) => toVerdict(layout, cause),
  );
}

function aborted(layout: Layout): MlflowException {
  return new MlflowException(
    `Writing to the local store ${layout.root} was aborted.`,
    "TEMPORARILY_UNAVAILABLE",
  );
}
