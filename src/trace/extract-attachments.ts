import {
  byteLengthOfBase64,
  isBase64,
  isDataUrl,
  isMediaField,
  looksLikeBase64,
  lossMark,
  mediaMark,
  readDataUrl,
  SHORT_MEDIA_CHARACTERS,
} from "../data/media-texts.js";
import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../data/plain.js";
import { type Attachment, newAttachment, referenceTo } from "./attachment.js";
import { type Around, mediaTypeOf } from "./media-type.js";

/** Why an attachment is missing. */
export type AttachmentLoss = "too_large" | "unsupported" | "queue_full";

export interface ExtractionOptions {
  readonly traceId: string;
  /** Why media stays in the values of the spans, if it does. */
  readonly inline?: "unsupported" | "queue_full" | undefined;
  /** A larger attachment is dropped; 0: no limit. */
  readonly maxAttachmentBytes: number;
  /** Limits for media that stays in the values: of one text, and of all of them. */
  readonly maxTextCharacters: number;
  readonly maxCharacters: number;
  readonly onLost: (reason: AttachmentLoss) => void;
}

const LOSSES: Readonly<Record<AttachmentLoss, string>> = {
  too_large: "more than `maxAttachmentBytes`",
  unsupported: "the store takes no attachments",
  queue_full: "`maxQueueBytes` were waiting to be sent",
};

/** The first bytes of a file show its type. */
const HEAD_CHARACTERS = 32;

/**
 * Replaces the media in values of one trace by references, and collects the attachments. Media with the same bytes
 * becomes one attachment.
 */
export class AttachmentExtractor {
  readonly attachments: Attachment[] = [];
  readonly #options: ExtractionOptions;
  readonly #byBase64 = new Map<string, Attachment | "too_large" | "invalid">();
  /** Media whose loss is reported: it may be in many spans. */
  readonly #reported = new Set<string>();
  #room: number;

  constructor(options: ExtractionOptions) {
    this.#options = options;
    this.#room = options.maxCharacters;
  }

  /** Returns the value itself if it has no media. */
  extract(value: Plain, around?: Around): Plain {
    if (typeof value === "string") return isDataUrl(value) ? this.#dataUrl(value) : value;
    if (isPlainArray(value)) return this.#list(value, around);
    return isPlainObject(value) ? this.#object(value, around) : value;
  }

  /** The items of a list have the surroundings of the list. */
  #list(list: readonly Plain[], around: Around | undefined): Plain {
    let copy: Plain[] | undefined;
    for (let index = 0; index < list.length; index += 1) {
      const item = list[index] ?? null;
      const extracted = this.extract(item, around);
      if (extracted === item) continue;
      copy ??= [...list];
      copy[index] = extracted;
    }
    return copy ?? list;
  }

  #object(object: PlainObject, around: Around | undefined): Plain {
    let copy: Record<string, Plain | undefined> | undefined;
    for (const name of Object.keys(object)) {
      const value = object[name];
      if (value === undefined) continue;
      const extracted =
        (isMediaField(name) ? this.#field(object, name, value, around) : undefined) ??
        this.extract(value, { object, name, around });
      if (extracted === value) continue;
      copy ??= { ...object };
      copy[name] = extracted;
    }
    return copy ?? object;
  }

  /** Returns undefined if the value is neither base64 nor bytes. */
  #field(
    object: PlainObject,
    name: string,
    value: Plain,
    around: Around | undefined,
  ): Plain | undefined {
    const isBytes = value instanceof Uint8Array;
    if (!isBytes && !(typeof value === "string" && looksLikeBase64(value))) return undefined;
    const head = () => (isBytes ? value : Buffer.from(value.slice(0, HEAD_CHARACTERS), "base64"));
    const contentType = mediaTypeOf({ object, name, around }, () => head().subarray(0, 24));
    if (contentType === undefined) return isBytes ? value : this.#inline(value);
    return isBytes ? this.#bytes(value, contentType) : this.#base64(value, value, contentType);
  }

  #dataUrl(text: string): string {
    const url = readDataUrl(text);
    // Base64 may have line breaks, as in mails.
    return url
      ? this.#base64(text, url.base64.replace(/\s+/g, ""), url.contentType)
      : this.#inline(text);
  }

  /** `text` is the value in the span: the base64, or a URL with it. */
  #base64(text: string, base64: string, contentType: string): string {
    const { inline, maxAttachmentBytes } = this.#options;
    if (inline) return this.#inline(text, inline);
    let found = this.#byBase64.get(base64);
    if (found === undefined) {
      const size = byteLengthOfBase64(base64);
      if (isAbove(size, maxAttachmentBytes)) found = "too_large";
      else {
        const bytes = Buffer.from(base64, "base64");
        const isWhole = bytes.byteLength === size && isBase64(base64);
        found = isWhole ? this.#add(bytes, contentType) : "invalid";
      }
      this.#byBase64.set(base64, found);
    }
    if (found === "invalid") return this.#inline(text);
    return found === "too_large"
      ? this.#lost(text, found)
      : referenceTo(found, contentType, this.#options.traceId);
  }

  #bytes(bytes: Uint8Array, contentType: string): Plain {
    const { inline, maxAttachmentBytes, traceId } = this.#options;
    // Longer bytes are base64 texts already.
    if (inline) return bytes;
    const { byteLength } = bytes;
    if (isAbove(byteLength, maxAttachmentBytes)) {
      this.#report(Buffer.from(bytes).toString("base64"), "too_large");
      return lossMark(contentType, byteLength, LOSSES.too_large);
    }
    return referenceTo(this.#add(bytes, contentType), contentType, traceId);
  }

  #add(bytes: Uint8Array, contentType: string): Attachment {
    const same = this.attachments.find(({ contentBytes }) => isEqual(contentBytes, bytes));
    if (same) return same;
    const attachment = newAttachment(contentType, bytes);
    this.attachments.push(attachment);
    return attachment;
  }

  /** Media that stays in the span. A mark replaces it if it is too long: half of it would be useless. */
  #inline(text: string, reason?: AttachmentLoss): string {
    const { length } = text;
    if (length < SHORT_MEDIA_CHARACTERS) return text;
    if (length <= this.#options.maxTextCharacters && length <= this.#room) {
      this.#room -= length;
      return text;
    }
    return reason ? this.#lost(text, reason) : mediaMark(text, "longer than the limit");
  }

  #report(media: string, reason: AttachmentLoss): void {
    if (!this.#reported.has(media)) this.#options.onLost(reason);
    this.#reported.add(media);
  }

  #lost(text: string, reason: AttachmentLoss): string {
    this.#report(text, reason);
    return mediaMark(text, LOSSES[reason]);
  }
}

function isAbove(size: number, max: number): boolean {
  return max > 0 && size > max;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && Buffer.compare(one, other) === 0;
}
