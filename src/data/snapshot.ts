import { Budget, type SnapshotLimits } from "./budget.js";
import type { Plain } from "./plain.js";
import { type ReadInstance, Walk } from "./walk.js";

export { nameOfClass } from "./bounded-text.js";
export type { ReadInstance } from "./walk.js";

/** Counts the characters of one trace. Each snapshot of a value of that trace adds its characters. */
export interface SnapshotMeter {
  characters: number;
}

/** Set `isIncomplete` for the beginning of a stream: its last text may end in the middle of a credential. */
export type Snapshot = (
  value: unknown,
  meter: SnapshotMeter,
  isIncomplete?: boolean,
) => Plain | undefined;

/**
 * Returns a function that copies a live value as plain data. It never throws, never calls `toJSON`, and never
 * follows a cycle. It reads each own enumerable field once, like `{ ...value }`, so getters run. At a limit it
 * stops and leaves a mark in the data.
 */
export function createSnapshot(limits: () => SnapshotLimits, readInstance: ReadInstance): Snapshot {
  return (value, meter, isIncomplete) => {
    const bounds = limits();
    if (meter.characters >= bounds.maxTraceCharacters) return "[dropped: the trace is full]";
    const budget = new Budget(bounds, isIncomplete);
    const plain = new Walk(budget, readInstance).visit(value, 0, "data");
    meter.characters += budget.characters;
    return plain;
  };
}
