import { describe, expect, it, test } from "vitest";
import type { Plain } from "../../src/data/plain.js";
import { readReference } from "../../src/trace/attachment.js";
import {
  AttachmentExtractor,
  type ExtractionOptions,
} from "../../src/trace/extract-attachments.js";

const TRACE = "tr-00000000000000000000000000000001";
const PNG = Buffer.from("\x89PNG\r\n\x1a\n and some pixels", "latin1");
const JPEG = Buffer.from("\xff\xd8\xff\xe0 and some pixels", "latin1");
const WAV = Buffer.from("RIFF\0\0\0\0WAVEfmt and some samples", "latin1");
const MP3 = Buffer.from("ID3 and some samples", "latin1");
const PDF = Buffer.from("%PDF-1.7 and some pages", "latin1");
const b64 = (bytes: Buffer) => bytes.toString("base64");

function extractor(options: Partial<ExtractionOptions> = {}) {
  const lost: string[] = [];
  const made = new AttachmentExtractor({
    traceId: TRACE,
    maxAttachmentBytes: 0,
    maxTextCharacters: 1_000_000,
    maxCharacters: 16_000_000,
    onLost: (reason) => lost.push(reason),
    ...options,
  });
  return { made, lost };
}

/** Replaces each reference by its content type, and collects the contents. */
function extracted(value: Plain) {
  const { made } = extractor();
  const show = (_name: string, field: unknown) =>
    typeof field === "string" ? (readReference(field)?.contentType ?? field) : field;
  const shown: unknown = JSON.parse(JSON.stringify(made.extract(value)), show);
  return { shown, contents: made.attachments.map(({ contentBytes }) => Buffer.from(contentBytes)) };
}

