import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Verdict } from "../../src/store/store.js";
import { blocked, down, refused, scriptedQueue, stored, words } from "./scripted-queue.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a store that is down", () => {
  test("receives all items when it is back", async () => {
    let isUp = false;
    const { queue, sends, drops } = scriptedQueue(() => (isUp ? stored : down));
    for (const word of words(20)) queue.put(word);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(queue.size).toBe(20);
    isUp = true;
    sends.length = 0;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(sends.map((batch) => batch.length)).toEqual([1, 2, 4, 4, 4, 4, 1]);
    expect(sends.flat().toSorted()).toEqual(words(20).toSorted());
    expect([queue.size, queue.bytes, drops]).toEqual([0, 0, []]);
  });

  test("is retried after pauses that double, with fewer items each time", async () => {
    const at: number[] = [];
    const sizes: number[] = [];
    const { queue } = scriptedQueue(undefined, {
      flushIntervalMs: 1,
      send: async (batch) => {
        at.push(Math.round(performance.now() / 100) * 100);
        sizes.push(batch.length);
        return batch.map(() => down);
      },
    });
    for (const word of words(4)) queue.put(word);
    await vi.advanceTimersByTimeAsync(16_000);
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(sizes).toEqual([4, 2, 1, 1, 1, 1]);
  });

  test("is not retried before the time that its Retry-After names", async () => {
    const later: Verdict = { ...down, afterMs: 9000 };
    const { queue, sends } = scriptedQueue(() => later, { random: () => 0 });
    queue.put("a");
    await vi.advanceTimersByTimeAsync(1001);
    expect(sends).toHaveLength(1);
    queue.put("b");
    await vi.advanceTimersByTimeAsync(8990);
    expect(sends).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(sends).toHaveLength(2);
  });

  test("is retried after retryTimeoutMs if its Retry-After is a day", async () => {
    let isUp = false;
    const later: Verdict = { ...down, afterMs: 86_400_000 };
    const { queue, drops } = scriptedQueue(() => (isUp ? stored : later), { random: () => 0 });
    queue.put("a");
    await vi.advanceTimersByTimeAsync(1001);
    isUp = true;
    await vi.advanceTimersByTimeAsync(120_001);
    expect([queue.size, drops]).toEqual([0, []]);
  });

  test("drops only the items that failed for retryTimeoutMs, with the cause", async () => {
    const { queue, drops } = scriptedQueue(() => down, { maxBatchItems: 100 });
    for (const word of words(10)) queue.put(word);
    await vi.advanceTimersByTimeAsync(60_000);
    for (const word of words(5, "later")) queue.put(word);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(drops).toEqual([]);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(drops).toEqual([[10, "retry_timeout", down.cause]]);
    expect([queue.size, queue.bytes]).toEqual([5, "later0".length * 5]);
  });

  test("never drops an item that waited long for its first attempt", async () => {
    let answer: (verdict: Verdict) => void = () => {};
    const { queue, drops } = scriptedQueue(undefined, {
      send: (batch) =>
        new Promise((resolve) => {
          answer = (verdict) => resolve(batch.map(() => verdict));
        }),
    });
    for (const word of words(6)) queue.put(word);
    await vi.advanceTimersByTimeAsync(300_000);
    answer(stored);
    await vi.advanceTimersByTimeAsync(1000);
    answer(down);
    await vi.advanceTimersByTimeAsync(1000);
    expect([queue.size, drops]).toEqual([2, []]);
  });

  test("that answers a first attempt with a failure after more than retryTimeoutMs is tried again", async () => {
    let tries = 0;
    const { queue, drops } = scriptedQueue(undefined, {
      send: async (batch) => {
        tries += 1;
        if (tries === 1) await new Promise((resolve) => setTimeout(resolve, 300_000));
        return batch.map(() => (tries === 1 ? down : stored));
      },
    });
    for (const word of words(10)) queue.put(word);
    await vi.advanceTimersByTimeAsync(310_000);
    expect([queue.size, drops]).toEqual([0, []]);
  });

  test("is tried once with retryTimeoutMs: 0", async () => {
    const { queue, sends, drops } = scriptedQueue(() => down, { retryTimeoutMs: 0 });
    for (const word of words(3)) queue.put(word);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(sends).toHaveLength(1);
    expect(drops.map(([count, reason]) => [count, reason])).toEqual([[3, "retry_timeout"]]);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("socket hang up"))],
    ["rejects with no error", () => Promise.reject("no")],
    [
      "throws",
      () => {
        throw new Error("not even a promise");
      },
    ],
    ["answers for nothing", async () => []],
  ])("and %s is tried again", async (_, fail) => {
    let tries = 0;
    const { queue, drops } = scriptedQueue(undefined, {
      send: async (batch) => {
        tries += 1;
        return tries < 3 ? fail() : batch.map(() => stored);
      },
    });
    queue.put("a");
    await vi.advanceTimersByTimeAsync(5000);
    expect([tries, queue.size, drops]).toEqual([3, 0, []]);
  });
});

describe("a store that refuses", () => {
  test("one item drops that item alone, with its cause", async () => {
    const { queue, sends, drops } = scriptedQueue((word) => (word === "bad" ? refused : stored));
    for (const word of ["a", "bad", "c"]) queue.put(word);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sends).toEqual([["a", "bad", "c"]]);
    expect(drops).toEqual([[1, "refused", refused.cause]]);
    expect([queue.size, queue.bytes]).toEqual([0, 0]);
  });

  test("and fails in the same batch: only the failed items are sent again", async () => {
    const verdicts: Record<string, Verdict[]> = { a: [stored], b: [refused], c: [down, stored] };
    const { queue, sends, drops } = scriptedQueue((word) => verdicts[word]?.shift() ?? refused);
    for (const word of ["a", "b", "c"]) queue.put(word);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sends).toEqual([["a", "b", "c"], ["c"]]);
    expect(drops).toHaveLength(1);
  });

  test("every batch that contains one bad item drops that item alone", async () => {
    const sends: number[] = [];
    const { queue, drops } = scriptedQueue(undefined, {
      maxBatchItems: 16,
      maxBatchBytes: 1e6,
      send: async (batch) => {
        sends.push(batch.length);
        return batch.map(() => (batch.includes("w7") ? down : stored));
      },
    });
    for (const word of words(50)) queue.put(word);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(queue.size).toBe(1);
    await vi.advanceTimersByTimeAsync(180_000);
    expect(drops.map(([count, reason]) => [count, reason])).toEqual([[1, "retry_timeout"]]);
    expect([queue.size, queue.bytes]).toEqual([0, 0]);
  });
});

describe("a store that rejects all requests", () => {
  test("receives all items when the problem is fixed", async () => {
    let isMended = false;
    const { queue, sends, drops } = scriptedQueue(() => (isMended ? stored : blocked));
    for (const word of words(12)) queue.put(word);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sends.length).toBeLessThan(10);
    isMended = true;
    sends.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sends.flat().toSorted()).toEqual(words(12).toSorted());
    expect([queue.size, drops]).toEqual([0, []]);
  });

  test("drops items that waited for retryTimeoutMs, with the reason `blocked`", async () => {
    const { queue, drops } = scriptedQueue(() => blocked);
    for (const word of words(12)) queue.put(word);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(drops).toEqual([[12, "blocked", blocked.cause]]);
    expect(queue.size).toBe(0);
  });
});
