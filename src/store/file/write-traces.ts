import { setImmediate as nextTurn } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import type { Trace } from "../../trace/trace.js";
import type { Verdict } from "../store.js";
import { openExperiment } from "./experiments.js";
import { experimentFolder, type Layout, traceFolder, tracesFolder } from "./layout.js";
import { makeFolder, perform, performSync, type Steps } from "./steps.js";
import { traceToFiles } from "./trace-files.js";
import { toVerdict } from "./verdicts.js";
import { placeOrReplace } from "./write-atomically.js";

/** Traces written at the same time on a slow disk; the file system's threads are four. */
const PARALLEL_WRITES = 4;

/**
 * A healthy disk takes a trace in about a millisecond, and asking Node's threads for the same work
 * costs the app's own thread twice that. A slow one (a network's) must not hold up the app.
 */
const SLOW_DISK_MS = 20;

/** One verdict a trace, in their order. Never rejects. */
export async function logTraces(
  layout: Layout,
  experimentId: string,
  traces: readonly Trace[],
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const openedAt = performance.now();
  const opened = await attempt(layout, perform(openForTraces(layout, experimentId)));
  if (opened.state !== "stored") return traces.map(() => opened);
  let isSlow = performance.now() - openedAt > SLOW_DISK_MS;
  const write = async (trace: Trace) => {
    const steps = writeTrace(layout, experimentId, trace);
    if (isSlow) return perform(steps);
    const startedAt = performance.now();
    performSync(steps);
    isSlow = performance.now() - startedAt > SLOW_DISK_MS;
    // Between two traces it is the app's turn.
    return nextTurn();
  };
  const verdicts: Verdict[] = [];
  const waiting = traces.entries();
  const worker = async () => {
    for (const [index, trace] of waiting) {
      verdicts[index] = signal?.aborted
        ? { state: "retry", cause: aborted(layout) }
        : await attempt(layout, write(trace));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_WRITES }, worker));
  return verdicts;
}

/** Writes all it can; then throws the first failure, if there was one, with the count. */
export function logTracesSync(
  layout: Layout,
  experimentId: string,
  traces: readonly Trace[],
): void {
  const failures: unknown[] = [];
  try {
    performSync(openForTraces(layout, experimentId));
    for (const trace of traces) {
      try {
        performSync(writeTrace(layout, experimentId, trace));
      } catch (cause) {
        failures.push(cause);
      }
    }
  } catch (cause) {
    failures.push(...traces.map(() => cause));
  }
  if (failures.length === 0) return;
  const verdict = toVerdict(layout, failures[0]);
  const reason = verdict.state === "stored" ? "" : verdict.cause.message;
  throw new MlflowException(
    `${failures.length} of ${traces.length} traces were not written. ${reason}`,
    "INTERNAL_ERROR",
    { cause: failures[0] },
  );
}

function* openForTraces(layout: Layout, experimentId: string): Steps<void> {
  const folder = yield* openExperiment(layout, experimentId);
  yield* makeFolder(tracesFolder(folder));
}

function* writeTrace(layout: Layout, experimentId: string, trace: Trace): Steps<void> {
  const folder = traceFolder(experimentFolder(layout.root, experimentId), trace.info.traceId);
  yield* placeOrReplace(layout.incoming, folder, traceToFiles(trace, experimentId, folder));
}

function attempt(layout: Layout, work: Promise<unknown>): Promise<Verdict> {
  return work.then(
    () => ({ state: "stored" }),
    (cause) => toVerdict(layout, cause),
  );
}

function aborted(layout: Layout): MlflowException {
  return new MlflowException(
    `Writing to ${layout.root} was given up before its end.`,
    "TEMPORARILY_UNAVAILABLE",
  );
}
