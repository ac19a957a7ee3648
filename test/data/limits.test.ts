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

/** CPU time, because the machine may have other work. */
function measured<T>(work: () => T): { cpuMs: number; result: T } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, result };
}

describe("time and size are bounded", () => {
  const wide = Object.fromEntries(Array.from({ length: 3e5 }, (_, i) => [`field${i}`, "x"]));
  const sparse: unknown[] = [];
  sparse[4_294_967_290] = 1;
  test.each<[string, () => unknown]>([
    ["an object of 300 000 fields", () => wide],
    ["a list of a million objects", () => Array(1e6).fill({ a: 1 })],
    ["a Map of 300 000 entries", () => new Map(Object.entries(wide))],
    ["a Set of 300 000 members", () => new Set(Object.keys(wide))],
    ["a list of holes", () => sparse],
    ["an integer of a million digits", () => 10n ** 1_000_000n],
    ["depth 10 000", () => nested(10_000)],
    ["a text of 50 MB", () => "x".repeat(5e7)],
    ["a name of 50 MB", () => ({ ["y".repeat(5e7)]: 1 })],
    ["100 MB of bytes", () => Buffer.alloc(1e8)],
    ["a vector of ten million numbers", () => new Float32Array(1e7)],
    ["an error with a message of 50 MB", () => new Error("z".repeat(5e7))],
    ["a text like an endless URL", () => `${"a".repeat(1e6)}://${"b".repeat(1e6)}`],
    ["a thousand beginnings of URLs", () => "x://".repeat(250_000)],
    ["beginnings of keys", () => new Error("sk-".repeat(300_000))],
    ["beginnings of passwords", () => new Error("password:".repeat(100_000))],
    ["a million blanks", () => `Bearer ${" ".repeat(1e6)}`],
    ["control characters", () => "\u0001".repeat(2e6)],
  ])("%s", (_what, make) => {
    const value = make();
    const snapshot = measured(() => take(value));
    expect(snapshot.cpuMs).toBeLessThan(3000);
    const json = measured(() => toJson(snapshot.result));
    expect(json.cpuMs).toBeLessThan(1000);
    // JSON has six characters for an escaped one.
    expect(json.result.length).toBeLessThan(7 * LIMITS.maxStringCharacters);
  });
});
