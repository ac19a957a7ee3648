import type { Plain } from "../data/plain.js";
import type { Meter } from "../data/snapshot.js";
import type { Destination } from "../delivery/destination.js";
import type { ErrorTexts } from "../trace/exception.js";
import { newTraceId } from "../trace/ids.js";
import type { Redact } from "../trace/redact.js";
import type { OpenSpan } from "./open-span.js";
import type { Scope } from "./scope.js";

/** What a stream's chunks amount to, but for those there was no room to keep. */
export interface Streamed {
  readonly value: unknown;
  readonly droppedChunks?: number;
}

/** How a scope ended, as the host saw it. */
export type Outcome =
  | (Streamed & { readonly kind: "returned" })
  | { readonly kind: "thrown"; readonly error: unknown }
  /** The consumer left a stream. */
  | (Streamed & { readonly kind: "cancelled"; readonly leftAtMs: number })
  /** A stream nobody reads any more; `atMs`: when it was last heard of, where that is known. */
  | (Streamed & { readonly kind: "abandoned"; readonly atMs?: number })
  | (Streamed & {
      readonly kind: "aborted";
      readonly error: unknown;
      readonly abortedAtMs: number;
    })
  /** It took longer than a trace may. */
  | { readonly kind: "timed_out"; readonly texts: ErrorTexts }
  | { readonly kind: "process_exit" };

/** What the object of a Call was called with, and what it gave back: as the app saw them, not as a span says it. */
export interface Shown extends Meter {
  input: Plain | undefined;
  output: Plain | undefined;
  /** A batch gives back errors where it is asked to. */
  isError: boolean;
}

/** Where a Call belongs, beside its experiment. */
export interface Origin {
  /** Resolves when as much is known as ever will be; never rejects. */
  readonly known: () => Promise<void>;
  /** What is known of it now, as metadata of its trace. */
  readonly metadata: () => Readonly<Record<string, string>>;
}

/** The items of one root `batch`, whose runs a class may start all up front. */
export interface Batch {
  /** Whose method was called. */
  readonly self: object;
  inputs: unknown;
  /** In the order in which they were opened; the place is the item's only where all start up front. */
  readonly calls: Call[];
}

export type CallState = "open" | "settled" | "sealed";

/**
 * One root call of the app, or one item of a root batch: what becomes one trace.
 * open → settled (its outcome is fixed) → sealed (nothing more is added; it goes to the queue).
 */
export class Call implements Meter {
  /** Empty for a Call that is not sampled: it is opened only so that its children are not taken for roots. */
  readonly traceId: string;
  readonly sampled: boolean;
  /** Where the trace goes: fixed when its root starts. */
  destination: Destination | undefined;
  readonly startMs: number;
  readonly spans: OpenSpan[] = [];
  /** All that were opened in it; let go when it is sealed. */
  readonly scopes: Scope[] = [];
  readonly tags: Record<string, string>;
  readonly metadata: Record<string, string> = {};
  state: CallState = "open";
  /** The scope whose end is the Call's end; undefined where a run started outside of any. */
  root: Scope | undefined;
  /** The object that the app called; let go when it is sealed. */
  self: object | undefined;
  /** Which item of a root batch it is. */
  item = 0;
  /** Kept only where somebody wants it. */
  shown: Shown | undefined;
  origin: Origin | undefined;
  /** Models are made of calls whose trace nobody wants, too. */
  isWanted = true;
  /** Open spans and nested calls that have not settled. */
  pending = 0;
  /** What its spans have failed with. */
  readonly toldErrors = new Set<unknown>();
  /** Streams without a run that have given something, and of whose end nobody has told. */
  readonly streaming = new Set<Scope>();
  /** The app excludes values of one of its runs: see `recording/value-policy.ts`. */
  hasPolicy = false;
  /** What still goes on in it comes too late. */
  timedOut = false;
  /** Runs that stand for their parent's span. */
  readonly hiddenRunIds: string[] = [];
  /** Characters of all snapshots. */
  characters = 0;
  sessionId: string | undefined;
  /** Has yet to see every value, before anything of the Call leaves. */
  redact: Redact | undefined;
  lingering: NodeJS.Timeout | undefined;

  constructor(init: {
    sampled: boolean;
    destination: Destination | undefined;
    tags: Record<string, string>;
    startMs: number;
  }) {
    this.sampled = init.sampled;
    this.traceId = init.sampled ? newTraceId() : "";
    this.destination = init.destination;
    this.tags = init.tags;
    this.startMs = init.startMs;
  }
}

/** What a scope whose Call is complete belongs to: it holds nothing, and nothing is added to it. */
export const SEALED_CALL = sealedCall();
/** The same where the Call was ended while the scope goes on. */
export const TIMED_OUT_CALL = sealedCall();
TIMED_OUT_CALL.timedOut = true;

/** What a stream belongs to that is not sampled, once it is handed over: nothing in it is a root. */
export const SILENT_CALL = emptyCall();

function sealedCall(): Call {
  const call = emptyCall();
  call.state = "sealed";
  return call;
}

function emptyCall(): Call {
  return new Call({ sampled: false, destination: undefined, tags: {}, startMs: 0 });
}
