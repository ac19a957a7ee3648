// Images, recordings and files in messages are long texts: `data:` URLs, or base64 in a few fields. These tests look at
// the beginning and the end of a text only, since they run on the path of a call.

const LOWER_D = 100;
const UPPER_D = 68;
const SCHEME = /^data:/i;
const MAX_HEADER_CHARACTERS = 256;
const BASE64_MARK = ";base64,";
const HEAD_CHARACTERS = 64;

/** The fields that hold base64 or bytes in the forms of LangChain and of providers. */
export function isMediaField(name: string | number): boolean {
  return (
    name === "data" ||
    name === "bytes" ||
    name === "b64_json" ||
    name === "result" ||
    name === "file_data"
  );
}

/** The parts of a `data:` URL. */
export interface DataUrl {
  /** With its parameters, such as `audio/pcm;rate=16000`. */
  readonly contentType: string;
  readonly base64: string;
}

/** Whether the text starts like a `data:` URL with base64. */
export function isDataUrl(text: string): boolean {
  // First, since it excludes most texts at no cost.
  const first = text.charCodeAt(0);
  return (first === LOWER_D || first === UPPER_D) && SCHEME.test(text) && markOf(text) > 0;
}

/** Returns undefined if the text is not a `data:` URL with base64 and a content type. */
export function readDataUrl(text: string): DataUrl | undefined {
  if (!isDataUrl(text)) return undefined;
  const mark = markOf(text);
  const contentType = text.slice("data:".length, mark);
  return { contentType, base64: text.slice(mark + BASE64_MARK.length) };
}

/** Where `;base64,` is. Negative if it or the content type is missing. */
function markOf(text: string): number {
  const mark = text.slice(0, MAX_HEADER_CHARACTERS).indexOf(BASE64_MARK);
  return mark > "data:".length ? mark : -1;
}

/** Whether the beginning and the end of the text are base64. */
export function looksLikeBase64(text: string): boolean {
  const { length } = text;
  if (length === 0 || length % 4 !== 0) return false;
  const head = Math.min(length - 4, HEAD_CHARACTERS);
  for (let index = 0; index < head; index += 1) {
    if (!isDigit(text.charCodeAt(index))) return false;
  }
  return /^[\w+/-]{2}(?:==|[\w+/-][\w+/=-])$/.test(text.slice(length - 4));
}

/** Whether this is a digit of base64, or of its form for URLs. */
function isDigit(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

/** Shorter media counts as an ordinary text. */
export const SHORT_MEDIA_CHARACTERS = 1000;

/** Whether the whole text is base64. `Buffer.from()` skips what is not. */
export function isBase64(text: string): boolean {
  return /^[\w+/-]*={0,2}$/.test(text);
}

/** The number of bytes that a base64 text stands for. */
export function byteLengthOfBase64(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}

/** Replaces media that is not recorded. `why` is a part of a sentence. */
export function mediaMark(text: string, why: string): string {
  const { contentType = "base64", base64 = text } = readDataUrl(text) ?? {};
  return lossMark(contentType, byteLengthOfBase64(base64), why);
}

/** Like {@link mediaMark}, for bytes. */
export function lossMark(contentType: string, byteLength: number, why: string): string {
  return `[dropped: ${contentType}, ${byteLength} bytes: ${why}]`;
}
