import { TraceMetadataKey, type TraceToLog } from "../../trace/trace.js";
import type { AttachmentJob } from "../attachment-job.js";
import type { Destination, RunToSpool } from "../destination.js";
import type { ExperimentChoice } from "../experiment.js";
import type { TraceJob } from "../send-traces.js";
import type { SpooledJob } from "./job-item.js";
import { runJobOf } from "./run-job-of-item.js";
import { type JsonFields, objectOf, type SpoolItem, textField } from "./spool-file.js";
import { experimentOf, type LockRun, runToSpoolOf } from "./spooled-run.js";
import { THIS_PROCESS } from "./this-process.js";
import { attachmentsOf, traceOfItem } from "./trace-of-item.js";

/** Memory of a decoded trace, in relation to its encoded bytes. */
const BYTES_PER_ENCODED_BYTE = 4;

/** Where an item goes within its server. */
export interface ItemTarget {
  /** Undefined: the experiment of the run. */
  readonly experiment: ExperimentChoice | undefined;
  readonly run: RunToSpool | undefined;
}

/** Reads where an item goes. */
export function targetOf(fields: JsonFields): ItemTarget {
  return {
    experiment: experimentOf(objectOf(fields.experiment)),
    run: runToSpoolOf(objectOf(fields.run)),
  };
}

/** Reads a job. Undefined for an item of another kind. Throws for a payload that is not what its fields say. */
export function jobOfItem(
  item: SpoolItem,
  destination: Destination,
  lock: LockRun,
): SpooledJob | undefined {
  if (item.fields.kind === "attachments") return attachmentJobOf(item, destination);
  if (item.fields.kind === "run") {
    return destination.run && runJobOf(item, destination.run, lock);
  }
  const trace = item.fields.kind === "trace" ? traceOfItem(item) : undefined;
  return trace && traceJobOf(trace, item, destination);
}

function traceJobOf(
  trace: TraceToLog,
  { fields, payload: { byteLength: bytes } }: SpoolItem,
  destination: Destination,
): TraceJob {
  const by = textField(fields, "by");
  return {
    traceId: trace.info.traceId,
    destination,
    bytes: bytes * BYTES_PER_ENCODED_BYTE,
    sentBytes: bytes,
    attachments: undefined,
    isReplayed: true,
    leftBy: by === THIS_PROCESS ? undefined : by,
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
