import { base64, isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import { content, type Part, textMark } from "./part.js";

/** An image, a recording, a video or a file of a message. */
interface Media {
  readonly kind: string;
  readonly mimeType: string | undefined;
  /** Base64. */
  readonly data: string | undefined;
  readonly url: string | undefined;
  readonly fileId: string | undefined;
  readonly name: string | undefined;
  /** The text of a text file. */
  readonly text: string | undefined;
  readonly bytes: number | undefined;
}

/** The fields of a block that hold another object with the media. */
const HOLDERS = ["source", "image_url", "input_audio", "audio", "file", "inlineData", "fileData"];
const BEDROCK_HOLDERS = ["image", "document", "video", "bytes", "s3Location", "metadata"];

/** Converts a block with media, in the form of any provider. `kind` is used where the block has no MIME type. */
export function mediaParts(block: PlainObject, kind: string): readonly Part[] {
  const media = readMedia(block, kind);
  if (media.kind === "image" && (media.url ?? media.data) !== undefined) return image(media, block);
  if (media.kind === "audio" && media.data !== undefined) return audio(media, block);
  const mark = describe(media);
  if (media.text !== undefined) return textMark(`${mark}\n${media.text}`);
  return textMark(mark, block);
}

const DETAILS: readonly (Plain | undefined)[] = ["auto", "low", "high"];

function image({ url, data, mimeType }: Media, block: PlainObject): readonly Part[] {
  const inner = isPlainObject(block.image_url) ? block.image_url : block;
  const detail = DETAILS.includes(inner.detail) ? { detail: inner.detail } : {};
  const shown = url ?? `data:${mimeType ?? "image/png"};base64,${data}`;
  return content({ type: "image_url", image_url: { url: shown, ...detail } });
}

/** The formats that MLflow's UI plays, by MIME type or format. */
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ["wav", "wav"],
  ["x-wav", "wav"],
  ["wave", "wav"],
  ["vnd.wave", "wav"],
  ["mp3", "mp3"],
  ["mpeg", "mp3"],
]);

function audio(media: Media, block: PlainObject): readonly Part[] {
  const subtype = media.mimeType?.split("/").at(-1)?.split(";")[0]?.trim().toLowerCase();
  const format = AUDIO_FORMATS.get(subtype ?? "") ?? formatOfAudio(media.data ?? "");
  // The UI shows no chat for a message with another format.
  if (format === undefined) return textMark(describe(media), block);
  return inputAudio(media.data ?? "", format);
}

function inputAudio(data: string, format: string): readonly Part[] {
  return content({ type: "input_audio", input_audio: { data, format } });
}

/** OpenAI's spoken answer: its transcript, and the recording if the UI can play it. */
export function audioParts(audio: PlainObject, requested: string | undefined): readonly Part[] {
  const { transcript, data } = audio;
  const spoken = typeof transcript === "string" && transcript !== "" ? textMark(transcript) : [];
  if (typeof data !== "string" || data === "") return spoken;
  const format = formatOfAudio(data) ?? AUDIO_FORMATS.get(requested ?? "");
  if (format) return [...spoken, ...inputAudio(data, format)];
  const mimeType = requested === undefined ? undefined : `audio/${requested}`;
  return [...spoken, ...mediaParts({ type: "audio", data, mimeType }, "audio")];
}

/** The format of a recording, by the first bytes: `RIFF`, `ID3`, or the start of an MP3 frame. */
function formatOfAudio(data: string): "wav" | "mp3" | undefined {
  if (data.startsWith("UklGR")) return "wav";
  return /^(?:SUQz|\/\/[ukstv])/.test(data) ? "mp3" : undefined;
}

const DATA_URL = /^data:([^;,]+);base64,/i;

function readMedia(block: PlainObject, kind: string): Media {
  const holders = holdersOf(block);
  const find = (...names: readonly string[]) => textOf(holders, names);
  const isText = holders.some(({ type, source_type }) => type === "text" || source_type === "text");
  const given = isText ? undefined : (dataOf(holders) ?? find("data", "file_data", "bytes"));
  const [prefix = "", urlType] = DATA_URL.exec(given ?? "") ?? [];
  const data = given?.slice(prefix.length);
  const mimeType =
    find("mimeType", "mime_type", "media_type", "mimetype") ??
    urlType ??
    mimeOf(find("format"), kind);
  const isReference = holders.some(({ source_type }) => source_type === "id");
  return {
    kind: kindOf(mimeType, kind),
    mimeType,
    data,
    url:
      find("url", "fileUri", "file_url", "uri") ??
      textOf([block], ["image_url", "video_url", "document_url"]),
    fileId: find("fileId", "file_id") ?? (isReference ? find("id") : undefined),
    name: find("filename", "name", "title"),
    text: isText ? find("text", "data") : undefined,
    bytes: data === undefined ? byteLengthOf(holders) : undefined,
  };
}

/** The block, and the objects in it that may have its data: `{ image: { source: { bytes } } }`. */
function holdersOf(block: PlainObject): readonly PlainObject[] {
  const found: PlainObject[] = [block];
  for (const holder of found) {
    if (found.length > 8) break;
    for (const name of [...HOLDERS, ...BEDROCK_HOLDERS]) {
      const inner = holder[name];
      if (isPlainObject(inner)) found.push(inner);
    }
  }
  return found;
}

function textOf(holders: readonly PlainObject[], names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const holder of holders) {
      const value = holder[name];
      if (typeof value === "string" && value !== "") return value;
    }
  }
  return undefined;
}

function dataOf(holders: readonly PlainObject[]): string | undefined {
  for (const { data, bytes } of holders) {
    for (const value of [data, bytes]) if (value instanceof Uint8Array) return base64(value);
  }
  return undefined;
}

/** Bytes above a limit are recorded as their length. */
function byteLengthOf(holders: readonly PlainObject[]): number | undefined {
  for (const holder of holders) {
    for (const value of [holder, holder.data]) {
      const length = isPlainObject(value) ? value.byteLength : undefined;
      if (typeof length === "number") return length;
    }
  }
  return undefined;
}

/** Bedrock and OpenAI name a format in place of a MIME type. */
function mimeOf(format: string | undefined, kind: string): string | undefined {
  if (format === undefined || kind === "file" || kind === "document") return format;
  return `${kind}/${format}`;
}

function kindOf(mimeType: string | undefined, kind: string): string {
  const [type] = mimeType?.split("/") ?? [];
  return type === "image" || type === "audio" || type === "video" ? type : kind;
}

function describe({ kind, mimeType, data, url, fileId, name, bytes }: Media): string {
  const length = data === undefined ? bytes : Math.floor((data.length * 3) / 4);
  const size = length === undefined ? undefined : `${length} bytes`;
  const known = [name, mimeType, size, url && /^data:/i.test(url) ? undefined : url, fileId];
  const details = known.filter((detail) => detail !== undefined).join(", ");
  return details === "" ? `[${kind}]` : `[${kind}: ${details}]`;
}
