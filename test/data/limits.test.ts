import { describe, expect, it, test } from "vitest";
import { toJson } from "../../src/data/plain.js";
import { createSnapshot } from "../../src/data/snapshot.js";
import { LIMITS, take } from "./snapshots.js";

function nested(depth: number): object {
  let value: object = { bottom: true };
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { level: value };
  return value;
}

function depthOf(plain: unknown): number {
  if (typeof plain !== "object" || plain === null) return 0;
  return 1 + Math.max(0, ...Object.values(plain).map(depthOf));
}

describe("a mark replaces data above a limit", () => {
  it("a long text is cut, and the mark shows how much", () => {
    expect(take("abcdef", { maxStringCharacters: 4 })).toBe("abcd[cut: 2 of 6 characters]");
    expect(take("abcd", { maxStringCharacters: 4 })).toBe("abcd");
  });

  it("a value with many texts keeps the first ones", () => {
    expect(take(["abc", "def", "ghi"], { maxValueCharacters: 14 })).toEqual([
      "abc",
      "def",
      "[dropped: 1 more items]",
    ]);
    expect(take({ a: "abc", b: "d", c: {} }, { maxValueCharacters: 12 })).toEqual({
      a: "abc",
      "[dropped]": "2 more fields",
    });
  });

  test.each<[string, unknown, unknown]>([
    ["a list", [1, 2, 3, 4, 5], [1, 2, 3, "[dropped: 2 more items]"]],
    ["a vector", new Float64Array(5), [0, 0, 0, "[dropped: 2 more items]"]],
    ["an object", { a: 1, b: 2, c: 3, d: 4 }, { a: 1, b: 2, c: 3, "[dropped]": "1 more fields" }],
    ["a Set", new Set([1, 2, 3, 4, 5, 6]), [1, 2, 3, "[dropped: 3 more items]"]],
    [
      "a Map",
      new Map([..."abcdefg"].map((name, index) => [name, index])),
      { a: 0, b: 1, c: 2, "[dropped]": "4 more fields" },
    ],
  ])("%s with many nodes keeps the first ones", (_what, value, expected) => {
    expect(take(value, { maxValueNodes: 3 })).toEqual(expected);
  });

  it("large bytes are replaced by their length", () => {
    const value = Buffer.alloc(100);
    expect(take(value, { maxStringCharacters: 99 })).toEqual({ type: "Buffer", byteLength: 100 });
  });

  it("a long field name is cut", () => {
    const name = "n".repeat(1002);
    const cut = `${"n".repeat(1000)}[cut: 2 of 1002 characters]`;
    expect(take({ [name]: 1 })).toEqual({ [cut]: 1 });
    expect(take(new Map([[name, 1]]))).toEqual({ [cut]: 1 });
  });

  it("objects that are too deep for MLflow become JSON text, up to a second depth limit", () => {
    const deep = take(nested(60));
    expect(depthOf(deep)).toBe(24);
    expect(toJson(deep)).toContain("bottom");
    expect(toJson(take(nested(10_000)))).toContain("[dropped: too deep]");
  });

  it("a value is dropped when its trace is full", () => {
    const snapshot = createSnapshot(
      () => ({ ...LIMITS, maxTraceCharacters: 10 }),
      () => undefined,
    );
    const meter = { characters: 0 };
    expect(snapshot("abc", meter)).toBe("abc");
    expect(meter.characters).toBe(11);
    expect(snapshot("d", meter)).toBe("[dropped: the trace is full]");
  });
});

describe("a cut", () => {
  it("removes a credential that it would split", () => {
    const text = `${"x".repeat(20)} https://someone:hunter22@host/`;
    for (let kept = 20; kept < text.length; kept++) {
      expect(take(text, { maxStringCharacters: kept })).not.toContain("hunter");
    }
  });
});
