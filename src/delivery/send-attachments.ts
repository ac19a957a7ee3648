import { forEach } from "../base/for-each.js";
import { warnOnce } from "../base/log.js";
import { warnInOutage } from "../base/outages.js";
import type { Verdict } from "../store/store.js";
import type { AttachmentJob } from "./attachment-job.js";
import { isTransient } from "./repeated.js";

/** Traces whose attachments are sent at the same time. */
const MAX_IN_FLIGHT = 4;

/** Sends the attachments of traces. Logs a warning once per store and kind of failure. */
export async function sendAttachments(
  jobs: readonly AttachmentJob[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  await forEach(jobs.entries(), MAX_IN_FLIGHT, async ([index, job]) => {
    verdicts[index] = await send(job, signal);
  });
  return verdicts;
}

async function send(job: AttachmentJob, signal: AbortSignal): Promise<Verdict> {
  const { destination, traceId } = job;
  const { store } = destination;
  try {
    await destination.run?.whenCreatedOnce();
    const experimentId = await destination.experimentIdOnce();
    const attachments = job.take(await store.takesAttachments(experimentId));
    if (attachments.length > 0) {
      await store.logAttachments?.(experimentId, traceId, attachments, signal);
    }
    job.release();
    return { state: "stored" };
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    const state = isTransient(cause) ? "retry" : "refused";
    // The end of the process aborts what it then writes to disk.
    if (!signal.aborted) logFailure(store.uri, state, cause);
    return { state, cause };
  }
}

function logFailure(uri: string, state: "retry" | "refused", cause: Error): void {
  const key = `attachments ${uri} ${state}`;
  const message = `attachments for ${uri}: ${cause.message}`;
  if (state === "refused") warnOnce(key, message);
  else warnInOutage(uri, key, message);
}
