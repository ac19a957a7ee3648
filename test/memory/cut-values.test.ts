import { expect, test } from "vitest";
import { exceptionEvent } from "../../src/trace/exception.js";
import { take } from "../data/snapshots.js";
import { heldBytes } from "../support/held-bytes.js";

test.each<[string, (text: string) => unknown]>([
  ["a text", (text) => take(text, { maxStringCharacters: 1000 })],
  ["a name", (text) => take({ [text]: 1 })],
  ["an error as a value", (text) => take(new Error(text), { maxStringCharacters: 1000 })],
  ["an error", (text) => exceptionEvent(new Error(text))],
  [
    "a class' name",
    (text) => take(new (Object.defineProperty(class {}, "name", { value: text }))()),
  ],
])("a cut of %s does not keep the whole in memory", (_what, cut) => {
  const kept: unknown[] = [];
  const before = heldBytes();
  for (let index = 0; index < 10; index++) {
    kept.push(cut(String.fromCharCode(97 + index).repeat(5_000_000)));
  }
  expect(heldBytes() - before).toBeLessThan(15_000_000);
  expect(kept).toHaveLength(10);
});
