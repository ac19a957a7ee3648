import type { Attachment } from "../trace/attachment.js";
import type { Destination } from "./destination.js";

/** The attachments of a trace. They are taken from its values when the trace or the attachments are sent. */
export interface AttachmentJob {
  readonly traceId: string;
  readonly destination: Destination;
  /** Memory of the media in the values of the trace. */
  readonly bytes: number;
  /** How many there are. An estimate until they are taken. */
  readonly count: number;
  /** Whether the store takes them in requests of their own. If not, they are a part of the trace. */
  readonly isSeparate: boolean;
  /** As in `TraceJob`. */
  readonly isReplayed?: boolean;
  /** `isTaken`: whether the store takes attachments. If not, media stays in the values. Only the first call decides. */
  take(isTaken: boolean): readonly Attachment[];
  /** The queue is full: marks replace the media in the values. */
  omit(): void;
  /** Frees the memory. */
  release(): void;
}
