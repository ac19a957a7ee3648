import type { TraceEdits } from "../store/store.js";
import type { TraceToLog } from "../trace/trace.js";

/** A complete trace that waits for its holder before it is sent. What is logged to it until then is sent with it. */
export interface HeldTrace {
  readonly traceId: string;
  /** The trace after `redact`, without what is known only when it is sent: its experiment and its source. */
  read(): TraceToLog;
  readonly edits: TraceEdits;
  /** Puts the trace into the queue, which drops it if it is full. */
  send(): void;
  /** Puts the trace into the queue as soon as there is room for it. Resolves after that. Never rejects. */
  sendWhenRoom(): Promise<void>;
  /** Drops the trace on purpose. It does not count as lost. */
  discard(): void;
}

/** Receives the complete traces that start in a part of the app's code. */
export interface TraceHolder {
  /** Called when a trace starts. */
  onOpened(): void;
  onHeld(trace: HeldTrace): void;
  /** Called if a trace is dropped after it was sent, with the reason in words, and the error if there was one. */
  onLost(traceId: string, why: string, cause: unknown): void;
  /** Whether the traces are sent if the process ends before the holder has decided. */
  readonly sendsAtEnd: boolean;
}