describe("media in a value becomes an attachment with its type", () => {
  const url = `data:image/png;base64,${b64(PNG)}`;
  test.each<[string, Plain, Plain, Buffer]>([
    ["a data URL, wherever it is", { any: [url] }, { any: ["image/png"] }, PNG],
    [
      "a data URL whose type has parameters",
      `data:audio/l16;rate=8000;base64,${b64(WAV)}`,
      "audio/l16;rate=8000",
      WAV,
    ],
    [
      "OpenAI's image",
      { type: "image_url", image_url: { url, detail: "low" } },
      { type: "image_url", image_url: { url: "image/png", detail: "low" } },
      PNG,
    ],
    [
      "an image of OpenAI's Responses API",
      { type: "input_image", image_url: url },
      { type: "input_image", image_url: "image/png" },
      PNG,
    ],
    [
      "OpenAI's recording",
      { type: "input_audio", input_audio: { data: b64(MP3), format: "mp3" } },
      { type: "input_audio", input_audio: { data: "audio/mpeg", format: "mp3" } },
      MP3,
    ],
    [
      "OpenAI's spoken answer",
      { audio: { id: "a", data: b64(WAV), transcript: "hi" } },
      { audio: { id: "a", data: "audio/wav", transcript: "hi" } },
      WAV,
    ],
    [
      "OpenAI's file",
      {
        type: "file",
        file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${b64(PDF)}` },
      },
      { type: "file", file: { filename: "a.pdf", file_data: "application/pdf" } },
      PDF,
    ],
    [
      "a file of OpenAI's Responses API without a type",
      { type: "input_file", file_data: b64(PDF) },
      { type: "input_file", file_data: "application/pdf" },
      PDF,
    ],
    [
      "an image that OpenAI's tool made",
      { type: "image_generation_call", result: b64(PNG), output_format: "webp" },
      { type: "image_generation_call", result: "image/webp", output_format: "webp" },
      PNG,
    ],
    ["an image of OpenAI's image API", { b64_json: b64(JPEG) }, { b64_json: "image/jpeg" }, JPEG],
    [
      "Anthropic's image",
      { type: "image", source: { type: "base64", media_type: "image/jpeg", data: b64(JPEG) } },
      { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "image/jpeg" } },
      JPEG,
    ],
    [
      "Anthropic's document",
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: b64(PDF) },
      },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "application/pdf" },
      },
      PDF,
    ],
    [
      "Gemini's data",
      { inlineData: { mimeType: "image/png", data: b64(PNG) } },
      { inlineData: { mimeType: "image/png", data: "image/png" } },
      PNG,
    ],
    [
      "Gemini's data in Python's form",
      { inline_data: { mime_type: "image/png", data: b64(PNG) } },
      { inline_data: { mime_type: "image/png", data: "image/png" } },
      PNG,
    ],
    [
      "the media of Google's packages",
      { type: "media", mimeType: "audio/mp3", data: b64(MP3) },
      { type: "media", mimeType: "audio/mp3", data: "audio/mp3" },
      MP3,
    ],
    [
      "Bedrock's image",
      { image: { format: "png", source: { bytes: b64(PNG) } } },
      { image: { format: "png", source: { bytes: "image/png" } } },
      PNG,
    ],
    [
      "Bedrock's document, as bytes",
      { document: { format: "pdf", name: "a", source: { bytes: new Uint8Array(PDF) } } },
      { document: { format: "pdf", name: "a", source: { bytes: "application/pdf" } } },
      PDF,
    ],
    [
      "LangChain's block, version 0",
      { type: "image", source_type: "base64", mime_type: "image/jpeg", data: b64(JPEG) },
      { type: "image", source_type: "base64", mime_type: "image/jpeg", data: "image/jpeg" },
      JPEG,
    ],
    [
      "LangChain's block, version 1",
      { type: "audio", mimeType: "audio/mpeg", data: b64(MP3) },
      { type: "audio", mimeType: "audio/mpeg", data: "audio/mpeg" },
      MP3,
    ],
    [
      "LangChain's block, version 1, as bytes and without a type",
      { type: "image", data: new Uint8Array(JPEG) },
      { type: "image", data: "image/jpeg" },
      JPEG,
    ],
  ])("%s", (_what, value, shown, content) => {
    expect(extracted(value)).toEqual({ shown, contents: [content] });
  });
});

describe("what is no media stays", () => {
  test.each<[string, Plain]>([
    ["base64 in any other field", { text: b64(PNG), data: { data: b64(PNG) } }],
    ["a text file", { type: "file", source_type: "text", data: "abcdefgh" }],
    ["the text of a text file", { type: "text-plain", mimeType: "text/plain", data: "abcdefgh" }],
    ["a URL", { type: "image_url", image_url: { url: "https://example.com/a.png" } }],
    ["a data URL without base64", "data:text/plain,hello"],
    ["a data URL without a type", `data:;base64,${b64(PNG)}`],
    ["a data URL that is broken", "data:image/png;base64,%%%%"],
    ["bytes in any other field", { blob: new Uint8Array(PNG) }],
    ["the result of another call", { type: "web_search_call", result: "abcdefgh" }],
  ])("%s", (_what, value) => {
    const { made, lost } = extractor();
    expect(made.extract(value)).toBe(value);
    expect([made.attachments, lost]).toEqual([[], []]);
  });
});

it("media with the same bytes becomes one attachment, whatever its form is", () => {
  const { made } = extractor();
  const value = [
    `data:image/png;base64,${b64(PNG)}`,
    { type: "image", mimeType: "image/x-png", data: b64(PNG) },
    { type: "image", data: new Uint8Array(PNG) },
  ];
  const texts = JSON.stringify([made.extract(value), made.extract(value)]);
  const ids = texts.match(/mlflow-attachment:..[\w-]+/g);
  expect([ids?.length, new Set(ids).size, made.attachments.length]).toEqual([6, 1, 1]);
});

it("a reference has MLflow's form", () => {
  const { made } = extractor();
  const ref = made.extract(`data:image/png;base64,${b64(PNG)}`);
  const id = made.attachments[0]?.id;
  expect(ref).toBe(
    `mlflow-attachment://${id}?content_type=image%2Fpng&trace_id=${TRACE}&size=${PNG.length}`,
  );
  expect(readReference(String(ref))).toEqual({
    attachmentId: id,
    contentType: "image/png",
    traceId: TRACE,
    size: PNG.length,
  });
  expect(readReference("mlflow-attachment://../../x?content_type=a&trace_id=b")).toBeUndefined();
});

describe("a mark replaces media that is not stored, and its loss is counted once", () => {
  const long = `data:image/png;base64,${Buffer.alloc(30_000, 7).toString("base64")}`;
  test.each<[Partial<ExtractionOptions>, string, string]>([
    [{ maxAttachmentBytes: 29_999 }, "too_large", "more than `maxAttachmentBytes`"],
    [
      { inline: "unsupported", maxTextCharacters: 39_000 },
      "unsupported",
      "the store takes no attachments",
    ],
    [
      { inline: "unsupported", maxCharacters: 39_000 },
      "unsupported",
      "the store takes no attachments",
    ],
    [
      { inline: "queue_full", maxTextCharacters: 0 },
      "queue_full",
      "`maxQueueBytes` were waiting to be sent",
    ],
  ])("%o", (options, reason, why) => {
    const { made, lost } = extractor(options);
    const mark = `[dropped: image/png, 30000 bytes: ${why}]`;
    expect(made.extract([long, { again: long }])).toEqual([mark, { again: mark }]);
    expect([made.attachments, lost]).toEqual([[], [reason]]);
  });

  it("keeps it in the value if it fits and the store takes no attachments", () => {
    const { made, lost } = extractor({ inline: "unsupported", maxCharacters: 50_000 });
    expect(made.extract(long)).toBe(long);
    expect(lost).toEqual([]);
  });
});

test("bytes that are too large leave a mark, and are reported once", () => {
  const { made, lost } = extractor({ maxAttachmentBytes: 10 });
  const image = { type: "image", mimeType: "image/png", data: new Uint8Array(PNG) };
  const mark = `[dropped: image/png, ${PNG.byteLength} bytes: more than \`maxAttachmentBytes\`]`;
  expect(made.extract([image, image])).toEqual([
    { ...image, data: mark },
    { ...image, data: mark },
  ]);
  expect(lost).toEqual(["too_large"]);
});

test("base64 with line breaks is an attachment, and a text that only begins as base64 stays a text", () => {
  const wrapped = b64(PNG).replace(/.{10}/g, "$&\r\n");
  expect(extracted(`data:image/png;base64,${wrapped}`).contents).toEqual([PNG]);
  const wrong = `data:image/png;base64,${"QUJD".repeat(10)}!`;
  expect(extracted(wrong)).toEqual({ shown: wrong, contents: [] });
});
