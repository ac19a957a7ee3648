import { guard } from "../../base/log.js";
import type { Scope } from "../../recording/call.js";
import type { Outcome } from "../../recording/outcome.js";
import { nowMs } from "../../trace/clock.js";
import { type CallEffects, settle } from "../patch/calls.js";
import { onAbortOf } from "./aborts.js";
import { joinChunks } from "./chunks.js";
import { KeptChunks } from "./kept-chunks.js";

/** How a watched generator ends. Holds nothing of the generator, which is to be collected if nobody reads it. */
export class Ending {
  readonly scope: Scope;
  readonly isRoot: boolean;
  readonly #effects: CallEffects;
  readonly #signal: AbortSignal | undefined;
  /** The topmost of the labels right above this generator. */
  readonly #label: Scope | undefined;
  /** For what is left before its end, and what has no run that tells its output. */
  readonly #kept = new KeptChunks();
  #leftAtMs: number | undefined;
  #forget: (() => void) | undefined;

  constructor(effects: CallEffects, scope: Scope, signal: AbortSignal | undefined) {
    this.#effects = effects;
    this.scope = scope;
    this.#signal = signal;
    this.#label = claimLabels(scope, this);
    const root = scope.call?.root;
    this.isRoot = root !== undefined && (root === scope || root === this.#label);
  }

  get isStreamCall(): boolean {
    return this.isRoot || this.#label !== undefined;
  }

  /** Whether its chunks are its output: below the root the callbacks tell it, unless there is no run. */
  get keepsChunks(): boolean {
    return this.isRoot || !this.scope.span;
  }

  chunk(value: unknown): void {
    const { scope } = this;
    const { call } = scope;
    if (!call?.sampled || call.state === "sealed") return;
    if (!this.isRoot && !scope.span) call.streaming.add(scope);
    // The events of a model's stream are no parts of its output.
    if (this.keepsChunks && scope.method !== "streamEvents") this.#kept.add(value);
  }

  /** What has come so far. A graph's chunks are steps, and not parts of one value. */
  get value(): unknown {
    const { lg_is_pregel: isGraph } = this.scope.self as { lg_is_pregel?: unknown };
    const { chunks } = this.#kept;
    return isGraph === true ? chunks : joinChunks(chunks);
  }

  get #came() {
    return { value: this.value, droppedChunks: this.#kept.dropped };
  }

  returned(): void {
    const ending = this;
    this.#finish({
      kind: "returned",
      // Joined only where somebody asks.
      get value() {
        return ending.value;
      },
      droppedChunks: this.#kept.dropped,
    });
  }

  thrown(error: unknown): void {
    if (this.#isLeft()) this.#finish(this.#cancelled());
    else if (this.#isAborted()) this.#finish(this.#aborted());
    else this.#finish({ kind: "thrown", error });
  }

  /** From now on what fails, fails because the consumer leaves. */
  leaving(): void {
    this.#leftAtMs ??= nowMs();
  }

  /** LangChain too leaves the streams that it reads from, when a signal aborts. */
  left(): void {
    this.#finish(this.#isAborted() && !this.#isLeft() ? this.#aborted() : this.#cancelled());
  }

  abandoned(): void {
    this.#finish({ kind: "abandoned", ...this.#came });
  }

  #cancelled(): Outcome {
    return { kind: "cancelled", ...this.#came, leftAtMs: this.#leftAtMs ?? nowMs() };
  }

  #aborted(): Outcome {
    const abortedAtMs = this.#leftAtMs ?? nowMs();
    return { kind: "aborted", error: this.#signal?.reason, ...this.#came, abortedAtMs };
  }

  #finish(outcome: Outcome): void {
    if (this.scope.settled) return;
    this.#forget?.();
    settle(this.#effects, this.scope, outcome);
    if (this.#label && this.isRoot) settle(this.#effects, this.#label, outcome);
    this.#kept.clear();
  }

  /**
   * LangGraph ends a stream that is left by a signal of its own. If it was neither the caller's nor a
   * timeout, the caller has left.
   */
  #isLeft(): boolean {
    if (!this.#isAborted() || !this.#label || this.#label.signal?.aborted) return false;
    return (this.#signal?.reason as { name?: unknown } | undefined)?.name !== "TimeoutError";
  }

  #isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /**
   * LangChain leaves its generators where they are when a signal aborts; so the signal is listened to.
   * But a signal of LangChain's that is handed down aborts at the end, which is told where it came from.
   */
  listen(isOwn: (signal: AbortSignal) => boolean): void {
    const signal = this.#signal;
    if (!signal || (!this.isRoot && this.#label?.signal === signal && isOwn(signal))) return;
    const onAborted = guard("abort", () => {
      const { span } = this.scope;
      if (!this.isRoot && span && !span.isOpen) return;
      if (this.#isLeft()) this.left();
      else this.#finish(this.#aborted());
    });
    const onAbort = guard("abort", () => {
      this.leaving();
      setImmediate(onAborted);
    });
    if (signal.aborted) onAbort();
    else this.#forget = onAbortOf(signal, onAbort);
  }
}

/** Marks the labels right above a generator as driven by it, and returns the topmost. */
function claimLabels(scope: Scope, driver: Ending): Scope | undefined {
  let top: Scope | undefined;
  for (let label = scope.parent; label?.method === "stream"; label = label.parent) {
    if (label.settled || label.call !== scope.call) break;
    label.driver = driver;
    top = label;
  }
  return top;
}
