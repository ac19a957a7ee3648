import type { Trace } from "../trace/trace.js";
import type { Destination } from "./destination.js";

/** A finished trace on its way to its store. It is built only when it is sent, and not while the app waits. */
export interface TraceJob {
  readonly traceId: string;
  readonly destination: Destination;
  /** Held in memory for it. */
  readonly bytes: number;
  /** Resolves when everything that the trace says is known. Never rejects. */
  ready(): Promise<void>;
  toTrace(experimentId: string, runId: string | undefined): Trace;
}
