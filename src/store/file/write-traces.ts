import { setImmediate as nextTurn } from "node:timers/promises";
import { countOf } from "../../base/count-of.js";
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

/** Returns one verdict for each trace, in the same order. Never rejects. */
export async function logTraces(
  layout: Layout,
  experimentId: string,
  traces: readonly TraceToLog[],
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const openedAt = performance.now();
  const opened = await attempt(layout, perform(openForTraces(layout, experimentId)));
  if (opened.state !== "stored") return traces.map(() => opened);
  let isSlow = performance.now() - openedAt > SLOW_DISK_MS;
  const write = async (trace: TraceToLog) => {
    const steps = writeTrace(layout, experimentId, trace);
    if (isSlow) return perform(steps);
    const startedAt = performance.now();
    performSync(steps);
    isSlow = performance.now() - startedAt > SLOW_DISK_MS;
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
    `${failures.length} of ${countOf(traces.length, "trace")} could not be written. ${reason}`,
    "INTERNAL_ERROR",
    { cause: failures[0] },
  );
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
