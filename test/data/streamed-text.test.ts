import { expect, test } from "vitest";
import { StreamedText } from "../../src/data/streamed-text.js";
import { heldBytes } from "../support/held-bytes.js";

const MEGABYTE = 1_000_000;

test("the tokens of a stream use no more memory than their text", () => {
  const before = heldBytes();
  const streamed = new StreamedText();
  let grown = 0;
  for (let token = 0; token < 3 * MEGABYTE; token++) grown += streamed.add(String(token % 10));
  expect(heldBytes() - before).toBeLessThan(12 * MEGABYTE);
  expect(grown).toBe(3 * MEGABYTE);
  expect(streamed.tokens).toBe(3 * MEGABYTE);
  expect(streamed.text).toHaveLength(3 * MEGABYTE);
  expect(streamed.text.startsWith("01234567890123")).toBe(true);
});

test("a token above the limit is counted and cut", () => {
  const streamed = new StreamedText();
  streamed.add("abc");
  streamed.add("x".repeat(10 * MEGABYTE));
  expect(streamed.add("more")).toBe(0);
  expect(streamed.tokens).toBe(3);
  expect(streamed.text.length).toBeLessThan(4 * MEGABYTE + 100);
  expect(streamed.text).toMatch(/^abcxxx/);
  expect(streamed.text).toMatch(/xxx\[cut: \d+ of 10000000 characters\]$/);
});
