import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it, test } from "vitest";
import { joinChunks, KeptChunks } from "../../../src/langchain/streams/chunks.js";

describe("the chunks of a stream", () => {
  test.each<[string, unknown, unknown]>([
    ["texts are joined", ["a", "", "b"], "ab"],
    ["lists are concatenated", [[1], [2, 3], [4]], [1, 2, 3, 4]],
    ["dictionaries are merged key by key", [{ a: "x" }, { b: 1 }, { a: "y" }], { a: "xy", b: 1 }],
    [
      "… at every level",
      [{ a: { b: "x", c: [1] } }, { a: { b: "y", c: [2] } }],
      { a: { b: "xy", c: [1, 2] } },
    ],
    ["the last number is kept", [1, 2], 2],
    ["of values of different kinds the last is kept", ["a", { b: 1 }], { b: 1 }],
    ["no chunks give undefined", [], undefined],
    ["a value that is not a list is returned", "text", "text"],
  ])("%s", (_what, chunks, expected) => {
    expect(joinChunks(chunks)).toEqual(expected);
  });

  it("messages are concatenated by their own concat", () => {
    const chunks = ["Hel", "lo"].map((content) => new AIMessageChunk({ content }));
    expect((joinChunks(chunks) as AIMessageChunk).content).toBe("Hello");
    expect((joinChunks(chunks.map((m) => ({ m }))) as { m: AIMessageChunk }).m.content).toBe(
      "Hello",
    );
  });

  it("are not changed", () => {
    const chunks = [
      { a: [1], b: { c: "x" } },
      { a: [2], b: { c: "y" } },
      { a: [3], b: { c: "z" } },
    ];
    const before = structuredClone(chunks);
    expect(joinChunks(chunks)).toEqual({ a: [1, 2, 3], b: { c: "xyz" } });
    expect(chunks).toEqual(before);
  });

  it("instances of classes are not merged", () => {
    class Point {
      x = 1;
    }
    const [first, second] = [new Point(), new Point()];
    expect(joinChunks([first, second])).toBe(second);
  });

  it("a key such as __proto__ is data", () => {
    const joined = joinChunks([
      { a: "x" },
      JSON.parse('{"__proto__":{"polluted":1},"toString":"y"}'),
    ]);
    expect(Object.getPrototypeOf(joined)).toBe(Object.prototype);
    expect(Object.keys(joined as object)).toEqual(["a", "__proto__", "toString"]);
    expect((joined as { toString: unknown }).toString).toBe("y");
  });

  it("are returned unchanged if joining throws", () => {
    const broken = {
      concat() {
        throw new Error("no");
      },
    };
    const chunks = [broken, broken];
    expect(joinChunks(chunks)).toBe(chunks);
  });

  it("are joined in linear time: 100 000 lists", () => {
    // Quadratic time would copy 10^11 items: the test's own limit would end it.
    const chunks = Array.from({ length: 100_000 }, (_, index) => ({ list: Array(20).fill(index) }));
    expect((joinChunks(chunks) as { list: unknown[] }).list).toHaveLength(2_000_000);
  });
});

test.each<[string, () => unknown, number]>([
  ["texts", () => "x".repeat(10_000), 400],
  ["bytes", () => new Uint8Array(1_000_000), 4],
  ["messages", () => ({ content: "x".repeat(10_000), other: "y".repeat(10_000) }), 400],
  ["lists", () => ["x".repeat(5000), "x".repeat(5000)], 400],
  ["objects", () => ({ a: { b: [{ text: "x".repeat(10_000) }] } }), 400],
  ["small values", () => 1, 10_000],
  [
    "objects with getters, which are not read",
    () => ({
      get text() {
        throw new Error("read");
      },
    }),
    10_000,
  ],
])("a stream of %s: only the first chunks are kept", (_what, make, kept) => {
  const chunk = make();
  const chunks = new KeptChunks();
  for (let count = 0; count < 10_100; count++) chunks.add(chunk);
  expect(chunks.chunks).toHaveLength(kept);
  expect(chunks.dropped).toBe(10_100 - kept);
});
