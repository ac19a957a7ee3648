import { types } from "node:util";
import { guard } from "../base/log.js";
import { KeptMedia } from "../data/media.js";
import type { Destination } from "../delivery/destination.js";
import { nowMs } from "../trace/clock.js";
import { timeoutTexts } from "../trace/exception.js";
import type { Redact } from "../trace/redact.js";
import { Call, type OpenSpan } from "./call.js";
import type { RemoteParent } from "./call-values.js";
import type { CalledRoot } from "./called-root.js";
import { closeAs, type SettleEffects } from "./close-span.js";
import { linksToOtel } from "./otel-context.js";
import type { Outcome } from "./outcome.js";
import type { SpanEnding } from "./recorded-span.js";
import { settleRoot, settleStreams } from "./settle.js";
import { hasSpanHooks, runEndHooks } from "./span-hooks.js";
import { OMITTED_BESIDE_POLICY } from "./value-policy.js";

export interface OpenCallsEffects extends SettleEffects {
  /** Called when a Call opens while no other is open. */
  readonly onOpened: () => void;
  /** Called with a sealed Call, which does not change any more. */
  readonly onSealed: (call: Call) => void;
  /** Called when `maxOpenCalls` are open already: the new Call is not recorded. */
  readonly onRefused: () => void;
  readonly destination: () => Destination;
  readonly tags: () => Record<string, string>;
  /** Metadata of every trace that starts now. */
  readonly metadata: () => Readonly<Record<string, string>>;
  /** The span of another process that is the parent of roots here. */
  readonly remoteParent: () => RemoteParent | undefined;
  /** Whether a root call is traced. Never throws. */
  readonly isTraced: (called: CalledRoot) => boolean;
  /** Whether the trace of a new Call is sent. */
  readonly isWanted: () => boolean;
  /** Receives the traces that start here. */
  readonly holder: () => Call["holder"];
  readonly maxOpenCalls: () => number;
  /** Longest time a Call may be open; 0: no limit. */
  readonly traceTimeoutMs: () => number;
  /** Starts a timer that keeps neither the process alive nor the app's async context in memory. Returns its cancellation. */
  readonly later: (delayMs: number, run: () => void) => () => void;
  readonly redact: () => Redact | undefined;
  /** Whether media in the values of a new Call becomes attachments. */
  readonly keepsMedia: () => boolean;
  /** Whether to keep what the app passes to this object, and what the object returns, beside its spans. */
  readonly shows: (self: object) => boolean;
}

/** How long a settled Call waits for branches that are still running. */
const LINGER_MS = 10_000;

/** The Calls of the process that are not complete: open → settled → sealed. */
export class OpenCalls {
  readonly #effects: OpenCallsEffects;
  readonly #open = new Set<Call>();
  /** The trace id of the Call that settled last. */
  lastTraceId: string | undefined;
  /** The number of completed traces. */
  traceCount = 0;
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #cancelWaking: (() => void) | undefined;
  readonly #onWaking = guard("timeout", () => this.#endOverdue());

