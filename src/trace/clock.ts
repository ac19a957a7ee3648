/** Milliseconds since the epoch with the resolution of the monotonic clock (below a microsecond). */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The same moment in nanoseconds, as spans carry it. */
export function toNanoseconds(timeMs: number): bigint {
  const wholeMs = Math.floor(timeMs);
  return BigInt(wholeMs) * 1_000_000n + BigInt(Math.floor((timeMs - wholeMs) * 1_000_000));
}
