import type { Plain, PlainObject } from "../data/plain.js";

/** An object with a field that may hold media, the field around the object, and the object that has that field. */
export interface MediaPlace {
  readonly object: PlainObject;
  readonly name: string;
  readonly around: Around | undefined;
}

export interface Around {
  readonly object: PlainObject;
  readonly name: string;
  readonly around: Around | undefined;
}

const MIME_FIELDS = ["mimeType", "mime_type", "media_type", "mimetype"];
/** The types of LangChain's content blocks, and what a block without a MIME type has. */
const BLOCKS: ReadonlyMap<Plain | undefined, string> = new Map([
  ["image", "image/png"],
  ["audio", "audio/wav"],
  ["video", "video/mp4"],
  ["file", "application/octet-stream"],
  ["document", "application/pdf"],
  ["media", "application/octet-stream"],
]);
/** What Bedrock's blocks are named, and the type of their formats. */
const BEDROCK: ReadonlyMap<string, string> = new Map([
  ["image", "image"],
  ["audio", "audio"],
  ["video", "video"],
  ["document", "application"],
]);

/**
 * The content type of the media in a field: base64 or bytes in the forms of LangChain, OpenAI, Anthropic, Gemini and
 * Bedrock. Returns undefined if the field holds no media. Mirrors the rules of `mlflow.entities.span.LiveSpan`, which
 * know fewer forms.
 */
export function mediaTypeOf(place: MediaPlace, head: () => Uint8Array): string | undefined {
  const declared = declaredType(place);
  return declared === SNIFF ? (sniff(head()) ?? defaultType(place)) : declared;
}

/** The object does not name the type. */
const SNIFF = Symbol("sniff");

type Declared = string | typeof SNIFF | undefined;

function declaredType(place: MediaPlace): Declared {
  const { object, name, around } = place;
  switch (name) {
    case "data":
      return typeOfData(place);
    case "bytes":
      return around?.name === "source" ? bedrockType(around) : undefined;
    case "result":
      return object.type === "image_generation_call"
        ? `image/${textOf(object.output_format) ?? "png"}`
        : undefined;
    default:
      return SNIFF;
  }
}

/** The fields around an object whose `data` is media. */
const HOLDERS: ReadonlySet<string | undefined> = new Set(["audio", "inline_data", "inlineData"]);

function typeOfData({ object, around }: MediaPlace): Declared {
  const { type, source_type: sourceType } = object;
  if (sourceType === "text" || sourceType === "url") return undefined;
  const mime = mimeOf(object);
  const isBase64 = sourceType === "base64" || type === "base64";
  // Otherwise the data of a text file may be its text.
  if (mime !== undefined) return isBase64 || !mime.startsWith("text/") ? mime : undefined;
  if (isBase64 || BLOCKS.has(type) || HOLDERS.has(around?.name)) return SNIFF;
  return around?.name === "input_audio" ? audioType(textOf(object.format) ?? "wav") : undefined;
}

function mimeOf(object: PlainObject): string | undefined {
  for (const name of MIME_FIELDS) {
    const mime = textOf(object[name]);
    if (mime !== undefined) return mime;
  }
  return undefined;
}

function audioType(format: string): string {
  return format === "mp3" ? "audio/mpeg" : `audio/${format}`;
}

/** `{ image: { format, source: { bytes } } }`. */
function bedrockType({ object, around }: Around): string | undefined {
  const kind = BEDROCK.get(around?.name ?? "");
  if (kind === undefined) return undefined;
  return `${kind}/${textOf(object.format) ?? "png"}`;
}

function defaultType({ object, name, around }: MediaPlace): string {
  if (name === "b64_json") return "image/png";
  const own = BLOCKS.get(object.type);
  if (own !== undefined) return own;
  if (around?.name === "audio") return "audio/wav";
  return (around && BLOCKS.get(around.object.type)) ?? "application/octet-stream";
}

/** How the files of a type start, and where. */
const SIGNATURES: readonly (readonly [start: number, text: string, type: string])[] = [
  [0, "\x89PNG", "image/png"],
  [0, "\xff\xd8\xff", "image/jpeg"],
  [0, "GIF8", "image/gif"],
  [8, "WEBP", "image/webp"],
  [8, "WAVE", "audio/wav"],
  [0, "ID3", "audio/mpeg"],
  [0, "\xff\xfb", "audio/mpeg"],
  [0, "\xff\xf3", "audio/mpeg"],
  [0, "OggS", "audio/ogg"],
  [0, "fLaC", "audio/flac"],
  [0, "%PDF", "application/pdf"],
  [4, "ftyp", "video/mp4"],
];

function sniff(head: Uint8Array): string | undefined {
  const text = Buffer.from(head).toString("latin1");
  return SIGNATURES.find(([start, signature]) => text.startsWith(signature, start))?.[2];
}

function textOf(value: Plain | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