  constructor(effects: OpenCallsEffects) {
    this.#effects = effects;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The Call of a trace that is not complete. */
  find(traceId: string): Call | undefined {
    return [...this.#open].find((call) => call.traceId === traceId);
  }

  open(called: CalledRoot): Call {
    // First, since it reads the options from the environment.
    const destination = this.#effects.destination();
    const isTraced = !called.isExcluded && this.#effects.isTraced(called);
    const isFull = isTraced && this.#open.size >= this.#effects.maxOpenCalls();
    if (isFull) this.#effects.onRefused();
    const call = new Call({
      sampled: isTraced && !isFull,
      destination,
      tags: this.#effects.tags(),
      startMs: nowMs(),
      remoteParent: called.isNewTrace ? undefined : this.#effects.remoteParent(),
    });
    if (call.sampled) {
      call.rootLinks = linksToOtel();
      Object.assign(call.metadata, this.#effects.metadata());
      if (this.#open.size === 0) this.#effects.onOpened();
      if (this.#effects.keepsMedia()) call.media = new KeptMedia();
      call.redact = this.#effects.redact();
      call.sharesCopies = !call.redact && !hasSpanHooks();
      call.holder = this.#effects.holder();
      call.isWanted = call.holder !== undefined || this.#effects.isWanted();
      this.#note(call, called);
      this.#open.add(call);
      const timeoutMs = this.#effects.traceTimeoutMs();
      if (timeoutMs > 0) this.#wakeAt(call.startMs + timeoutMs);
    }
    return call;
  }

  #note(call: Call, { self, input }: CalledRoot): void {
    call.self = self;
    call.holder?.onOpened();
    if (!self || !this.#effects.shows(self)) return;
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

  /** The oldest Call is the first in the set. */
  #endOverdue(): void {
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
    const timeoutMs = this.#effects.traceTimeoutMs();
    if (timeoutMs <= 0) return;
    for (const call of this.#open) {
      // A settled Call waits for LINGER_MS at most.
      if (call.state !== "open") continue;
      const dueMs = call.startMs + timeoutMs;
      // Timers may fire up to a millisecond early.
      if (dueMs > nowMs() + 1) {
        this.#wakeAt(dueMs);
        return;
      }
      call.timedOut = true;
      this.settle(call, { kind: "timed_out", texts: timeoutTexts(call.traceId, timeoutMs) });
      this.#seal(call, "aborted");
    }
  }

  /** Fixes the outcome of a Call. Without one, the spans have reported it. */
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
    this.traceCount += 1;
    if (call.pending <= 0) this.#seal(call);
    else {
      call.lingering = setTimeout(
        guard("lingering", () => this.#seal(call)),
        LINGER_MS,
      );
      call.lingering.unref();
    }
  }

  /** No end of the Call can be reported any more: it ended at its last event. */
  abandon(call: Call): void {
    // No spread into Math.max(): the number of arguments is limited.
    const atMs = call.spans.reduce(
      (latest, { lastEventMs, endMs = lastEventMs }) => Math.max(latest, endMs),
      Number.NEGATIVE_INFINITY,
    );
    this.settle(call, { kind: "abandoned", value: undefined, atMs });
  }

  /** `count` spans and calls of it are no longer open. */
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
      span.setScope(undefined);
    }
    removeRepeats(call);
    // A scope's own span is added after its children.
    call.spans.sort((a, b) => a.startMs - b.startMs);
    releaseScopes(call);
    call.streaming.clear();
    call.reportedErrors.clear();
    // Removing the function affects later Calls only; a new function applies to this one.
    call.redact = this.#effects.redact() ?? call.redact;
    runEndHooks(call);
    this.#effects.onSealed(call);
    call.self = undefined;
  }

  /** Seals the Calls that have settled and wait for branches that are still running. */
  sealSettled(): void {
    for (const call of this.#open) if (call.state === "settled") this.#seal(call);
  }

  /** Ends every open Call, since the process ends. `isIdle`: because it has nothing left to do. */
  sealAll(isIdle: boolean): void {
    for (const call of this.#open) {
      // Most likely a stream that was left, which only a scope can observe.
      if (isIdle && call.scopes.length === 0 && !call.hasSpansByHand) this.abandon(call);
      this.settle(call, { kind: "process_exit" });
      this.#seal(call, "process_exit");
    }
  }
}

/** Omits the values of a span without a run: the policy of another run may have been set after they were stored. */
function omitOwnValues(span: OpenSpan): void {
  if (span.runId !== undefined || span.policy) return;
  if (span.inputs !== undefined) span.setInputs(OMITTED_BESIDE_POLICY);
  if (span.outputs !== undefined) span.setOutputs(OMITTED_BESIDE_POLICY);
}

/** Not earlier: a scope that is open counts the spans before its own. */
function removeRepeats(call: Call): void {
  const { spans, repeats } = call;
  if (!repeats) return;
  const kept = spans.filter((span) => !repeats.has(span));
  spans.splice(0, spans.length, ...kept);
  call.repeats = undefined;
}

function releaseScopes(call: Call): void {
  for (const scope of call.scopes) scope.release();
  call.scopes.length = 0;
  call.root = undefined;
}
