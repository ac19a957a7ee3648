import type { TrackingStore } from "../../store/store.js";
import type { AttachmentJob } from "../attachment-job.js";
import { isAttachmentJob, isRunJob, type Job } from "../job.js";
import type { RunJob } from "../run-job.js";
import type { TraceJob } from "../send-traces.js";
import { canSpoolRunJob, itemOfRunJob } from "./run-item.js";
import type { SpoolItem } from "./spool-file.js";
import { THIS_PROCESS } from "./this-process.js";
import { descriptionOf, itemOfTrace } from "./trace-item.js";

/** The jobs that the spool can keep. */
export type SpooledJob = TraceJob | AttachmentJob | RunJob;

/** Whether the end of the process writes the job to the spool. A local store stores it at once. */
export function canSpool(job: Job): boolean {
  return storeOf(job).logTracesSync === undefined && (!isRunJob(job) || canSpoolRunJob(job));
}

/** The store that the job is for. */
export function storeOf(job: Job): TrackingStore {
  return isRunJob(job) ? job.run.store : job.destination.store;
}

/**
 * Writes a job as an item. Undefined for a job that the spool does not keep.
 *
 * @throws MlflowException if the trace cannot be encoded.
 */
export function itemOfJob(job: SpooledJob): SpoolItem | undefined {
  if (isRunJob(job)) return itemOfRunJob(job);
  const { destination } = job;
  const { run } = destination;
  const target = { experiment: destination.experimentToSpool(), run: run?.toSpool() };
  if (isAttachmentJob(job)) {
    const attachments = job.take(true);
    return {
      fields: {
        kind: "attachments",
        ...target,
        traceId: job.traceId,
        attachments: attachments.map(descriptionOf),
      },
      payload: Buffer.concat(attachments.map(({ contentBytes }) => contentBytes)),
    };
  }
  const trace = job.toTrace(destination.knownId ?? "", run?.id, true);
  return itemOfTrace(trace, { kind: "trace", by: job.leftBy ?? THIS_PROCESS, ...target });
}
