import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { blocked, down, refused, scriptedQueue, stored, words } from "./scripted-queue.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const nothing = { sent: 0, spooled: 0, dropped: 0, pending: 0, settled: 0 };
const sent = (count: number) => ({ ...nothing, sent: count, settled: count });

test("resolves at once and sets no timer if the queue is empty", async () => {
  const { queue } = scriptedQueue();
  expect(await queue.flush(1000)).toEqual(nothing);
  expect(vi.getTimerCount()).toBe(0);
});

test("sends without waiting for the interval, and counts the result of each item", async () => {
  const { queue, sends } = scriptedQueue((word) => (word === "w3" ? refused : stored));
  for (const word of words(10)) queue.put(word);
  const flushed = queue.flush(1000);
  await vi.advanceTimersByTimeAsync(20);
  expect(await flushed).toEqual({ ...nothing, sent: 9, dropped: 1, settled: 10 });
  expect(sends).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("waits for a batch that was already in flight", async () => {
  let answer: () => void = () => {};
  const { queue } = scriptedQueue(undefined, {
    send: (batch) =>
      new Promise((resolve) => {
        answer = () => resolve(batch.map(() => stored));
      }),
  });
  queue.put("a");
  await vi.advanceTimersByTimeAsync(1001);
  const flushed = queue.flush(5000);
  answer();
  expect(await flushed).toEqual(sent(1));
});

test("neither waits for nor counts items that are put after the call", async () => {
  const { queue, sends } = scriptedQueue();
  queue.put("a");
  const flushed = queue.flush(1000);
  queue.put("b");
  expect(await flushed).toEqual(sent(1));
  await vi.advanceTimersByTimeAsync(1001);
  expect(sends).toEqual([["a"], ["b"]]);
});

test("retries at once items that pause after a failure", async () => {
  let isUp = false;
  const { queue } = scriptedQueue(() => (isUp ? stored : down));
  queue.put("a");
  await vi.advanceTimersByTimeAsync(25_000);
  isUp = true;
  const flushed = queue.flush(1000);
  await vi.advanceTimersByTimeAsync(0);
  expect(await flushed).toEqual(sent(1));
});

test("retries for its whole time", async () => {
  let tries = 0;
  const { queue } = scriptedQueue(() => {
    tries += 1;
    return tries < 3 ? down : stored;
  });
  queue.put("a");
  const flushed = queue.flush(5000);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await flushed).toEqual(sent(1));
});

test("on timeout, unsettled items are pending, with the cause, and stay queued", async () => {
  let isUp = false;
  const { queue, drops } = scriptedQueue(() => (isUp ? stored : down));
  for (const word of words(3)) queue.put(word);
  const flushed = queue.flush(2000);
  await vi.advanceTimersByTimeAsync(2001);
  expect(await flushed).toEqual({ ...nothing, pending: 3, cause: "down" });
  expect(queue.size).toBe(3);
  isUp = true;
  const again = queue.flush(2000);
  await vi.advanceTimersByTimeAsync(10);
  expect(await again).toEqual(sent(3));
  expect(drops).toEqual([]);
});

test("items that are on disk too count as spooled, and not as pending", async () => {
  const { queue } = scriptedQueue(() => down, { isSaved: (word) => word !== "w2" });
  for (const word of words(3)) queue.put(word);
  const flushed = queue.flush(2000);
  await vi.advanceTimersByTimeAsync(2001);
  expect(await flushed).toEqual({ ...nothing, spooled: 2, pending: 1, cause: "down" });
});

test("resolves after its timeout if the store never answers, with the cause", async () => {
  const { queue } = scriptedQueue(undefined, { send: () => new Promise(() => {}) });
  queue.put("a");
  const flushed = queue.flush(2000);
  await vi.advanceTimersByTimeAsync(2000);
  const cause = "The store has not responded for 2.0 s.";
  expect(await flushed).toEqual({ ...nothing, pending: 1, cause });
});

test("resolves before its timeout if the store rejects all requests", async () => {
  const { queue, sends } = scriptedQueue(() => blocked);
  for (const word of words(9)) queue.put(word);
  const flushed = queue.flush(60_000);
  await vi.advanceTimersByTimeAsync(10);
  expect(await flushed).toEqual({ ...nothing, pending: 9, cause: "401" });
  expect(sends).toHaveLength(1);
  expect(queue.size).toBe(9);
});

test("a blocked destination does not end the wait for another one", async () => {
  let tries = 0;
  const { queue } = scriptedQueue(
    (word) => {
      if (word.startsWith("a")) return blocked;
      tries += 1;
      return tries < 3 ? down : stored;
    },
    { groupOf: (word) => word[0] },
  );
  queue.put("a");
  queue.put("b");
  const flushed = queue.flush(10_000);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await flushed).toEqual({ ...sent(1), pending: 1, cause: "401" });
});

test("two flushes at a time each count the items that were put before them", async () => {
  const { queue } = scriptedQueue();
  queue.put("a");
  const first = queue.flush(1000);
  queue.put("b");
  const second = queue.flush(1000);
  await vi.advanceTimersByTimeAsync(50);
  expect(await first).toEqual(sent(1));
  expect(await second).toEqual(sent(2));
});

test.each([Number.POSITIVE_INFINITY, 2 ** 40])(
  "a time of %s is no reason for Node to complain or to fire at once",
  async (timeoutMs) => {
    const { queue } = scriptedQueue(() => down, { retryTimeoutMs: 10_000 });
    queue.put("a");
    const flushed = queue.flush(timeoutMs);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await flushed).toEqual({ ...nothing, dropped: 1, settled: 1 });
  },
);

test("never rejects, whatever the store does", async () => {
  const { queue } = scriptedQueue(undefined, { send: () => Promise.reject(new Error("no")) });
  queue.put("a");
  const flushed = queue.flush(100);
  await vi.advanceTimersByTimeAsync(100);
  await expect(flushed).resolves.toEqual({ ...nothing, pending: 1, cause: "no" });
});

test("items that are kept elsewhere when they leave the queue count as spooled, the others as dropped", async () => {
  const isKept = (word: string) => word !== "w2";
  const keep = (some: readonly string[]) => new Set(some.filter(isKept));
  const { queue, drops } = scriptedQueue(() => down, { retryTimeoutMs: 100, keep });
  for (const word of words(3)) queue.put(word);
  const flushed = queue.flush(10_000);
  await vi.advanceTimersByTimeAsync(5000);
  const kept = words(3).filter(isKept).length;
  expect(await flushed).toEqual({
    ...{ ...nothing, spooled: kept, dropped: 3 - kept },
    ...{ settled: 3, cause: "down" },
  });
  expect(drops.reduce((sum, [count]) => sum + count, 0)).toBe(3 - kept);
  expect(kept).toBe(2);
});
