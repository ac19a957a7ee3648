import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FlushQueueOptions } from "../../src/delivery/queue-options.js";
import { down, scriptedQueue, stored, words } from "./scripted-queue.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function queueThatSaves(answer: typeof stored | typeof down | "none") {
  const saved: string[] = [];
  const onDelay = { afterMs: () => 1500, save: (items: readonly string[]) => saved.push(...items) };
  const never: Pick<FlushQueueOptions<string>, "send"> = { send: () => new Promise(() => {}) };
  const options = { onDelay, ...(answer === "none" && never) };
  return { saved, ...scriptedQueue(() => (answer === "none" ? stored : answer), options) };
}

/** Puts an item every 100 ms. */
async function putFor(seconds: number, queue: ReturnType<typeof scriptedQueue>["queue"]) {
  for (const word of words(seconds * 10)) {
    queue.put(word);
    await vi.advanceTimersByTimeAsync(100);
  }
}

test("while requests fail, each item is saved once, less than two seconds after it was put", async () => {
  const { queue, saved } = queueThatSaves(down);
  await putFor(30, queue);
  expect(saved.length).toBeGreaterThanOrEqual(280);
  expect(new Set(saved).size).toBe(saved.length);
});

test("while a request gets no response, the items in it and behind it are saved", async () => {
  const { queue, saved } = queueThatSaves("none");
  await putFor(10, queue);
  expect(saved).toEqual(words(saved.length));
  expect(saved.length).toBeGreaterThanOrEqual(80);
});

test("items that wait behind many requests, of which each takes 200 ms, are saved once", async () => {
  const saved: string[] = [];
  const onDelay = { afterMs: () => 1500, save: (items: readonly string[]) => saved.push(...items) };
  const send = async (items: readonly string[]) => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return items.map(() => stored);
  };
  const { queue } = scriptedQueue(() => stored, { onDelay, send, maxBatchItems: 1 });
  for (const word of words(100)) queue.put(word);
  await vi.advanceTimersByTimeAsync(2000);
  // Those that were sent by then, and the one in the request that has just begun, are not saved.
  expect(saved).toEqual(words(100).slice(-saved.length));
  expect(saved.length).toBeGreaterThan(90);
});

test("items in a request that gets no response are saved, also after later ones that waited", async () => {
  const saved: string[] = [];
  const onDelay = { afterMs: () => 100, save: (items: readonly string[]) => saved.push(...items) };
  const send = () => new Promise<never>(() => {});
  const { queue } = scriptedQueue(() => stored, { onDelay, send, maxBatchItems: 1 });
  for (const word of words(3)) queue.put(word);
  await vi.advanceTimersByTimeAsync(250);
  expect(saved).toEqual(words(3).slice(1));
  await vi.advanceTimersByTimeAsync(400);
  expect(saved).toEqual([...words(3).slice(1), ...words(1)]);
});

test("while the store accepts everything, nothing is saved", async () => {
  const { queue, saved } = queueThatSaves(stored);
  await putFor(10, queue);
  // Longer than any timer that code of an earlier test file may have started in the meantime.
  await vi.advanceTimersByTimeAsync(150_000);
  expect(saved).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
