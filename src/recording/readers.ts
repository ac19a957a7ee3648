import { shared } from "../base/process-state.js";
import type { ReadInstance } from "../data/snapshot.js";
import type { RootCall } from "../trace/should-trace.js";
import type { Call } from "./call.js";
import type { CalledRoot } from "./called-root.js";
import type { SettleEffects } from "./close-span.js";

/** Receives complete Calls, for uses beside their trace. */
export interface CallObserver {
  /** Whether to keep what the app passes to this object, and what the object returns. */
  readonly shows: (self: object) => boolean;
  readonly onSealed: (call: Call) => void;
}

/** How to read the objects and the context of LangChain, which this folder does not depend on. */
export interface Readers extends Pick<SettleEffects, "describe" | "describeOwnSpan" | "readPause"> {
  readonly readInstance: ReadInstance;
  /** The LangChain run in which the current code runs, if LangChain keeps a context. */
  readonly enclosingRunId: () => string | undefined;
  readonly observer: CallObserver;
  /** What the user's filter receives of a root call. */
  readonly describeRootCall: (called: CalledRoot) => RootCall;
}

/** One object for all users, changed in place: spans by hand may be recorded before LangChain is. */
const readers = shared("readers", (): { -readonly [Name in keyof Readers]: Readers[Name] } => ({
  describe: () => ({ name: "", spanType: "UNKNOWN", isInternal: false }),
  describeOwnSpan: () => undefined,
  readPause: () => undefined,
  readInstance: () => undefined,
  enclosingRunId: () => undefined,
  observer: { shows: () => false, onSealed: () => {} },
  describeRootCall: () => ({ name: "", input: undefined, metadata: {} }),
}));

export function getReaders(): Readers {
  return readers;
}

/** Replaces these readers. The others remain. */
export function setReaders(given: Partial<Readers>): void {
  Object.assign(readers, given);
}
