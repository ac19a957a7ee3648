import { Budget, type SnapshotLimits } from "./budget.js";
import type { Plain } from "./plain.js";
import { type ReadInstance, Walk } from "./walk.js";

export { nameOfClass } from "./class-name.js";
export type { ReadInstance } from "./walk.js";

/** Counts what one trace holds; every snapshot of that trace adds to it. */
export interface Meter {
  characters: number;
}

/** `isBegun`: of a stream that was left, whose last text may end anywhere. */
export type Snapshot = (value: unknown, meter: Meter, isBegun?: boolean) => Plain | undefined;

/**
 * Makes the one walk over a live value that turns it into plain data. It never throws, never calls
 * a foreign `toJSON`, never follows a cycle, reads each own enumerable field once (getters too, as
 * `{ ...value }` does), and stops at the limits with a mark in the data.
 */
export function createSnapshot(limits: () => SnapshotLimits, readInstance: ReadInstance): Snapshot {
  return (value, meter, isBegun) => {
    const bounds = limits();
    if (meter.characters >= bounds.maxTraceCharacters) return "[dropped: the trace is full]";
    const budget = new Budget(bounds, isBegun);
    const plain = new Walk(budget, readInstance).visit(value, 0, "data");
    meter.characters += budget.characters;
    return plain;
  };
}
