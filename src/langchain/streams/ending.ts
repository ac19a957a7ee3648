import { guard } from "../../base/log.js";
import type { Scope } from "../../recording/call.js";
import type { Outcome } from "../../recording/outcome.js";
import { nowMs } from "../../trace/clock.js";
import { type CallEffects, settle } from "../patch/calls.js";
import { joinChunks, KeptChunks } from "./chunks.js";
import { yieldersOf } from "./yielders.js";

/**
 * Observes how a generator ends. Holds no reference to the generator, so that an unread one is garbage-collected.
 *
 *     opened ──► read ──┬─ its last chunk was read ───────────────► returned
 *       │          │    ├─ it throws ─────────────────────────────► thrown
 *       │          │    │    ├─ after the consumer has left ──────► cancelled
 *       │          │    │    └─ after the caller's signal aborts ─► aborted
 *       ├──────────┴────┼─ the consumer calls `return` ───────────► cancelled
 *       │               ├─ the caller's signal aborts ────────────► aborted
 *       │               ├─ it is garbage-collected ───────────────► abandoned
 *       └───────────────┴─ the call takes longer than its limit,
 *                          or the process ends ───────────────────► timed_out, process_exit (see `OpenCalls`)
 *
 * The first outcome counts. Except after `returned`, the output is what the consumer has received.
 */
export class Ending {
  readonly scope: Scope;
  readonly isRoot: boolean;
  readonly #effects: CallEffects;
  readonly #signal: AbortSignal | undefined;
  /** The topmost of the `stream` scopes directly above this generator. */
  readonly #streamScope: Scope | undefined;
  /** The output of a stream that is left before its end, or that has no run. */
  readonly #kept = new KeptChunks();
  /** The app reads the stream of a Runnable that is not a model, in a step of its own. */
  readonly #isStreamOfStep: boolean;
  #leftAtMs: number | undefined;
  #stopListening: (() => void) | undefined;

  constructor(effects: CallEffects, scope: Scope, signal: AbortSignal | undefined) {
    this.#effects = effects;
    this.scope = scope;
    this.#signal = signal;
    this.#streamScope = driveStreamScopes(scope, this);
    const root = scope.call?.root;
    this.isRoot = root !== undefined && (root === scope || root === this.#streamScope);
    this.#isStreamOfStep = this.#streamScope !== undefined && !isModel(scope.self);
  }

  get isStreamCall(): boolean {
    return this.isRoot || this.#streamScope !== undefined;
  }

  /**
   * Whether the chunks are needed as output. Below the root, callbacks report the output of each run that completes,
   * and the tokens of a model. Only the scope has what the app received of another stream that does not complete.
   */
  get keepsChunks(): boolean {
    return this.isRoot || !this.scope.span || this.#isStreamOfStep;
  }

  chunk(value: unknown): void {
    const { scope } = this;
    const { call } = scope;
    if (!call?.sampled || call.state === "sealed") return;
    if (!this.isRoot && !scope.span) call.streaming.add(scope);
    // The events of a model's stream are not parts of its output.
    if (this.keepsChunks && scope.method !== "streamEvents") this.#kept.add(value);
  }

  /** The chunks so far, joined. The chunks of a graph are not joined, since each is the output of a step. */
  get value(): unknown {
    const { lg_is_pregel: isGraph } = this.scope.self as { lg_is_pregel?: unknown };
    const { chunks } = this.#kept;
    return isGraph === true ? chunks : joinChunks(chunks);
  }

  get #received() {
    const yielders = this.keepsChunks
      ? yieldersOf(this.#streamScope?.self ?? this.scope.self)
      : undefined;
    const { dropped: droppedChunks, isBinary } = this.#kept;
    return { value: this.value, droppedChunks, isBinary, ...(yielders && { yielders }) };
  }

  returned(): void {
    this.#finish(this.#kept.isBinary ? { kind: "returned", ...this.#received } : this.#returned());
  }

  #returned(): Outcome {
    const ending = this;
    return {
      kind: "returned",
      // Joins the chunks only if the value is read.
      get value() {
        return ending.value;
      },
      droppedChunks: this.#kept.dropped,
    };
  }

