import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { blocked, down, scriptedQueue, words } from "./scripted-queue.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A queue whose items can be kept elsewhere, and those that are. */
function queueWithDisk(answer: typeof down | typeof blocked, maxQueueBytes = 100) {
  const onDisk: string[] = [];
  const keep = (items: readonly string[]) => {
    onDisk.push(...items);
    return new Set(items);
  };
  return { onDisk, ...scriptedQueue(() => answer, { keep, maxQueueBytes, maxBatchBytes: 10 }) };
}

test("when half of the queue is full, the oldest items are kept elsewhere until a quarter is left", async () => {
  const { queue, onDisk, drops } = queueWithDisk(down);
  for (const word of words(60, "")) queue.put(word);
  expect(queue.bytes).toBe(100);
  await vi.advanceTimersByTimeAsync(10);
  expect(queue.bytes).toBeLessThanOrEqual(25);
  expect(onDisk.length + queue.size).toBeGreaterThanOrEqual(54);
  expect(drops).toEqual([]);
});

test("when the store rejects all requests, waiting items are kept elsewhere, and few requests are sent", async () => {
  const { queue, onDisk, sends } = queueWithDisk(blocked, 1_000_000);
  for (const word of words(20)) queue.put(word);
  await vi.advanceTimersByTimeAsync(1100);
  expect([queue.size, onDisk.toSorted()]).toEqual([0, words(20).toSorted()]);
  for (let second = 0; second < 60; second += 1) {
    queue.put(`later${second}`);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(sends.length).toBeLessThanOrEqual(5);
  expect(onDisk.length + queue.size).toBe(80);
});

test("items that cannot be kept elsewhere stay", async () => {
  const { queue, drops } = scriptedQueue(() => blocked, { keep: () => new Set() });
  for (const word of words(20)) queue.put(word);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([queue.size, drops]).toEqual([20, []]);
});
