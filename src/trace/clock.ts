// Read once: fake timers of a test may replace `performance` by an object without it.
const { timeOrigin } = performance;

/** Returns milliseconds since the epoch, with the resolution of the monotonic clock (less than a microsecond). */
export function nowMs(): number {
  return timeOrigin + performance.now();
}

/** Converts milliseconds to nanoseconds, the unit of span times. */
export function toNanoseconds(timeMs: number): bigint {
  const wholeMs = Math.floor(timeMs);
  return BigInt(wholeMs) * 1_000_000n + BigInt(Math.floor((timeMs - wholeMs) * 1_000_000));
}
