import { types } from "node:util";
import { guard } from "../base/log.js";
import type { Destination } from "../delivery/destination.js";
import { nowMs } from "../trace/clock.js";
import { timeoutTexts } from "../trace/exception.js";
import type { Redact } from "../trace/redact.js";
import { Call, type Outcome } from "./call.js";
import type { OpenSpan, SpanEnding } from "./open-span.js";
import { closeAs, type SettleEffects, settleRoot, settleStreams } from "./settle.js";
import { OMITTED_BESIDE_POLICY } from "./value-policy.js";

export interface OpenCallsEffects extends SettleEffects {
  /** The first of several Calls has opened. */
  readonly onOpened: () => void;
  /** Takes a sealed Call: nothing in it changes any more. */
  readonly onSealed: (call: Call) => void;
  /** More Calls are open than may be: this one is not recorded. */
  readonly onRefused: () => void;
  readonly destination: () => Destination;
  readonly tags: () => Record<string, string>;
  /** What every trace that starts now says of itself. */
  readonly metadata?: () => Readonly<Record<string, string>>;
  readonly isSampled: () => boolean;
  /** Whether traces are wanted of all Calls. Default: they are. */
  readonly isWanted?: () => boolean;
  readonly maxOpenCalls: () => number;
  /** How long a Call may be open; 0: for ever. */
  readonly traceTimeoutMs: () => number;
  /** A timer that keeps no process alive, and nothing of the app in memory. Returns what cancels it. */
  readonly later: (delayMs: number, run: () => void) => () => void;
  readonly redact: () => Redact | undefined;
  /** Whether what this object is called with, and gives back, is to be kept beside its spans. */
  readonly shows?: (self: object) => boolean;
}

/** What the app called. */
export interface Called {
  readonly self: object;
  readonly input: unknown;
}

/** How long a settled Call waits for branches that are still running. */
const LINGER_MS = 10_000;

/** The Calls of the process that are not complete yet: open → settled → sealed. */
export class OpenCalls {
  readonly #effects: OpenCallsEffects;
  readonly #open = new Set<Call>();
  /** Of the Call that settled last. */
  lastTraceId: string | undefined;
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #cancelWaking: (() => void) | undefined;
  readonly #onWaking = guard("timeout", () => this.#endOverdue());

  constructor(effects: OpenCallsEffects) {
    this.#effects = effects;
  }

  get size(): number {
    return this.#open.size;
  }

