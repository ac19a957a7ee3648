import type { KeptMedia } from "../data/media.js";
import type { AttachmentJob } from "../delivery/attachment-job.js";
import type { Destination } from "../delivery/destination.js";
import type { Losses } from "../delivery/losses.js";
import type { AutologOptions } from "../settings/options.js";
import type { Attachment } from "../trace/attachment.js";
import { AttachmentExtractor, type ExtractionOptions } from "../trace/extract-attachments.js";
import type { Call } from "./call.js";
import { redactCall } from "./redact-call.js";

interface CallAttachmentsInit {
  readonly call: Call;
  readonly media: KeptMedia;
  readonly destination: Destination;
  readonly options: AutologOptions;
  readonly losses: Losses;
}

/** The media in the values of a sealed Call, which become the attachments of its trace. */
export class CallAttachments implements AttachmentJob {
  readonly traceId: string;
  readonly destination: Destination;
  readonly #bytes: number;
  readonly #init: CallAttachmentsInit;
  readonly #estimate: number;
  #taken: readonly Attachment[] | undefined;

  constructor(init: CallAttachmentsInit) {
    const { call, media, destination } = init;
    this.#init = init;
    this.traceId = call.traceId;
    this.destination = destination;
    this.#bytes = media.bytes;
    this.#estimate = media.count;
    media.release();
  }

  get isSeparate(): boolean {
    return this.destination.store.logAttachments !== undefined;
  }

  get count(): number {
    return this.#taken?.length ?? this.#estimate;
  }

  get bytes(): number {
    return this.#taken ? 0 : this.#bytes;
  }

  omit(): void {
    this.#taken = this.#extract("queue_full");
  }

  /** What the user's `redact` removes is not in the values any more, so it does not become an attachment. */
  take(isTaken: boolean): readonly Attachment[] {
    if (this.#taken) return this.#taken;
    redactCall(this.#init.call, this.#init.losses.reportRedaction);
    this.#taken = this.#extract(isTaken ? undefined : "unsupported");
    return this.#taken;
  }

  release(): void {
    this.#taken = [];
  }

  #extract(inline: ExtractionOptions["inline"]): readonly Attachment[] {
    const { call, options, losses } = this.#init;
    const extractor = new AttachmentExtractor({
      traceId: call.traceId,
      inline,
      maxAttachmentBytes: options.maxAttachmentBytes,
      maxTextCharacters: inline === "queue_full" ? 0 : options.maxStringCharacters,
      maxCharacters: Math.max(0, options.maxTraceCharacters - call.characters),
      onLost: (reason) => losses.report(`attachment_${reason}`, 1),
    });
    for (const span of call.spans) {
      if (span.inputs !== undefined) span.setInputs(extractor.extract(span.inputs));
      if (span.outputs !== undefined) span.setOutputs(extractor.extract(span.outputs));
      span.replaceAttributes((value) => extractor.extract(value));
    }
    return extractor.attachments;
  }
}
