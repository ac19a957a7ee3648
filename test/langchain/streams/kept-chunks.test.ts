import { expect, test } from "vitest";
import { KeptChunks } from "../../../src/langchain/streams/kept-chunks.js";

test.each<[string, () => unknown, number]>([
  ["texts", () => "x".repeat(10_000), 400],
  ["bytes", () => new Uint8Array(1_000_000), 4],
  ["messages", () => ({ content: "x".repeat(10_000), other: "y".repeat(10_000) }), 400],
  ["lists", () => ["x".repeat(5000), "x".repeat(5000)], 400],
  ["objects", () => ({ a: { b: [{ text: "x".repeat(10_000) }] } }), 400],
  ["small ones", () => 1, 10_000],
  [
    "getters, which are not read",
    () => ({
      get text() {
        throw new Error("read");
      },
    }),
    10_000,
  ],
])("of %s the first are kept", (_what, make, kept) => {
  const chunk = make();
  const chunks = new KeptChunks();
  for (let count = 0; count < 10_100; count++) chunks.add(chunk);
  expect(chunks.chunks).toHaveLength(kept);
  expect(chunks.dropped).toBe(10_100 - kept);
});
