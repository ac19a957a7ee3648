import { MlflowException, RestException } from "../base/errors.js";
import { warnOnce, writeTerminalLine } from "../base/log.js";
import type { Verdict } from "../store/store.js";
import type { Destination } from "./destination.js";
import type { TraceJob } from "./trace-job.js";

/** Sends the traces of one destination to its store. Logs each failure once, in the store's words. */
export async function sendTraces(
  jobs: readonly TraceJob[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const [first] = jobs;
  if (!first) return [];
  const { destination } = first;
  let verdicts: readonly Verdict[];
  try {
    await Promise.all(jobs.map((job) => job.ready()));
    const runId = (await destination.run?.made())?.info.runId;
    const experimentId = await destination.experimentId();
    const traces = jobs.map((job) => job.toTrace(experimentId, runId));
    verdicts = await destination.store.logTraces(experimentId, traces, signal);
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    const state = isPermanent(cause) ? "blocked" : "retry";
    verdicts = jobs.map(() => ({ state, cause }));
  }
  tell(verdicts, destination);
  return verdicts;
}

/** What no waiting mends: the experiment is deleted, the credentials are wrong. No answer at all is no such thing. */
function isPermanent(cause: Error): boolean {
  if (cause instanceof RestException) {
    return cause.status >= 400 && cause.status < 500 && ![408, 425, 429].includes(cause.status);
  }
  return cause instanceof MlflowException && PERMANENT.has(cause.errorCode);
}

const PERMANENT = new Set([
  "INVALID_PARAMETER_VALUE",
  "RESOURCE_DOES_NOT_EXIST",
  "PERMISSION_DENIED",
  "INVALID_STATE",
]);

function tell(verdicts: readonly Verdict[], destination: Destination): void {
  for (const verdict of verdicts) {
    if (verdict.state === "stored") continue;
    const { uri } = destination.store;
    warnOnce(`send ${uri} ${verdict.state}`, `traces for ${uri}: ${verdict.cause.message}`);
  }
}

let isLinkTold = false;

/** On a terminal the first trace that arrived is shown as a link. */
export function tellFirstTrace({ destination, traceId }: TraceJob): void {
  if (isLinkTold) return;
  isLinkTold = true;
  const { store, knownId } = destination;
  const url = knownId === undefined ? undefined : store.traceUrl(knownId, traceId);
  if (url !== undefined) writeTerminalLine(`first trace: ${url}`);
}
