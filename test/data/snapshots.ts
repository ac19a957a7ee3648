import type { SnapshotLimits } from "../../src/data/budget.js";
import type { Plain } from "../../src/data/plain.js";
import { createSnapshot, type ReadInstance } from "../../src/data/snapshot.js";
import { readLangChain } from "../../src/langchain/events/read.js";

export const LIMITS: SnapshotLimits = {
  maxStringCharacters: 1_000_000,
  maxValueCharacters: 2_000_000,
  maxValueNodes: 20_000,
  maxTraceCharacters: 16_000_000,
};

/** Takes a snapshot of one value with the default limits. */
export function take(
  value: unknown,
  limits: Partial<SnapshotLimits> = {},
  read: ReadInstance = readLangChain,
): Plain | undefined {
  return createSnapshot(() => ({ ...LIMITS, ...limits }), read)(value, { characters: 0 });
}
