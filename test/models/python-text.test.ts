import { describe, expect, test } from "vitest";
import {
  pythonFloat,
  pythonIsoFormat,
  pythonRepr,
  pythonStr,
  pythonTypeName,
} from "../../src/models/python-text.js";

describe("a value as Python shows it", () => {
  class Own {}
  test.each<[unknown, string]>([
    [null, "None"],
    [undefined, "None"],
    [true, "True"],
    ["it's", `"it's"`],
    [`it's "so"`, `'it\\'s "so"'`],
    ["a\n\t\\\u0001", "'a\\n\\t\\\\\\x01'"],
    ["안녕", "'안녕'"],
    [[1, 1.5, null], "[1, 1.5, None]"],
    [{ a: { b: [] }, c: undefined }, "{'a': {'b': []}}"],
    [5n, "5"],
    [new Own(), "<Own object>"],
    [new Uint8Array(3), "<3 bytes>"],
    [new Date("2024-01-02T03:04:05Z"), "'2024-01-02T03:04:05'"],
  ])("%o", (value, text) => {
    expect(pythonRepr(value)).toBe(text);
  });

  test("an invalid date", () => {
    expect(pythonRepr(new Date("x"))).toBe("NaT");
  });

  test("a text alone has no quotes", () => {
    expect(pythonStr("x")).toBe("x");
  });

  test("one that is endless when written out is cut", () => {
    let shared: unknown = "x";
    for (let level = 0; level < 40; level++) shared = [shared, shared];
    expect(pythonRepr(shared).length).toBeLessThanOrEqual(2001);
    expect(pythonRepr("x".repeat(1e6)).length).toBe(2001);
  });

  test("one that holds itself ends", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(pythonRepr(circle)).toContain("...");
  });
});

test.each<[number, string]>([
  [1, "1.0"],
  [-0, "-0.0"],
  [0.1, "0.1"],
  [1e-7, "1e-07"],
  [1.5e-10, "1.5e-10"],
  [1e16, "1e+16"],
  [1.5e300, "1.5e+300"],
  [Number.NaN, "nan"],
  [Number.NEGATIVE_INFINITY, "-inf"],
])("the float %d", (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});

test("an invalid date has no text", () => {
  expect(() => pythonIsoFormat(new Date("x"))).toThrow("An invalid Date has no time.");
});

test("types have Python's names", () => {
  class Own {}
  const values = ["x", 1, 1.5, true, null, [], {}, new Date(), new Uint8Array(), new Own(), 1n];
  expect(values.map(pythonTypeName)).toEqual([
    ...[
      "str",
      "int",
      "float",
      "bool",
      "NoneType",
      "list",
      "dict",
      "datetime",
      "bytes",
      "Own",
      "int",
    ],
  ]);
});
