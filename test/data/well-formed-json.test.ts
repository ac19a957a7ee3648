import { expect, test } from "vitest";
import { wellFormedJson } from "../../src/data/well-formed-json.js";

test.each([
  "cut \ud83d",
  "\udc00 starts with the second half",
  "whole \ud83d\ude00",
  "a text with \\ud83d as an escape",
  "a backslash before a lone surrogate: \\\ud83d",
  "two: \\\\\ud83d\ud83d",
  'a quote " and a line\nbreak \u0000 \ud83d',
])("wellFormedJson() replaces lone surrogates and nothing else: %j", (text) => {
  const value = { [text]: [text, { text }] };
  const whole = text.toWellFormed();
  expect(JSON.parse(wellFormedJson(value))).toEqual({ [whole]: [whole, { text: whole }] });
});

test("wellFormedJson() returns the same as JSON.stringify() for a value that JSON does not have", () => {
  expect(wellFormedJson(() => {})).toBeUndefined();
  expect(wellFormedJson(undefined)).toBeUndefined();
});