  thrown(error: unknown): void {
    if (this.#hasConsumerLeft()) this.#finish(this.#cancelled());
    else if (this.#isAborted()) this.#finish(this.#aborted());
    else this.#finish({ kind: "thrown", error, ...this.#received });
  }

  /** Called before the consumer leaves, which may cause errors. */
  leaving(): void {
    this.#leftAtMs ??= nowMs();
  }

  /** Called when the consumer has left. LangChain leaves the streams it reads when a signal aborts. */
  left(): void {
    this.#finish(
      this.#isAborted() && !this.#hasConsumerLeft() ? this.#aborted() : this.#cancelled(),
    );
  }

  abandoned(): void {
    this.#finish({ kind: "abandoned", ...this.#received });
  }

  #cancelled(): Outcome {
    return { kind: "cancelled", ...this.#received, leftAtMs: this.#leftAtMs ?? nowMs() };
  }

  #aborted(): Outcome {
    const abortedAtMs = this.#leftAtMs ?? nowMs();
    return { kind: "aborted", error: this.#signal?.reason, ...this.#received, abortedAtMs };
  }

  #finish(outcome: Outcome): void {
    if (this.scope.settled) return;
    this.#stopListening?.();
    settle(this.#effects, this.scope, outcome);
    if (this.#streamScope && this.isRoot) settle(this.#effects, this.#streamScope, outcome);
    this.#kept.clear();
  }

  /**
   * LangGraph aborts a stream with a signal of its own when the consumer leaves. So an abort that comes neither from
   * the caller's signal nor from a timeout means that the consumer left.
   */
  #hasConsumerLeft(): boolean {
    if (!this.#isAborted() || !this.#streamScope || this.#streamScope.signal?.aborted) return false;
    return (this.#signal?.reason as { name?: unknown } | undefined)?.name !== "TimeoutError";
  }

  #isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /**
   * Listens to the signal, since LangChain does not end its generators when a signal aborts. Ignores a signal of
   * LangChain's own, which LangChain also aborts after a successful stream.
   */
  listen(isOwn: (signal: AbortSignal) => boolean): void {
    const signal = this.#signal;
    if (!signal || (!this.isRoot && this.#streamScope?.signal === signal && isOwn(signal))) return;
    const settleAborted = guard("abort", () => {
      const { span } = this.scope;
      if (!this.isRoot && span && !span.isOpen) return;
      if (this.#hasConsumerLeft()) this.left();
      else this.#finish(this.#aborted());
    });
    const onAbort = guard("abort", () => {
      this.leaving();
      setImmediate(settleAborted);
    });
    if (signal.aborted) onAbort();
    else this.#stopListening = onceAborted(signal, onAbort);
  }
}

function isModel(self: object): boolean {
  return typeof (self as { _llmType?: unknown })._llmType === "function";
}

/** Makes this ending the driver of the `stream` scopes directly above the generator. Returns the topmost of them. */
function driveStreamScopes(scope: Scope, driver: Ending): Scope | undefined {
  let top: Scope | undefined;
  for (let stream = scope.parent; stream?.method === "stream"; stream = stream.parent) {
    if (stream.settled || stream.call !== scope.call) break;
    stream.driver = driver;
    top = stream;
  }
  return top;
}

/** The callbacks for one signal of the app, and our signal that follows it. */
interface Followers {
  readonly signal: AbortSignal;
  readonly callbacks: Set<() => void>;
  readonly onAbort: () => void;
}

const followers = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when the app's signal aborts. Adds no listener to that signal: an app can pass one signal to thousands of
 * calls, and Node.js warns at eleven listeners. Returns a function that removes the callback.
 */
function onceAborted(signal: AbortSignal, callback: () => void): () => void {
  const { signal: own, callbacks, onAbort } = followersOf(signal);
  if (callbacks.size === 0) own.addEventListener("abort", onAbort, { once: true });
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    // A signal with a listener is not garbage-collected.
    if (callbacks.size === 0) own.removeEventListener("abort", onAbort);
  };
}

function followersOf(signal: AbortSignal): Followers {
  let found = followers.get(signal);
  if (!found) {
    const callbacks = new Set<() => void>();
    const onAbort = () => {
      for (const callback of callbacks) callback();
    };
    found = { signal: AbortSignal.any([signal]), callbacks, onAbort };
    followers.set(signal, found);
  }
  return found;
}
