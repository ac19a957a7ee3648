import { describe, expect, test } from "vitest";
import { toJson } from "../../src/data/plain.js";
import { LIMITS, take } from "../data/snapshots.js";

function nested(depth: number): object {
  let value: object = { bottom: true };
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { level: value };
  return value;
}

/** CPU time, because the machine may have other work. */
function measured<T>(work: () => T): { cpuMs: number; result: T } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, result };
}

describe("time and size are bounded", () => {
  const wide = Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [`field${i}`, "x"]));
  const sparse: unknown[] = [];
  sparse[4_294_967_290] = 1;
  test.each<[string, () => unknown]>([
    ["an object of a million fields", () => wide],
    ["a list of a million objects", () => Array(1e6).fill({ a: 1 })],
    ["a Map of a million entries", () => new Map(Object.entries(wide))],
    ["a Set of a million members", () => new Set(Object.keys(wide))],
    ["a list of holes", () => sparse],
    ["an integer of a million digits", () => 10n ** 1_000_000n],
    ["depth 10 000", () => nested(10_000)],
    ["a text of 50 MB", () => "x".repeat(5e7)],
    ["a name of 50 MB", () => ({ ["y".repeat(5e7)]: 1 })],
    ["100 MB of bytes", () => Buffer.alloc(1e8)],
    ["a vector of ten million numbers", () => new Float32Array(1e7)],
    ["an error with a message of 50 MB", () => new Error("z".repeat(5e7))],
    ["a text like an endless URL", () => `${"a".repeat(1e6)}://${"b".repeat(1e6)}`],
    ["a thousand beginnings of URLs", () => "x://".repeat(250_000)],
    ["beginnings of keys", () => new Error("sk-".repeat(300_000))],
    ["beginnings of passwords", () => new Error("password:".repeat(100_000))],
    ["a million blanks", () => `Bearer ${" ".repeat(1e6)}`],
    ["control characters", () => "\u0001".repeat(2e6)],
  ])("%s", (_what, make) => {
    const value = make();
    const snapshot = measured(() => take(value));
    expect(snapshot.cpuMs).toBeLessThan(3000);
    const json = measured(() => toJson(snapshot.result));
    expect(json.cpuMs).toBeLessThan(1000);
    // JSON has six characters for an escaped one.
    expect(json.result.length).toBeLessThan(7 * LIMITS.maxStringCharacters);
  });
});
