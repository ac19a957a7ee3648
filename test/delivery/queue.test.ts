import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { down, scriptedQueue, stored, words } from "./scripted-queue.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("when a batch is sent", () => {
  test("no request is sent during put()", async () => {
    const { queue, sends } = scriptedQueue();
    for (const word of words(9)) queue.put(word);
    await Promise.resolve();
    expect(sends).toEqual([]);
    expect(queue.size).toBe(9);
  });

  test("an incomplete batch waits for flushIntervalMs from its first item on", async () => {
    const { queue, sends } = scriptedQueue();
    queue.put("a");
    await vi.advanceTimersByTimeAsync(600);
    queue.put("b");
    await vi.advanceTimersByTimeAsync(399);
    expect(sends).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(sends).toEqual([["a", "b"]]);
    expect(queue.size).toBe(0);
    expect(queue.bytes).toBe(0);
  });

  test("a batch that is full by count is sent at once, the other items wait", async () => {
    const { queue, sends } = scriptedQueue();
    for (const word of words(6)) queue.put(word);
    await vi.advanceTimersByTimeAsync(5);
    expect(sends).toEqual([["w0", "w1", "w2", "w3"]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sends[1]).toEqual(["w4", "w5"]);
  });

  test("a batch that is full by bytes is sent at once and stays within maxBatchBytes", async () => {
    const { queue, sends } = scriptedQueue(undefined, { maxBatchBytes: 10 });
    for (const word of ["aaaa", "bbbb", "cccc"]) queue.put(word);
    await vi.advanceTimersByTimeAsync(5);
    expect(sends).toEqual([["aaaa", "bbbb"]]);
  });

  test("the size of a request, and not the memory of its items, fills a batch", async () => {
    const sentBytesOf = (word: string) => word.length * 5;
    const { queue, sends } = scriptedQueue(undefined, { maxBatchBytes: 10, sentBytesOf });
    for (const word of ["a", "b", "c"]) queue.put(word);
    expect(queue.bytes).toBe(3);
    await vi.advanceTimersByTimeAsync(5);
    expect(sends).toEqual([["a", "b"]]);
  });

  test("an item larger than a batch is sent alone", async () => {
    const { queue, sends } = scriptedQueue(undefined, { maxBatchBytes: 10 });
    for (const word of ["a", "b".repeat(50), "c"]) queue.put(word);
    void queue.flush(1000);
    await vi.advanceTimersByTimeAsync(10);
    expect(sends).toEqual([["a"], ["b".repeat(50)], ["c"]]);
  });

  test("a group has one batch in flight, items that are put meanwhile are sent after it", async () => {
    const answers: (() => void)[] = [];
    const sends: string[][] = [];
    const { queue } = scriptedQueue(undefined, {
      send: (batch) => {
        sends.push([...batch]);
        return new Promise((resolve) => answers.push(() => resolve(batch.map(() => stored))));
      },
    });
    for (const word of words(8)) queue.put(word);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sends).toHaveLength(1);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(5);
    expect(sends).toHaveLength(2);
  });

  test("items of different groups never share a request and do not wait for each other", async () => {
    const sends: string[][] = [];
    const { queue } = scriptedQueue(undefined, {
      groupOf: (word) => word[0],
      send: (batch) => {
        sends.push([...batch]);
        if (batch[0]?.startsWith("a")) return new Promise(() => {});
        return Promise.resolve(batch.map(() => stored));
      },
    });
    for (const word of ["a1", "b1", "a2", "b2"]) queue.put(word);
    await vi.advanceTimersByTimeAsync(1001);
    queue.put("b3");
    await vi.advanceTimersByTimeAsync(1001);
    expect(sends).toEqual([["a1", "a2"], ["b1", "b2"], ["b3"]]);
  });

  test("10 000 items arrive once each, in full batches", async () => {
    const { queue, sends } = scriptedQueue(undefined, { maxBatchItems: 100, maxBatchBytes: 1e6 });
    for (const word of words(10_000)) queue.put(word);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sends.flat()).toEqual(words(10_000));
    expect(sends).toHaveLength(100);
  });

  test("requests run outside the async context of the call that put the item", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { queue } = scriptedQueue(undefined, {
      send: async (batch) => {
        seen.push(context.getStore());
        return batch.map(() => stored);
      },
    });
    context.run("a request", () => queue.put("a"));
    await vi.advanceTimersByTimeAsync(1001);
    queue.put("b");
    await context.run("another request", () => queue.flush(10));
    expect(seen).toEqual([undefined, undefined]);
  });
});

