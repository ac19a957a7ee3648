import { randomUUID } from "node:crypto";

const PROTOCOL = "mlflow-attachment:";
/** MLflow stores an attachment under its id, and accepts only such ids. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An image, a recording or a file of a trace. A reference in the trace replaces its content. */
export interface Attachment {
  /** A UUID. */
  readonly id: string;
  /** The MIME type, such as `image/png`. */
  readonly contentType: string;
  readonly contentBytes: Uint8Array;
}

/** What a reference says about an attachment. */
export interface AttachmentReference {
  readonly attachmentId: string;
  readonly contentType: string;
  readonly traceId: string;
  /** In bytes. */
  readonly size: number | undefined;
}

export function newAttachment(contentType: string, contentBytes: Uint8Array): Attachment {
  return { id: randomUUID(), contentType, contentBytes };
}

/** Returns MLflow's reference to an attachment. Mirrors `mlflow.tracing.attachments.Attachment.ref`. */
export function referenceTo(
  { id, contentBytes }: Attachment,
  contentType: string,
  traceId: string,
): string {
  const size = String(contentBytes.byteLength);
  const query = new URLSearchParams({ content_type: contentType, trace_id: traceId, size });
  return `${PROTOCOL}//${id}?${query}`;
}

/** Returns undefined if the text is not a reference. Mirrors `mlflow.tracing.attachments.Attachment.parse_ref`. */
export function readReference(text: string): AttachmentReference | undefined {
  const url = text.startsWith(PROTOCOL) && URL.canParse(text) ? new URL(text) : undefined;
  const contentType = url?.searchParams.get("content_type");
  const traceId = url?.searchParams.get("trace_id");
  if (!url || !contentType || !traceId || !ID.test(url.hostname)) return undefined;
  const size = Number(url.searchParams.get("size"));
  const isSize = Number.isSafeInteger(size) && size > 0;
  return { attachmentId: url.hostname, contentType, traceId, size: isSize ? size : undefined };
}

/** The path of an attachment among the artifacts of its trace. */
export function attachmentPath(attachmentId: string): string {
  return `attachments/${attachmentId}`;
}
