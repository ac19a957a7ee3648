import { randomFillSync } from "node:crypto";

/** Random bytes for many ids: one large read is much cheaper than many small ones. */
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}

/** Returns `tr-` and 32 hexadecimal digits: MLflow's form of an OpenTelemetry trace id. */
export function newTraceId(): string {
  return `tr-${randomHex(16)}`;
}

/** Returns 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomHex(8);
}