describe("the bound", () => {
  test("drops the newest items when maxQueueBytes are in the queue, and counts each", async () => {
    const { queue, sends, drops } = scriptedQueue(undefined, { maxQueueBytes: 6 });
    for (const word of ["aa", "bb", "ccc", "dd", "e"]) queue.put(word);
    expect(queue.bytes).toBe(6);
    expect(drops).toEqual([
      [1, "queue_full", undefined],
      [1, "queue_full", undefined],
    ]);
    await queue.flush(1000);
    expect(sends).toEqual([["aa", "bb", "dd"]]);
  });

  test("counts items in flight too, and takes new items when those are stored", async () => {
    let answer: () => void = () => {};
    const { queue, drops } = scriptedQueue(undefined, {
      maxQueueBytes: 4,
      send: (batch) =>
        new Promise((resolve) => {
          answer = () => resolve(batch.map(() => stored));
        }),
    });
    queue.put("aaaa");
    await vi.advanceTimersByTimeAsync(1001);
    queue.put("b");
    expect(drops).toHaveLength(1);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    queue.put("c");
    expect(drops).toHaveLength(1);
    expect(queue.bytes).toBe(1);
  });

  test.each([
    ["a size that is no number", () => Number.NaN],
    [
      "a size that cannot be read",
      () => {
        throw new Error("proxy");
      },
    ],
  ])("%s is a counted drop, not an error of the caller", (_, bytesOf) => {
    const { queue, drops } = scriptedQueue(undefined, { bytesOf });
    expect(() => queue.put("a")).not.toThrow();
    expect(drops).toHaveLength(1);
    expect(queue.size).toBe(0);
  });

  test("a listener that throws breaks neither put() nor requests", async () => {
    const bad = () => {
      throw new Error("listener");
    };
    const { queue, sends } = scriptedQueue(undefined, {
      maxQueueBytes: 2,
      onDrop: bad,
      onStored: bad,
    });
    expect(() => words(3).forEach((word) => void queue.put(word))).not.toThrow();
    await vi.advanceTimersByTimeAsync(1001);
    queue.put("x");
    await vi.advanceTimersByTimeAsync(1001);
    expect(sends).toEqual([["w0"], ["x"]]);
  });

  test("stored items are passed to onStored", async () => {
    const passed: string[][] = [];
    const { queue } = scriptedQueue(undefined, { onStored: (batch) => passed.push([...batch]) });
    for (const word of words(5)) queue.put(word);
    void queue.flush(1000);
    await vi.advanceTimersByTimeAsync(10);
    expect(passed).toEqual([["w0", "w1", "w2", "w3"], ["w4"]]);
  });
});

describe("takeAll", () => {
  test("returns waiting items and items in flight, which are aborted and not counted", async () => {
    let seen: AbortSignal | undefined;
    let answer: () => void = () => {};
    const passed: unknown[] = [];
    const { queue, drops } = scriptedQueue(undefined, {
      onStored: (batch) => passed.push(batch),
      send: (batch, signal) => {
        seen = signal;
        return new Promise((resolve) => {
          answer = () => resolve(batch.map(() => stored));
        });
      },
    });
    for (const word of words(6)) queue.put(word);
    const flushed = queue.flush(60_000);
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.takeAll()).toEqual(words(6));
    expect(seen?.aborted).toBe(true);
    const warn = vi.spyOn(process, "emitWarning");
    for (let request = 0; request < 20; request += 1) seen?.addEventListener("abort", () => {});
    expect(warn, "any number of requests may listen").not.toHaveBeenCalled();
    expect([queue.size, queue.bytes]).toEqual([0, 0]);
    expect(await flushed).toEqual({ sent: 0, spooled: 0, dropped: 0, pending: 0, settled: 0 });
    answer();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([queue.size, queue.bytes]).toEqual([0, 0]);
    expect(passed).toEqual([]);
    expect(drops).toEqual([]);
    expect(queue.takeAll()).toEqual([]);
  });

  test("the queue continues with items that are put afterwards, also if the old batch is answered late", async () => {
    const answers: (() => void)[] = [];
    const sends: string[][] = [];
    const { queue } = scriptedQueue(undefined, {
      send: (batch) => {
        sends.push([...batch]);
        return new Promise((resolve) => answers.push(() => resolve(batch.map(() => stored))));
      },
    });
    queue.put("a");
    await vi.advanceTimersByTimeAsync(1001);
    expect(queue.takeAll()).toEqual(["a"]);
    queue.put("b");
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(1001);
    answers[1]?.();
    await vi.advanceTimersByTimeAsync(1);
    expect(sends).toEqual([["a"], ["b"]]);
    expect(queue.size).toBe(0);
  });

  test("the caller drops items that it could not save with drop()", () => {
    const { queue, drops } = scriptedQueue();
    for (const word of words(3)) queue.put(word);
    queue.drop(queue.takeAll(), "exit_timeout");
    queue.drop([], "exit_timeout");
    expect(drops).toEqual([[3, "exit_timeout", undefined]]);
  });
});

