import { describe, expect, test } from "vitest";
import {
  decodeSpoolFile,
  encodeSpoolFile,
  type SpoolContent,
  type SpoolItem,
} from "../../../src/delivery/spool/spool-file.js";

const PLACE = { uri: "http://127.0.0.1:5000", workspace: "team" };

function itemsOf(count: number): SpoolItem[] {
  return Array.from({ length: count }, (_, index) => ({
    fields: { kind: "trace", index, text: `é ${index}` },
    payload: Buffer.from(`payload ${index} `.repeat(index * 3)),
  }));
}

/** A whole file, as it was written. */
function decoded(bytes: Uint8Array): SpoolContent {
  const content = decodeSpoolFile(bytes);
  if (typeof content === "string") throw new Error(`The file is ${content}.`);
  return content;
}

const shown = (items: readonly SpoolItem[]) =>
  items.map(({ fields, payload }) => `${JSON.stringify(fields)} ${Buffer.from(payload)}`);

/** A random number generator with a seed, so that a failure can be repeated. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("reading a file returns what was written", () => {
  const items = itemsOf(5);
  const content = decoded(encodeSpoolFile(PLACE, items, "status 400"));
  expect(content.place).toEqual(PLACE);
  expect(content.answer).toBe("status 400");
  expect(content.damaged).toBe(0);
  expect(shown(content.items)).toEqual(shown(items));
});

test("reading a file without a workspace and without items returns what was written", () => {
  const content = decoded(encodeSpoolFile({ uri: "http://a", workspace: undefined }, []));
  expect(content).toEqual({
    place: { uri: "http://a", workspace: undefined },
    items: [],
    damaged: 0,
  });
});

describe("a file that is not whole", () => {
  const items = itemsOf(8);
  const bytes = encodeSpoolFile(PLACE, items);
  const whole = shown(items);

  test("yields the items before the end of a file that was cut, and counts the others", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const content = decodeSpoolFile(bytes.subarray(0, length));
      if (content === "damaged") continue;
      expect(content).not.toBe("newer");
      const { items: read, damaged } = content as SpoolContent;
      expect(shown(read)).toEqual(whole.slice(0, read.length));
      expect(read.length + damaged).toBe(8);
    }
  });

  test("10 000 random corruptions yield no wrong item, no error, and every missing item is counted", () => {
    const random = randomOf(7);
    let damagedFiles = 0;
    let damagedItems = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const corrupt = corrupted(bytes, random);
      const content = decodeSpoolFile(corrupt);
      if (typeof content === "string") {
        damagedFiles += 1;
        continue;
      }
      const read = shown(content.items);
      expect(whole).toEqual(expect.arrayContaining(read));
      expect(new Set(read).size).toBe(read.length);
      expect(read.length + content.damaged).toBe(8);
      expect(content.place).toEqual(PLACE);
      damagedItems += content.damaged;
    }
    expect(damagedFiles).toBeGreaterThan(500);
    expect(damagedItems).toBeGreaterThan(5_000);
  });
});

/** Overwrites, cuts, inserts, repeats, exchanges or zeroes bytes. */
function corrupted(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = random(copy.length);
  const length = 1 + random(64);
  switch (random(6)) {
    case 0:
      copy[at] = copy[at]! ^ (1 << random(8));
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.alloc(length, random(256)),
        copy.subarray(at),
      ]);
    case 3:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]);
    case 4: {
      const other = random(copy.length);
      const part = Buffer.from(copy.subarray(at, at + length));
      copy.set(copy.subarray(other, Math.min(other + part.length, copy.length)), at);
      copy.set(part.subarray(0, copy.length - other), other);
      return copy;
    }
    default:
      return copy.fill(0, at, Math.min(at + length, copy.length));
  }
}
