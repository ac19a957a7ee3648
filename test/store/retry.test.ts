import { expect, test } from "vitest";
import { retryDelayMs } from "../../src/store/retry.js";

const longest = () => 1;
const shortest = () => 0;

test("the longest delay doubles from half a second up to 30 seconds", () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => retryDelayMs(failures, longest));
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

test("jitter spreads the attempts over the whole delay", () => {
  expect(retryDelayMs(4, shortest)).toBe(0);
  expect(retryDelayMs(4, () => 0.25)).toBe(1000);
});

test("the delay that the server requests is added in full, whatever the jitter", () => {
  expect(retryDelayMs(1, shortest, 7000)).toBe(7000);
  expect(retryDelayMs(3, longest, 7000)).toBe(9000);
});