describe("a group that keeps its order", () => {
  const ordered = {
    keepsOrder: true,
    maxBatchItems: 10,
    maxBatchBytes: 100,
    flushIntervalMs: 0,
    retryTimeoutMs: 120_000,
  };

  test("sends failed items again before items that were put meanwhile", async () => {
    let isDown = true;
    const { queue, sends } = scriptedQueue(() => (isDown ? down : stored), {
      limitsOf: () => ordered,
    });
    for (const word of words(3)) queue.put(word);
    await vi.advanceTimersByTimeAsync(2);
    queue.put("later");
    isDown = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(sends.slice(1).flat()).toEqual(["w0", "w1", "w2", "later"]);
    expect(queue.size).toBe(0);
    expect(queue.bytes).toBe(0);
  });

  test("has its own limits, beside those of the queue", async () => {
    const { queue, sends } = scriptedQueue(undefined, {
      groupOf: (word) => word[0],
      limitsOf: (word) => (word.startsWith("o") ? ordered : undefined),
    });
    for (const word of [...words(9, "o"), ...words(9, "w")]) queue.put(word);
    await vi.advanceTimersByTimeAsync(2);
    expect(sends).toContainEqual(words(9, "o"));
    expect(sends).toContainEqual(words(4, "w"));
  });
});

describe("items that wait for room", () => {
  // Their share is 8 bytes.
  const waiting = { maxQueueBytes: 64, flushIntervalMs: 60_000, maxBatchBytes: 1_000 };

  test("they are put in their order when others have left, and no batch waits to be full", async () => {
    const { queue, sends, drops } = scriptedQueue(undefined, waiting);
    const done: string[] = [];
    for (const word of ["aaaaaaaa", "bbbbbbbb", "cc", "dd"]) {
      void queue.putWhenRoom(word.length, () => queue.put(word)).then(() => done.push(word));
    }
    expect([queue.size, queue.bytes]).toEqual([1, 8]);
    await vi.advanceTimersByTimeAsync(10);
    expect(done).toEqual(["aaaaaaaa", "bbbbbbbb", "cc", "dd"]);
    expect(sends).toEqual([["aaaaaaaa"], ["bbbbbbbb"]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sends.at(-1)).toEqual(["cc", "dd"]);
    expect(drops).toEqual([]);
  });

  test("they take an eighth of the queue, so that they never exceed its high mark", async () => {
    const { queue, drops } = scriptedQueue(() => down, waiting);
    void queue.putWhenRoom(5, () => queue.put("aaaaa"));
    void queue.putWhenRoom(5, () => queue.put("bbbbb"));
    queue.put("c".repeat(59));
    await vi.advanceTimersByTimeAsync(10);
    expect(drops).toEqual([]);
    expect(queue.bytes).toBe(64);
  });

  test("an item that is larger than this share waits for as much room as it needs", async () => {
    const { queue, drops } = scriptedQueue(() => down, waiting);
    queue.put("a".repeat(40));
    await queue.putWhenRoom(24, () => queue.put("b".repeat(24)));
    expect(drops).toEqual([]);
    expect(queue.bytes).toBe(64);
  });

  test("an item that is larger than the queue does not wait, and is dropped", async () => {
    const { queue, drops } = scriptedQueue(undefined, waiting);
    await queue.putWhenRoom(65, () => queue.put("a".repeat(65)));
    expect(drops).toEqual([[1, "queue_full", undefined]]);
  });

  test("takeAll() returns them too", () => {
    const { queue } = scriptedQueue(() => down, waiting);
    for (const word of ["aaaa", "bbbb", "cccc"]) {
      void queue.putWhenRoom(4, () => queue.put(word));
    }
    expect(queue.takeAll()).toEqual(["aaaa", "bbbb", "cccc"]);
    expect(queue.size).toBe(0);
  });
});
