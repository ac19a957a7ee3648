import { MlflowException, RestException } from "../errors.js";
import { warnOnce, writeTerminalLine } from "../log.js";
import type { Verdict } from "../store/store.js";
import type { Call } from "../trace/call.js";
import type { Trace } from "../trace/trace.js";
import type { Destination } from "./destination.js";

/** The trace of a sealed Call, as its store takes it. */
export type TraceOf = (call: Call, experimentId: string, runId: string | undefined) => Trace;

/** Sends sealed Calls of one destination to its store; a failure is told once, in its own words. */
export async function sendCalls(
  calls: readonly Call[],
  traceOf: TraceOf,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const destination = calls[0]?.destination as Destination;
  let verdicts: readonly Verdict[];
  try {
    await Promise.all(calls.map((call) => call.origin?.known()));
    const runId = (await destination.run?.made())?.info.runId;
    const experimentId = await destination.experimentId();
    const traces = calls.map((call) => traceOf(call, experimentId, runId));
    verdicts = await destination.store.logTraces(experimentId, traces, signal);
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    const state = isPermanent(cause) ? "blocked" : "retry";
    verdicts = calls.map(() => ({ state, cause }));
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
export function tellFirstTrace(call: Call): void {
  if (isLinkTold) return;
  isLinkTold = true;
  const { store, knownId } = call.destination as Destination;
  const url = knownId === undefined ? undefined : store.traceUrl(knownId, call.traceId);
  if (url !== undefined) writeTerminalLine(`first trace: ${url}`);
}