  /** `called` is unknown for a run outside of any scope. */
  open(called?: Called): Call {
    const isFull = this.#open.size >= this.#effects.maxOpenCalls();
    if (isFull) this.#effects.onRefused();
    const call = new Call({
      sampled: !isFull && this.#effects.isSampled(),
      destination: this.#effects.destination(),
      tags: { ...this.#effects.tags() },
      startMs: nowMs(),
    });
    if (call.sampled) {
      Object.assign(call.metadata, this.#effects.metadata?.());
      if (this.#open.size === 0) this.#effects.onOpened();
      call.redact = this.#effects.redact();
      call.isWanted = this.#effects.isWanted?.() ?? true;
      if (called) this.#note(call, called);
      this.#open.add(call);
      const timeoutMs = this.#effects.traceTimeoutMs();
      if (timeoutMs > 0) this.#wakeAt(call.startMs + timeoutMs);
    }
    return call;
  }

  #note(call: Call, { self, input }: Called): void {
    call.self = self;
    if (!this.#effects.shows?.(self)) return;
    call.shown = { input: undefined, output: undefined, isError: false, characters: 0 };
    call.shown.input = this.#effects.snapshot(input, call.shown);
  }

  #noteOutput({ shown }: Call, value: unknown): void {
    if (!shown) return;
    shown.output = this.#effects.snapshot(value, shown);
    shown.isError = types.isNativeError(value);
  }

  #wakeAt(dueMs: number): void {
    if (dueMs >= this.#wakesAtMs) return;
    this.#cancelWaking?.();
    this.#wakesAtMs = dueMs;
    this.#cancelWaking = this.#effects.later(Math.max(0, dueMs - nowMs()), this.#onWaking);
  }

  /** The oldest comes first. */
  #endOverdue(): void {
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
    const timeoutMs = this.#effects.traceTimeoutMs();
    if (timeoutMs <= 0) return;
    for (const call of this.#open) {
      // A settled one only waits for strays, and not for long.
      if (call.state !== "open") continue;
      const dueMs = call.startMs + timeoutMs;
      // A timer's clock is a little coarser than ours.
      if (dueMs > nowMs() + 1) {
        this.#wakeAt(dueMs);
        return;
      }
      call.timedOut = true;
      this.settle(call, { kind: "timed_out", texts: timeoutTexts(call.traceId, timeoutMs) });
      this.#seal(call, "aborted");
    }
  }

  /** The outcome is fixed; without one the spans have told it themselves. */
  settle(call: Call, outcome?: Outcome): void {
    if (call.state !== "open") return;
    if (!call.sampled) {
      call.state = "sealed";
      releaseScopes(call);
      return;
    }
    if (outcome) call.pending -= settleRoot(call, outcome, this.#effects);
    if (outcome?.kind === "returned") this.#noteOutput(call, outcome.value);
    call.state = "settled";
    this.lastTraceId = call.traceId;
    if (call.pending <= 0) this.#seal(call);
    else {
      call.lingering = setTimeout(
        guard("lingering", () => this.#seal(call)),
        LINGER_MS,
      );
      call.lingering.unref();
    }
  }

  /** Nobody can end it any more: it ended when it was last heard of. */
  abandon(call: Call): void {
    // Without a spread: a call takes only so many arguments, and a trace may have more spans.
    const atMs = call.spans.reduce(
      (latest, { heardAtMs, endMs = heardAtMs }) => Math.max(latest, endMs),
      Number.NEGATIVE_INFINITY,
    );
    this.settle(call, { kind: "abandoned", value: undefined, atMs });
  }

  /** So many spans and calls of it are no longer open. */
  release(call: Call, count: number): void {
    call.pending -= count;
    if (call.state === "settled" && call.pending <= 0) this.#seal(call);
  }

  #seal(call: Call, ending: SpanEnding = "abandoned"): void {
    if (call.state === "sealed") return;
    call.state = "sealed";
    clearTimeout(call.lingering);
    this.#open.delete(call);
    const isExit = ending === "process_exit";
    const outcome = isExit ? { kind: ending } : { kind: "abandoned" as const, value: undefined };
    settleStreams(call, outcome, this.#effects);
    for (const span of call.spans) {
      if (span.isOpen) closeAs(span, ending);
      if (call.hasPolicy) omitOwnValues(span);
      span.scope = undefined;
    }
    // A parent that was made after its children stands before them all the same.
    call.spans.sort((a, b) => a.startMs - b.startMs);
    releaseScopes(call);
    call.streaming.clear();
    call.toldErrors.clear();
    // An app that has taken its function away since meant the calls that come.
    call.redact = this.#effects.redact() ?? call.redact;
    this.#effects.onSealed(call);
    call.self = undefined;
  }

  /** Seals what has settled and only waits for branches still running. */
  sealSettled(): void {
    for (const call of this.#open) if (call.state === "settled") this.#seal(call);
  }

  /** The process ends, `isIdle`: because it has nothing left to do. Every open Call ends with it. */
  sealAll(isIdle: boolean): void {
    for (const call of this.#open) {
      // Most likely a stream that was left: of that only a scope is told.
      if (isIdle && call.scopes.length === 0) this.abandon(call);
      this.settle(call, { kind: "process_exit" });
      this.#seal(call, "process_exit");
    }
  }
}

/** LangChain made no run for such a span. A policy of a neighbour may have come after it. */
function omitOwnValues(span: OpenSpan): void {
  if (span.runId !== undefined || span.policy) return;
  if (span.inputs !== undefined) span.inputs = OMITTED_BESIDE_POLICY;
  if (span.outputs !== undefined) span.outputs = OMITTED_BESIDE_POLICY;
}

function releaseScopes(call: Call): void {
  for (const scope of call.scopes) scope.release();
  call.scopes.length = 0;
  call.root = undefined;
}
