import { types } from "node:util";
import type { ErrorTexts } from "../trace/exception.js";

/** The value that a stream's chunks add up to. Chunks beyond the limit are dropped and counted. */
export interface Streamed {
  readonly value: unknown;
  readonly droppedChunks?: number;
  /** The chunks are bytes. */
  readonly isBinary?: boolean;
  /** The objects below the stream that yielded the same chunks. */
  readonly yielders?: readonly object[];
}

/** A thrown object that is no failure: a graph pauses, or a node sends a command to the graph around it. */
export interface Pause {
  readonly interrupts: unknown;
  readonly command: unknown;
}

/** How a scope ended, as the app saw it. */
export type Outcome =
  | (Streamed & {
      readonly kind: "returned";
      /** A batch whose failed items are errors in the returned list. */
      readonly returnsErrors?: boolean;
    })
  | (Partial<Streamed> & { readonly kind: "thrown"; readonly error: unknown })
  /** The consumer stopped reading a stream. */
  | (Streamed & { readonly kind: "cancelled"; readonly leftAtMs: number })
  /** A stream that no code reads any more. `atMs`: the time of its last event, if known. */
  | (Streamed & { readonly kind: "abandoned"; readonly atMs?: number })
  | (Streamed & {
      readonly kind: "aborted";
      readonly error: unknown;
      readonly abortedAtMs: number;
    })
  /** The Call exceeded `traceTimeoutMs`. */
  | { readonly kind: "timed_out"; readonly texts: ErrorTexts }
  | { readonly kind: "process_exit" };

/** Whether a nested call ended exactly as the call around it. `inner` is undefined while the nested call is running. */
export function isSameOutcome(inner: Outcome | undefined, outer: Outcome): boolean {
  if (!inner) return outer.kind === "process_exit" || outer.kind === "timed_out";
  if (inner.kind === "returned" && outer.kind === "returned") {
    return Object.is(inner.value, outer.value);
  }
  if (inner.kind === "thrown" && outer.kind === "thrown") {
    return Object.is(inner.error, outer.error);
  }
  return false;
}

/** The outcome of one item of a batch that returned. */
export function outcomeOfItem(outcome: Outcome, index: number): Outcome {
  if (outcome.kind !== "returned" || !Array.isArray(outcome.value)) return outcome;
  const value: unknown = outcome.value[index];
  const isFailure = outcome.returnsErrors && types.isNativeError(value);
  return isFailure ? { kind: "thrown", error: value } : { kind: "returned", value };
}
