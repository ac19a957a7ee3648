import { type Kind, kindOf } from "../settings/kinds.js";

/** A time in nanoseconds since the epoch. A number is less exact than a bigint. */
export const nanoseconds: Kind<number | bigint> = kindOf(
  "nanoseconds since 1970, as a bigint or a number",
  (value) => typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value)),
);

/** Undefined if the value is no time. */
export function toTimeNs(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return BigInt(Math.trunc(value));
}

export function toMilliseconds(timeNs: bigint): number {
  return Number(timeNs / 1_000_000n) + Number(timeNs % 1_000_000n) / 1e6;
}
