import { describe, expect, it, test } from "vitest";
import {
  field,
  isEmptyObject,
  parseToolInput,
  textField,
  uncoerce,
} from "../../../src/langchain/events/values.js";

describe("values that LangChain wrapped for handlers are unwrapped", () => {
  test.each([
    ["a text", "x"],
    ["a number", 0],
    ["null", null],
    ["nothing", undefined],
    ["a list", [1]],
  ])("%s", (_what, value) => {
    expect(uncoerce({ input: value }, "input")).toEqual({ value, undone: true });
    expect(uncoerce({ output: value }, "output")).toEqual({ value, undone: true });
  });

  test.each([
    ["a dictionary", { input: { a: 1 } }],
    ["another key", { question: "x" }],
    ["a second key", { input: "x", more: 1 }],
    ["an empty one", {}],
    ["a text", "x"],
    ["null", null],
  ])("but not %s", (_what, value) => {
    expect(uncoerce(value, "input")).toEqual({ value, undone: false });
  });
});

test.each<[unknown, unknown]>([
  ['{"a": 1}', { a: 1 }],
  [" [1]", [1]],
  ["{not json", "{not json"],
  ["42", "42"],
  ["plain", "plain"],
  [{ a: 1 }, { a: 1 }],
])("a tool's input %j is %j", (input, expected) => {
  expect(parseToolInput(input)).toEqual(expected);
});

it("the first of several fields that has a value counts", () => {
  expect(field({ a: null, b: 0 }, "a", "b", "c")).toBe(0);
  expect(field([1], "length")).toBeUndefined();
  expect(textField({ a: 1 }, "a")).toBeUndefined();
  expect(textField({ a: "" }, "a")).toBe("");
});

it("only an object with fields is not empty", () => {
  expect([undefined, null, "x", [1], {}, { a: 1 }].map(isEmptyObject)).toEqual([
    ...[true, true, true, true, true, false],
  ]);
});
