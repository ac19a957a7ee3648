import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createBackground } from "../../../src/store/rest/background.js";

function setUp(options: { maxPending?: number; maxRunning?: number } = {}) {
  const state = { idle: true, shed: 0, running: 0, most: 0, done: [] as number[], nowMs: 0 };
  const background = createBackground<number>({
    async work(item) {
      state.most = Math.max(state.most, ++state.running);
      await sleep(5);
      state.running--;
      state.done.push(item);
      return item >= 0;
    },
    isIdle: () => state.idle,
    onShed: (count) => {
      state.shed += count;
    },
    maxPending: options.maxPending ?? 10,
    maxRunning: options.maxRunning ?? 3,
    maxPerSecond: 2,
    now: () => state.nowMs,
  });
  return { state, background };
}

describe("work in the background", () => {
  it("runs a few items at a time, and is drained when all are done", async () => {
    const { state, background } = setUp();
    for (let item = 0; item < 8; item++) background.add(item);
    await background.drain();
    expect(state.done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(state.most).toBe(3);
    expect(state.shed).toBe(0);
  });

  it("waits until there is time", async () => {
    const { state, background } = setUp();
    state.idle = false;
    background.add(1);
    background.wake();
    await sleep(20);
    expect(state.done).toEqual([]);
    state.idle = true;
    background.wake();
    await background.drain();
    expect(state.done).toEqual([1]);
  });

  it("is dropped and counted beyond the limit, when it fails, and when it closes", async () => {
    const { state, background } = setUp({ maxPending: 2 });
    for (const item of [1, -2, 3]) background.add(item);
    expect(state.shed).toBe(1);
    await background.drain();
    expect(state.shed).toBe(2);
    state.idle = false;
    background.add(4);
    background.close();
    await background.drain();
    expect(state.shed).toBe(3);
    expect(state.done).toEqual([1, -2]);
  });

  it("is a burst of the limit at most, and then a few items a second", async () => {
    const { state, background } = setUp({ maxPending: 4 });
    const addAll = async (count: number) => {
      const before = state.done.length;
      for (let item = 0; item < count; item++) {
        background.add(item);
        await background.drain();
      }
      return state.done.length - before;
    };
    expect(await addAll(10)).toBe(4);
    state.nowMs = 400;
    expect(await addAll(10)).toBe(0);
    state.nowMs = 1_500;
    expect(await addAll(10)).toBe(3);
    state.nowMs = 60_000;
    expect(await addAll(10)).toBe(4);
    expect(state.shed).toBe(40 - 11);
  });
});
