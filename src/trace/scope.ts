import type { Batch, Call } from "./call.js";
import { nowMs } from "./clock.js";
import type { OpenSpan } from "./open-span.js";

/** The methods of a Runnable that open a scope. */
export type Method = "invoke" | "batch" | "stream" | "_streamIterator" | "transform";

/**
 * One call of one method of one Runnable, as long as it lasts. Scopes give context (whose child is
 * this?) and settle; spans are made by the callback handler.
 */
export class Scope {
  readonly parent: Scope | undefined;
  readonly self: object;
  readonly method: Method;
  readonly startMs = nowMs();
  /** Undefined in a root `batch`: its items have a Call each, see `batch`. */
  readonly call: Call | undefined;
  readonly batch: Batch | undefined;
  /** How many spans the Call had when this scope opened: what it started comes after. */
  readonly firstSpan: number;
  input: unknown;
  /** The span of the run this Runnable itself made here. */
  span: OpenSpan | undefined;
  /** What came of its first nested call, as long as it has no span of its own: see `onlyHandsOn`. */
  handedOn: { isSame: boolean; isSelf: boolean; value?: unknown } | undefined;
  /** A generator whose chunks are those of the one it hands on to: they are not compared. */
  isRelay = false;
  /** Its run is plumbing that gets no span. */
  isHidden = false;
  settled = false;
  /** On a `stream`: what its caller may end it with. */
  signal: AbortSignal | undefined;
  /** On a `stream`: whether a generator was opened under it that will say how it ends. */
  driven = false;

  constructor(init: {
    parent: Scope | undefined;
    self: object;
    method: Method;
    input: unknown;
    call?: Call | undefined;
    batch?: Batch | undefined;
  }) {
    this.parent = init.parent;
    this.self = init.self;
    this.method = init.method;
    this.input = init.input;
    this.call = init.call;
    this.batch = init.batch;
    this.firstSpan = init.call?.spans.length ?? 0;
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
  onlyHandsOn(outcome: { readonly kind: string; readonly value?: unknown }): boolean {
    const { handedOn, method } = this;
    if (!handedOn?.isSame) return false;
    if (handedOn.isSelf || method === "stream") return true;
    if (method !== "invoke") return this.isRelay;
    return outcome.kind !== "returned" || Object.is(handedOn.value, outcome.value);
  }

  isWithin(ancestor: Scope): boolean {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope === ancestor) return true;
    }
    return false;
  }

  /** The nearest span still open, from here upwards within the same Call. */
  nearestOpenSpan(): OpenSpan | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope.call !== this.call) return undefined;
      if (scope.span?.isOpen) return scope.span;
    }
    return undefined;
  }
}
