import { randomBytes } from "node:crypto";

/** What the name of a file says, so that a listing needs no reads. */
export interface SpoolName {
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
  readonly items: number;
  readonly bytes: number;
}

const NAME = /^(\d{13})-[0-9a-f]{8}-(\d+)-(\d+)$/;

/** Names of one process differ in their time, unless the clock was set back. */
const MAX_AHEAD_MS = 60_000;
let lastMs = 0;

/** A name for a new file. Names in alphabetical order are in the order of time. */
export function newName({ createdAtMs, items, bytes }: SpoolName): string {
  const nowMs = Math.max(0, Math.round(createdAtMs));
  lastMs = lastMs >= nowMs && lastMs - nowMs < MAX_AHEAD_MS ? lastMs + 1 : nowMs;
  const time = String(lastMs).padStart(13, "0");
  return `${time}-${randomBytes(4).toString("hex")}-${items}-${bytes}`;
}

/** Reads a name. Undefined for a file that this package has not written. */
export function readName(name: string): SpoolName | undefined {
  const [, time, items, bytes] = NAME.exec(name) ?? [];
  if (time === undefined) return undefined;
  return { createdAtMs: Number(time), items: Number(items), bytes: Number(bytes) };
}
