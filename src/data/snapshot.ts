import { Budget, type SnapshotLimits } from "./budget.js";
import type { Meter } from "./meter.js";
import type { Plain } from "./plain.js";
import { type ReadInstance, Walk } from "./walk.js";

export { nameOfClass } from "./bounded-text.js";
export type { Meter } from "./meter.js";
export type { ReadInstance } from "./walk.js";

export interface SnapshotOptions {
  /** For the beginning of a stream: its last text may end in the middle of a credential. */
  readonly isIncomplete?: boolean;
  /** For the one value of a trace that is kept even if the trace is full. */
  readonly isEssential?: boolean;
}

export type Snapshot = (
  value: unknown,
  meter: Meter,
  options?: SnapshotOptions,
) => Plain | undefined;

/** Of the limit of a trace: how much all values may use, and above it only short values. */
const SHARE_OF_ALL = 0.9;
const SHARE_WITH_SHORT = 0.95;
/** How much an essential value may use in any case. */
const SHARE_OF_ESSENTIAL = 0.05;
const SHORT_CHARACTERS = 2000;
/** Above this share, an object that the trace already contains is recorded with short texts. */
const SHARE_BEFORE_SHORTENING = 0.5;

/**
 * Returns a function that copies a live value as plain data. It never throws, never calls `toJSON`, and never
 * follows a cycle. It reads each own enumerable field once, like `{ ...value }`, so getters run; of an instance that the
 * trace already contains, it may read them once more. At a limit it stops and leaves a mark in the data.
 */
export function createSnapshot(limits: () => SnapshotLimits, readInstance: ReadInstance): Snapshot {
  return (value, meter, options) => {
    const all = limits();
    const room = roomFor(meter, all.maxTraceCharacters, options?.isEssential === true);
    if (room <= 0) return "[dropped: the trace is full]";
    const bounds = room < all.maxValueCharacters ? { ...all, maxValueCharacters: room } : all;
    const budget = new Budget(bounds, options?.isIncomplete);
    const shortens = meter.characters > all.maxTraceCharacters * SHARE_BEFORE_SHORTENING;
    const walk = new Walk(budget, readInstance, meter, shortens);
    const plain = walk.visit(value, 0, "data");
    meter.characters += budget.characters;
    return plain;
  };
}

/** How many characters of a trace the next value may use. */
function roomFor({ characters }: Meter, max: number, isEssential: boolean): number {
  const room = max * SHARE_OF_ALL - characters;
  if (isEssential) return Math.max(room, max * SHARE_OF_ESSENTIAL);
  if (room >= SHORT_CHARACTERS) return room;
  return Math.min(SHORT_CHARACTERS, max * SHARE_WITH_SHORT - characters);
}
