import type { TraceEdits } from "../store/store.js";
import type { TraceToLog } from "../trace/trace.js";

/** A complete trace that waits for its holder before it is sent. What is logged to it until then is sent with it. */
export interface HeldTrace {
  readonly traceId: string;
  /** The trace after `redact`, without what is known only when it is sent: its experiment and its source. */
  read(): TraceToLog;
  readonly edits: TraceEdits;
  /** Puts the trace into the queue. */
  send(): void;
  /** Drops the trace on purpose. It does not count as lost. */
  discard(): void;
}

/** Receives the complete traces that start in a part of the app's code. */
export interface TraceHolder {
  /** Called when a trace starts. */
  onOpened(): void;
  onHeld(trace: HeldTrace): void;
  /** Whether the traces are sent if the process ends before the holder has decided. */
  readonly sendsAtEnd: boolean;
}
