import type { Plain } from "../data/plain.js";
import type { Meter } from "../data/snapshot.js";
import type { TraceState } from "../trace/trace.js";

/** What the app passed to the object of a Call, and what the object returned. A span may store less. */
export interface CallValues extends Meter {
  input: Plain | undefined;
  output: Plain | undefined;
  /** The output is an error: a batch can be asked to return errors. */
  isError: boolean;
}

/** Fields of a trace that the app has set itself. */
export interface GivenFields {
  clientRequestId?: string;
  requestPreview?: string;
  responsePreview?: string;
  state?: TraceState;
}

/** A span of another process, from the headers of a request. */
export interface RemoteParent {
  readonly traceId: string;
  readonly spanId: string;
}

/** The run and the model that a Call belongs to. */
export interface Origin {
  /** Resolves when their ids are known, or will never be. Never rejects. */
  readonly known: () => Promise<void>;
  /** The ids known by now, as metadata of the trace. */
  readonly metadata: () => Readonly<Record<string, string>>;
}
