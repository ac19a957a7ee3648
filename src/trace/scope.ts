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
  /** Its run is plumbing that gets no span. */
  isHidden = false;
  settled = false;
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

  isWithin(ancestor: Scope): boolean {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope === ancestor) return true;
    }
    return false;
  }

  /** The nearest span still open, from here upwards within the same Call. */
  nearestOpenSpan(): OpenSpan | undefined {
    for (let scope: Scope | undefined = this; scope?.call === this.call; scope = scope?.parent) {
      if (scope?.span?.isOpen) return scope.span;
    }
    return undefined;
  }
}
