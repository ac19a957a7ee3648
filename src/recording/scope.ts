import { nowMs } from "../trace/clock.js";
import {
  type Batch,
  type Call,
  type Outcome,
  SEALED_CALL,
  SILENT_CALL,
  TIMED_OUT_CALL,
} from "./call.js";
import type { OpenSpan } from "./open-span.js";

/** The methods of a Runnable that open a scope. */
export type Method =
  | "invoke"
  | "batch"
  | "stream"
  | "streamEvents"
  | "_streamIterator"
  | "transform";

/**
 * One call of one method of one Runnable, as long as it lasts. Scopes give context (whose child is
 * this?) and settle; spans are made by the callback handler.
 */
export class Scope {
  parent: Scope | undefined;
  self: object;
  readonly method: Method;
  readonly startMs = nowMs();
  /** Undefined in a root `batch`: its items have a Call each, see `batch`. */
  call: Call | undefined;
  readonly batch: Batch | undefined;
  /** How many spans the Call had when this scope opened: what it started comes after. */
  readonly firstSpan: number;
  input: unknown;
  /** The span of the run this Runnable itself made here. */
  span: OpenSpan | undefined;
  /** The span of the run that its config named as parent. */
  under: OpenSpan | undefined;
  /** What came of its first nested call, as long as it has no span of its own: see `onlyHandsOn`. */
  handedOn: { isSame: boolean; isSelf: boolean; outcome?: Outcome } | undefined;
  /** A generator whose chunks are those of the one it hands on to: they are not compared. */
  isRelay = false;
  /** What `self` was serialized as in here: by it LangChain tells handlers whose run starts. */
  serialized: object | undefined;
  /** Its run is plumbing that gets no span. */
  isHidden = false;
  settled = false;
  /** On a `stream`: what its caller may end it with. */
  signal: AbortSignal | undefined;
  /** On a `stream`: the generator that was opened under it, which says how it ends. */
  driver: { thrown(error: unknown): void } | undefined;

  constructor(init: {
    parent: Scope | undefined;
    self: object;
    method: Method;
    input: unknown;
    call?: Call | undefined;
    batch?: Batch | undefined;
    under?: OpenSpan | undefined;
  }) {
    this.parent = init.parent;
    this.self = init.self;
    this.method = init.method;
    this.input = init.input;
    this.call = init.call;
    this.batch = init.batch;
    this.under = init.under;
    this.firstSpan = init.call?.spans.length ?? 0;
    init.call?.scopes.push(this);
  }

  /**
   * Its Call is complete. Timers, sockets and queues keep the context they were made in for as long as
   * they live: all they shall find there is that it is over.
   */
  release(): void {
    if (this.call) this.call = this.call.timedOut ? TIMED_OUT_CALL : SEALED_CALL;
    this.self = GONE;
    this.parent = undefined;
    this.span = undefined;
    this.under = undefined;
    this.signal = undefined;
    this.driver = undefined;
  }

  /** Not sampled, it lasts on, but nobody asks any more what it was a call of. */
  fallSilent(): void {
    this.call = SILENT_CALL;
    this.self = GONE;
    this.input = undefined;
    this.handedOn = undefined;
    this.signal = undefined;
  }

  /** A call of this object with this input starts in here. */
  handOn(self: object, input: unknown): void {
    if (this.span) return;
    const isSelf = self === this.self;
    const isSame = this.handedOn === undefined && (isSelf || Object.is(this.input, input));
    this.handedOn = { isSame, isSelf };
  }

  /**
   * Whether the Runnable did nothing but hand its input to another one and give back what came, as a
   * binding does: that is no step of its own. One of its methods calling another is none either.
   */
  onlyHandsOn(outcome: Outcome): boolean {
    const { handedOn, method } = this;
    if (!handedOn?.isSame) return false;
    if (handedOn.isSelf || method === "stream") return true;
    return method === "invoke" ? isSameOutcome(handedOn.outcome, outcome) : this.isRelay;
  }

  isWithin(ancestor: Scope): boolean {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope === ancestor) return true;
    }
    return false;
  }

  /** The span it opened in: the one its config named, or one that is nearer still. */
  enclosingSpan(startMs = this.startMs): OpenSpan | undefined {
    const { parent, under } = this;
    const isInCall = parent?.call === this.call;
    const own = isInCall && wasOpen(parent?.span, startMs) ? parent?.span : undefined;
    // Where what is around it goes on still, its own span, if it gets one, is made only at its end.
    const atMs = parent?.settled === false ? parent.startMs : startMs;
    const span = own ?? (isInCall ? parent?.enclosingSpan(atMs) : undefined);
    return under && wasOpen(under, startMs) && !span?.isWithin(under) ? under : span;
  }

  /**
   * The nearest span, from here upwards within the same Call, that is open, or was when a call began
   * in it that goes on still.
   */
  nearestSpan(): OpenSpan | undefined {
    let inner: Scope | undefined;
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope.call !== this.call) return undefined;
      if (scope.span && isSpanOf(scope.span, inner)) return scope.span;
      if (scope.under && isSpanOf(scope.under, scope)) return scope.under;
      // A label is over when its stream is there.
      if (scope.method !== "stream") inner = scope;
    }
    return undefined;
  }
}

const GONE = Object.freeze({});

function wasOpen(span: OpenSpan | undefined, atMs: number): boolean {
  return span !== undefined && (span.endMs === undefined || span.endMs >= atMs);
}

function isSpanOf({ endMs }: OpenSpan, scope: Scope | undefined): boolean {
  if (endMs === undefined) return true;
  if (!scope || scope.settled || scope.span?.isOpen === false) return false;
  return endMs >= scope.startMs;
}

function isSameOutcome(inner: Outcome | undefined, outer: Outcome): boolean {
  // Both were still going on.
  if (!inner) return outer.kind === "process_exit" || outer.kind === "timed_out";
  if (inner.kind === "returned" && outer.kind === "returned") {
    return Object.is(inner.value, outer.value);
  }
  if (inner.kind === "thrown" && outer.kind === "thrown") {
    return Object.is(inner.error, outer.error);
  }
  return false;
}
