import { describe, expect, it, test } from "vitest";
import { dateText, fitsInt64, type Plain, toJson } from "../../src/data/plain.js";

describe("JSON text of plain data", () => {
  test.each<[string, Plain | undefined, string]>([
    ["nothing", undefined, "null"],
    ["null", null, "null"],
    ["a flag", true, "true"],
    ["a number", -1.5e300, "-1.5e+300"],
    ["NaN, which JSON does not support", Number.NaN, '"NaN"'],
    ["infinity", Number.POSITIVE_INFINITY, '"Infinity"'],
    ["a bigint of 64 bits", 2n ** 63n - 1n, "9223372036854775807"],
    ["a larger bigint, which MLflow does not support", 2n ** 63n, '"9223372036854775808"'],
    ["a text", 'a"b\\c\n\u0001안녕', '"a\\"b\\\\c\\n\\u0001안녕"'],
    ["half a surrogate pair", "a\ud800", '"a\ufffd"'],
    ["a long text", "x".repeat(1000), `"${"x".repeat(1000)}"`],
    ["a date", new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["an invalid date", new Date(Number.NaN), '"Invalid Date"'],
    ["bytes", new Uint8Array([1, 2, 3]), '"AQID"'],
    ["a list", [1, "x", [], {}], '[1,"x",[],{}]'],
    ["an object", { a: undefined, 'b"': null, c: undefined }, '{"b\\"":null}'],
  ])("%s", (_what, value, expected) => {
    expect(toJson(value)).toBe(expected);
  });

  it("equals the text of JSON.stringify for values that JSON supports", () => {
    const value = { a: [1, { b: "c\td" }, null, true, "🦜"], "": { deep: [[[]]] }, e: 1e21 };
    expect(toJson(value)).toBe(JSON.stringify(value));
  });

  it("has the spaces of Python's json.dumps with spacing: python", () => {
    expect(toJson({ a: [1, 2], b: {} }, "python")).toBe('{"a": [1, 2], "b": {}}');
  });

  it("ends soon after maxCharacters", () => {
    const values: Plain[] = [
      Array(1e5).fill("item"),
      Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`f${i}`, i])),
      { text: "x".repeat(1e6) },
      [[[["x".repeat(1e6)]]], 1],
    ];
    for (const value of values) {
      const text = toJson(value, "python", 100);
      expect(toJson(value, "python").startsWith(text.slice(0, 100))).toBe(true);
      expect(text.length).toBeGreaterThan(100);
      expect(text.length).toBeLessThan(300);
    }
    expect(toJson([1, 2], "compact", 100)).toBe("[1,2]");
  });
});

test("MLflow's integers have 64 bits", () => {
  expect([2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 63n) - 1n].map(fitsInt64)).toEqual([
    ...[true, true, false, false],
  ]);
});

test("a date becomes an ISO 8601 text, an invalid date becomes Invalid Date", () => {
  expect([new Date(1), new Date(Number.NaN)].map(dateText)).toEqual([
    "1970-01-01T00:00:00.001Z",
    "Invalid Date",
  ]);
});
