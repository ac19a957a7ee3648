import { describe, expect, it, test } from "vitest";
import { KeptMedia } from "../../src/data/media.js";
import { isDataUrl, looksLikeBase64 } from "../../src/data/media-texts.js";
import { createSnapshot } from "../../src/data/snapshot.js";
import { readLangChain } from "../../src/langchain/events/read.js";
import { LIMITS, take } from "./snapshots.js";

const BASE64 = Buffer.alloc(3_000_000, 5).toString("base64");
const URL_OF_IMAGE = `data:image/png;base64,${BASE64}`;

function takeWith(value: unknown, limits: object = {}, media = new KeptMedia()) {
  const meter = { characters: 0, media };
  const plain = createSnapshot(() => ({ ...LIMITS, ...limits }), readLangChain)(value, meter);
  return { plain, meter, media };
}

describe("media is kept whole, whatever the limits are", () => {
  test.each<[string, unknown]>([
    ["a data URL", { image_url: { url: URL_OF_IMAGE } }],
    ["base64 in a field of media", { source: { data: BASE64 } }],
  ])("%s", (_what, value) => {
    const { plain, meter, media } = takeWith([value, "and this is kept"], {
      maxStringCharacters: 100,
      maxValueCharacters: 1000,
    });
    expect(plain).toEqual([value, "and this is kept"]);
    expect(media.isFound).toBe(true);
    expect(meter.characters).toBeLessThan(1000);
  });

  it("bytes become base64, so that the app cannot change them", () => {
    const bytes = new Uint8Array(3_000_000).fill(5);
    const { plain } = takeWith({ type: "image", data: bytes });
    bytes.fill(6);
    expect((plain as { data: string }).data === BASE64).toBe(true);
  });

  it("its memory counts once, also for equal texts of different objects", () => {
    const { media } = takeWith([
      URL_OF_IMAGE,
      [URL_OF_IMAGE],
      `${URL_OF_IMAGE.slice(0, 99)}${URL_OF_IMAGE.slice(99)}`,
    ]);
    expect([media.bytes, media.count]).toEqual([URL_OF_IMAGE.length, 1]);
  });

  it("a mark replaces the media that exceeds the limit of the queue", () => {
    const other = `data:image/gif;base64,${Buffer.alloc(3_000_000, 6).toString("base64")}`;
    const { plain, media } = takeWith([URL_OF_IMAGE, other], { maxQueueBytes: 5_000_000 });
    const mark =
      "[dropped: image/gif, 3000000 bytes: the media of this trace exceed `maxQueueBytes`]";
    expect(plain).toEqual([URL_OF_IMAGE, mark]);
    expect(media.dropped).toBe(1);
  });

  it("text in JSON text is cut, since no reference could replace a part of it", () => {
    let value: unknown = URL_OF_IMAGE;
    for (let depth = 0; depth < 30; depth += 1) value = { value };
    const { plain, media } = takeWith(value);
    expect(JSON.stringify(plain)).toContain("[dropped: image/png, 3000000 bytes");
    expect(media.bytes).toBe(0);
  });
});

describe("a value outside of a trace has the limits of ordinary text", () => {
  test("media that does not fit is replaced by a mark, not cut in the middle", () => {
    const mark = (type: string) => `[dropped: ${type}, 3000000 bytes: longer than the limit]`;
    expect(take({ url: URL_OF_IMAGE, source: { data: BASE64 } })).toEqual({
      url: mark("image/png"),
      source: { data: mark("base64") },
    });
  });

  test("media that fits is unchanged", () => {
    const url = `data:image/png;base64,${Buffer.alloc(300).toString("base64")}`;
    expect(take({ url })).toEqual({ url });
  });
});

describe("the detection looks at a few characters only", () => {
  test.each<[string, boolean]>([
    ["data:image/png;base64,AAAA", true],
    ["data:image/png,AAAA", false],
    ["data:;base64,AAAA", false],
    ["database of images", false],
    ["Data:image/png;base64,AAAA", true],
    ["DATA:image/png;base64,AAAA", true],
    ["Data,image/png;base64,AAAA", false],
    ["", false],
  ])("whether %j is a data URL", (text, expected) => {
    expect(isDataUrl(text)).toBe(expected);
  });

  test.each<[string, boolean]>([
    ["AAAA", true],
    ["AA==", true],
    ["AAA=", true],
    ["A===", false],
    ["AAA", false],
    ["", false],
    ["a text of 16 ch.", false],
    [`${"A".repeat(200)} b c d e`, false],
  ])("whether %j is base64", (text, expected) => {
    expect(looksLikeBase64(text)).toBe(expected);
  });
});
