import type { TrackingStore } from "../../store/store.js";
import type { Attachment } from "../../trace/attachment.js";
import { TraceMetadataKey, type TraceToLog } from "../../trace/trace.js";
import type { AttachmentJob } from "../attachment-job.js";
import type { Destination } from "../destination.js";
import type { ExperimentChoice } from "../experiment.js";
import { isAttachmentJob, isRunJob, type Job } from "../job.js";
import type { RunJob } from "../run-job.js";
import type { TraceJob } from "../send-traces.js";
import { itemOfWrite, runJobOf, spooledWriteOf } from "./run-item.js";
import { type JsonFields, objectOf, type SpoolItem, textField, textOf } from "./spool-file.js";
import { itemOfTrace, traceOfItem } from "./trace-item.js";

/** The jobs that the spool can keep. */
export type SpooledJob = TraceJob | AttachmentJob | RunJob;

/** Memory of a decoded trace, in relation to its encoded bytes. */
const BYTES_PER_ENCODED_BYTE = 4;

/** Where an item goes within its server. */
export interface ItemTarget {
  /** Undefined: the experiment of the run. */
  readonly experiment: ExperimentChoice | undefined;
  readonly runId: string | undefined;
}

/** Whether the store of the job is a server: a local store writes the job itself, also at the end of the process. */
export function canSpool(job: Job): boolean {
  if (isRunJob(job)) return spooledWriteOf(job) !== undefined;
  return job.destination.store.logTracesSync === undefined;
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
  if (isRunJob(job)) {
    const write = spooledWriteOf(job);
    return write && itemOfWrite(write, job.run.id ?? "");
  }
  const { destination } = job;
  const { run } = destination;
  const target = { experiment: destination.experimentToSpool(), runId: run?.id };
  if (isAttachmentJob(job)) {
    const attachments = job.take(true);
    return {
      fields: {
        kind: "attachments",
        ...target,
        traceId: job.traceId,
        attachments: attachments.map(({ id, contentType, contentBytes }) => {
          return { id, contentType, bytes: contentBytes.byteLength };
        }),
      },
      payload: Buffer.concat(attachments.map(({ contentBytes }) => contentBytes)),
    };
  }
  const trace = job.toTrace(destination.knownId ?? "", run?.id, true);
  return itemOfTrace(trace, { kind: "trace", ...target });
}

/** Reads where an item goes. */
export function targetOf(fields: JsonFields): ItemTarget {
  const choice = objectOf(fields.experiment) ?? {};
  const [name, experimentId] = [textField(choice, "name"), textField(choice, "experimentId")];
  const requiredId = textField(choice, "requiredId");
  const runId = textField(fields, "runId");
  if (experimentId !== undefined) return { experiment: { by: "id", experimentId }, runId };
  if (name === undefined) return { experiment: undefined, runId };
  return {
    experiment: { by: "name", name, ...(requiredId !== undefined && { requiredId }) },
    runId,
  };
}

/** Reads a job. Undefined for an item of another kind. Throws for a payload that is not what its fields say. */
export function jobOfItem(item: SpoolItem, destination: Destination): SpooledJob | undefined {
  if (item.fields.kind === "attachments") return attachmentJobOf(item, destination);
  if (item.fields.kind === "run") return destination.run && runJobOf(item, destination.run);
  const trace = item.fields.kind === "trace" ? traceOfItem(item) : undefined;
  return trace && traceJobOf(trace, item.payload.byteLength, destination);
}

function traceJobOf(trace: TraceToLog, bytes: number, destination: Destination): TraceJob {
  return {
    traceId: trace.info.traceId,
    destination,
    bytes: bytes * BYTES_PER_ENCODED_BYTE,
    sentBytes: bytes,
    attachments: undefined,
    isReplayed: true,
    ready: async () => {},
    toTrace(experimentId, runId) {
      // In place: `isStated()` knows this object.
      const metadata = runId === undefined ? {} : { [TraceMetadataKey.SOURCE_RUN]: runId };
      Object.assign(trace.info.traceMetadata, metadata);
      return Object.assign(trace, { info: Object.assign(trace.info, { experimentId }) });
    },
  };
}

function attachmentJobOf({ fields, payload }: SpoolItem, destination: Destination): AttachmentJob {
  let attachments = attachmentsOf(fields.attachments, payload);
  return {
    traceId: textField(fields, "traceId") ?? "",
    destination,
    bytes: payload.byteLength,
    count: attachments.length,
    isSeparate: true,
    isReplayed: true,
    take: () => attachments,
    omit() {},
    release() {
      attachments = [];
    },
  };
}

function attachmentsOf(list: unknown, payload: Uint8Array): readonly Attachment[] {
  let at = 0;
  return (Array.isArray(list) ? list : []).map((entry: unknown) => {
    const { id, contentType, bytes } = objectOf(entry) ?? {};
    const start = at;
    at += Number(bytes);
    return {
      id: textOf(id) ?? "",
      contentType: textOf(contentType) ?? "",
      contentBytes: payload.subarray(start, at),
    };
  });
}
