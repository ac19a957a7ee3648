import { expect, test } from "vitest";
import { resolveOptions } from "../../src/settings/options.js";
import { queueTimeoutOf } from "../../src/settings/queue-timeout.js";

const timeoutOf = (retryTimeoutMs: number) => queueTimeoutOf(resolveOptions({ retryTimeoutMs }));

test("a request of the queue has a quarter of the time for which its data is retried, and at least a second", () => {
  expect([120_000, 8000, 500].map(timeoutOf)).toEqual([30_000, 2000, 1000]);
});

test("a request that is not retried has no limit of its own", () => {
  expect(timeoutOf(0)).toBe(Number.POSITIVE_INFINITY);
});
