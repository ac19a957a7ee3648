import { AIMessage } from "@langchain/core/messages";
import { expect, test } from "vitest";
import { copyJsonData, isJsonData } from "../../src/data/json-data.js";

const itself: Record<string, unknown> = {};
itself.itself = itself;
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const throwing = {
  get field() {
    throw new Error("not now");
  },
};

test.each([
  ["a text", "a"],
  ["null", null],
  ["a list of objects", [{ a: [1, true, null] }, {}]],
  ["a field __proto__", JSON.parse('{"__proto__": 1}')],
])("isJsonData() is true for %s", (_, value) => {
  expect(isJsonData(value)).toBe(true);
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
});

test.each([
  ["undefined", undefined],
  ["NaN", NaN],
  ["-0", -0],
  ["a bigint", 1n],
  ["a Date", new Date(0)],
  ["a Map in a list", [new Map()]],
  ["a field that is undefined", { a: undefined }],
  ["a field whose key is a symbol", { [Symbol("a")]: 1 }],
  ["a list with a hole", new Array(1)],
  ["a list with other fields", /a/.exec("a")],
  ["a message", { message: new AIMessage("a") }],
  ["an object that contains itself", itself],
  ["a revoked proxy", { revoked }],
  ["a getter that throws", { throwing }],
])("isJsonData() is false for %s", (_, value) => {
  expect(isJsonData(value)).toBe(false);
});

test("copyJsonData() copies arrays and plain objects, and keeps all other objects", () => {
  const message = new AIMessage("a");
  const match = /a/.exec("a");
  const value = {
    list: [{ a: 1 }],
    message,
    match,
    map: new Map(),
    none: undefined,
    [Symbol.for("a")]: 1,
  };
  const copy = copyJsonData(value);
  expect(copy).toEqual(value);
  expect(copy.list[0]).not.toBe(value.list[0]);
  expect(copy.message).toBe(message);
  expect(copy.match).toBe(match);
  expect(copy.map).toBe(value.map);
  expect(Object.getPrototypeOf(copyJsonData(Object.create(null)))).toBeNull();
});

test("copyJsonData() keeps the shape of a value that contains one object twice, or itself", () => {
  const shared = { a: 1 };
  const [one, other] = copyJsonData([shared, shared]);
  expect(one).not.toBe(shared);
  expect(one).toBe(other);
  const copy = copyJsonData(itself);
  expect(copy).not.toBe(itself);
  expect(copy.itself).toBe(copy);
});

test("copyJsonData() returns a value that it cannot read", () => {
  expect(copyJsonData(throwing)).toBe(throwing);
  const value = { revoked, throwing, list: [1] };
  const copy = copyJsonData(value);
  expect(copy.revoked).toBe(revoked);
  expect(copy.throwing).toBe(throwing);
  expect(copy.list).not.toBe(value.list);
});
