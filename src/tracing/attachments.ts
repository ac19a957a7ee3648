import { MlflowException } from "../base/errors.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArgument } from "../settings/check-options.js";
import type { Kind } from "../settings/kinds.js";
import { type Attachment, type AttachmentReference, readReference } from "../trace/attachment.js";

const reference: Kind<AttachmentReference> = {
  want: "a reference to an attachment, such as mlflow-attachment://<id>?content_type=image%2Fpng&trace_id=tr-…, from an input or output of a span",
  read: (value) => (typeof value === "string" ? readReference(value) : undefined),
};

/**
 * Returns an attachment of a trace: an image, a recording or a file that a span's input or output refers to. Mirrors
 * `download_trace_attachment` of Python's artifact repositories, and its class `Attachment`.
 *
 * @param attachmentRef the value in the span, `mlflow-attachment://…`.
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a reference, RESOURCE_DOES_NOT_EXIST if the store has no
 * such attachment.
 * @example
 * const trace = await getTrace(getLastActiveTraceId());
 * const [{ url }] = trace.data.spans[0].inputs.images; // "mlflow-attachment://…"
 * const { contentType, contentBytes } = await downloadTraceAttachment(url);
 */
export function downloadTraceAttachment(attachmentRef: string): Promise<Attachment> {
  return hold(download(attachmentRef), ANSWER_TIMEOUT_MS);
}

async function download(attachmentRef: string): Promise<Attachment> {
  const caller = "downloadTraceAttachment()";
  const read = checkArgument(caller, "attachmentRef", reference, attachmentRef);
  const { attachmentId: id, traceId, contentType } = read;
  const pipeline = getPipeline();
  await pipeline.flush(READ_AFTER_WRITE_MS);
  const { store } = pipeline.tracking.current();
  const contentBytes = await store.readAttachment(traceId, id);
  if (contentBytes) return { id, contentType, contentBytes };
  throw new MlflowException(
    `The trace ${traceId} at ${store.uri} has no attachment ${id}.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}
