import type { Budget } from "./budget.js";
import { looksLikeBase64, mediaMark, SHORT_MEDIA_CHARACTERS } from "./media-texts.js";
import { base64 } from "./plain.js";

/** What the reference to an attachment counts. */
const REFERENCE_CHARACTERS = 200;

/** The images, recordings and files of one trace, as base64 texts. The limits do not cut them: half of an image is useless. */
export class KeptMedia {
  /** Memory of the texts. Each counts once, however many spans contain it. */
  bytes = 0;
  /** Whether the trace has media, also short texts, which `bytes` does not count. */
  isFound = false;
  /** The number of media that exceeded the limit. */
  dropped = 0;
  /** The number of texts. */
  count = 0;
  #texts: Map<string, string> | undefined;

  /** Returns the text, or an equal one that is already kept, or a mark if all texts together would exceed `maxBytes`. */
  keep(text: string, maxBytes: number): string {
    // V8 hashes long texts by their length, and compares the same text by its address.
    const known = this.#texts?.get(text);
    if (known !== undefined) return known;
    if (this.bytes + text.length > maxBytes) {
      this.dropped += 1;
      return mediaMark(text, "the media of this trace exceed `maxQueueBytes`");
    }
    this.#texts ??= new Map();
    this.#texts.set(text, text);
    this.bytes += text.length;
    this.count += 1;
    return text;
  }

  /** Releases the texts, when nothing is added any more. */
  release(): void {
    this.#texts = undefined;
  }
}

/**
 * Records media. Keeps it whole, or replaces it by a mark if it does not fit. With `kept` undefined, the limits of
 * ordinary text apply.
 */
export function mediaText(text: string, budget: Budget, kept: KeptMedia | undefined): string {
  if (!kept) return budget.fits(text) ? budget.text(text) : budget.wholeText(tooLong(text));
  kept.isFound = true;
  if (text.length < SHORT_MEDIA_CHARACTERS) return budget.wholeText(text);
  budget.characters += REFERENCE_CHARACTERS;
  return kept.keep(text, budget.limits.maxQueueBytes ?? Number.POSITIVE_INFINITY);
}

/** Records the value of a field that may hold media. Returns undefined for other values. */
export function mediaOfField(
  value: unknown,
  budget: Budget,
  kept: KeptMedia | undefined,
): string | undefined {
  if (typeof value === "string") {
    if (!looksLikeBase64(value)) return undefined;
    budget.nodes += 1;
    return mediaText(value, budget, kept);
  }
  if (!kept || !(value instanceof Uint8Array)) return undefined;
  kept.isFound = true;
  if (value.byteLength < SHORT_MEDIA_CHARACTERS) return undefined;
  budget.nodes += 1;
  return mediaText(base64(value), budget, kept);
}

function tooLong(text: string): string {
  return mediaMark(text, "longer than the limit");
}
