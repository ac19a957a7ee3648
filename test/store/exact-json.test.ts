import { expect, test } from "vitest";
import { parseExactJson } from "../../src/data/exact-json.js";

test.each([
  ["1795459270023456789", 1795459270023456789n],
  ["[-9007199254740993, 9007199254740991]", [-9007199254740993n, 9007199254740991]],
  [
    '{"12345678901234567890": 0.1234567890123456, "b": 1.5e300}',
    { "12345678901234567890": 0.1234567890123456, b: 1.5e300 },
  ],
  [
    '{"t":1795459270023456789,"s":"a \\" 1795459270023456789 \\\\"}',
    { t: 1795459270023456789n, s: 'a " 1795459270023456789 \\' },
  ],
  ['"1795459270023456789"', "1795459270023456789"],
  ["1234567890123456e2", 123456789012345600],
  ["{}", {}],
  [
    '{"a": NaN, "b": [Infinity, -Infinity], "s": "NaN, \\"Infinity\\""}',
    { a: Number.NaN, b: [Infinity, -Infinity], s: 'NaN, "Infinity"' },
  ],
  ["NaN", Number.NaN],
])("%s keeps its numbers exact", (text, expected) => {
  expect(parseExactJson(text)).toEqual(expected);
});

test("long strings full of escapes are read in linear time", () => {
  const text = '\\"\n'.repeat(1_000_000);
  const parsed = parseExactJson(JSON.stringify({ text }).replace("{", '{"t":1795459270023456789,'));
  expect(parsed).toEqual({ t: 1795459270023456789n, text });
});

test.each(["NaNs", "[Infinity", '{"t": 1795459270023456789', '"1795459270023456789', ""])(
  "%j is not JSON",
  (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  },
);
