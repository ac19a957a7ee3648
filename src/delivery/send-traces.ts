import { MlflowException, RestException } from "../base/errors.js";
import { warnOnce, writeTerminalLine } from "../base/log.js";
import { warnInOutage } from "../base/outages.js";
import type { Verdict } from "../store/store.js";
import type { TraceToLog } from "../trace/trace.js";
import type { AttachmentJob } from "./attachment-job.js";
import type { Destination } from "./destination.js";

/** A complete trace on its way to its store. It is built when it is sent, so that the app does not wait for that. */
export interface TraceJob {
  readonly traceId: string;
  readonly destination: Destination;
  /** Memory that the job holds, without its attachments. */
  readonly bytes: number;
  /** The estimated size of the trace in a request, without its attachments. */
  readonly sentBytes: number;
  /** Undefined if the trace contains no media. */
  readonly attachments: AttachmentJob | undefined;
  /** Whether another process has recorded the trace, or this one has written it to disk: a flush does not report it again. */
  readonly isReplayed?: boolean;
  /** Resolves when all data of the trace is known. Never rejects. */
  ready(): Promise<void>;
  toTrace(experimentId: string, runId: string | undefined, takesAttachments: boolean): TraceToLog;
  /** Called if the trace is dropped, with the reason in words, and the error if there was one. */
  readonly onLost?: ((why: string, cause: unknown) => void) | undefined;
}

/** Sends the traces of one destination to its store. Logs a warning once per store, kind of failure and outage. */
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
    const runId = (await destination.run?.whenCreatedOnce())?.info.runId;
    const experimentId = await destination.experimentIdOnce();
    const takesAttachments =
      jobs.some(({ attachments }) => attachments) &&
      (await destination.store.takesAttachments(experimentId));
    const traces = jobs.map((job) => job.toTrace(experimentId, runId, takesAttachments));
    verdicts = await destination.store.logTraces(experimentId, traces, signal);
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    const state = isPermanent(cause) ? "blocked" : "retry";
    verdicts = jobs.map(() => ({ state, cause }));
  }
  // The end of the process aborts what it then writes to disk.
  if (!signal.aborted) logFailures(verdicts, destination);
  return verdicts;
}

/** Whether waiting does not help: the experiment is deleted, or the credentials are wrong. */
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

function logFailures(verdicts: readonly Verdict[], destination: Destination): void {
  for (const verdict of verdicts) {
    if (verdict.state === "stored") continue;
    const { uri } = destination.store;
    const key = `send ${uri} ${verdict.state}`;
    const message = `traces for ${uri}: ${verdict.cause.message}`;
    if (verdict.state === "refused") warnOnce(key, message);
    else warnInOutage(uri, key, message);
  }
}

let isUrlLogged = false;

/** On a terminal, logs the URL of the first trace that was stored. */
export function logFirstTraceUrl({ destination, traceId }: TraceJob): void {
  if (isUrlLogged) return;
  isUrlLogged = true;
  const { store, knownId } = destination;
  const url = knownId === undefined ? undefined : store.traceUrl(knownId, traceId);
  if (url !== undefined) writeTerminalLine(`first trace: ${url}`);
}
