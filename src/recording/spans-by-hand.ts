import { SpanStatusCode } from "../trace/span.js";
import { type Call, OpenSpan, Scope } from "./call.js";
import type { RemoteParent } from "./call-values.js";
import type { CalledRoot } from "./called-root.js";
import { closeSpan, type SettleEffects } from "./close-span.js";
import type { OpenCalls } from "./open-calls.js";
import { isAlive, isCutOff } from "./place.js";
import type { SpanStart } from "./recorded-span.js";
import type { RunIndex } from "./run-index.js";
import { currentScope } from "./scopes.js";
import { runStartHooks } from "./span-hooks.js";

export interface SpansByHandEffects extends SettleEffects {
  readonly calls: OpenCalls;
  readonly runs: RunIndex;
  /** The LangChain run in which the current code runs, if LangChain keeps a context. */
  readonly enclosingRunId: () => string | undefined;
  /** Called when a span starts below a trace that is complete. */
  readonly onDrop: (reason: "late_span", count: number) => void;
}

/** Where a span that starts here belongs. Without a Call, it is the root of a new one. */
interface Place {
  readonly call: Call | undefined;
  readonly parent: OpenSpan | undefined;
  readonly around: Scope | undefined;
}

export interface StartByHand {
  /** Undefined: the active span. Null: the span is the root of a new trace. */
  readonly parent?: OpenSpan | null | undefined;
  /** Whether the span is to be the active span of code that is called in its scope. */
  readonly isActive: boolean;
  /** Whether the span may be the root of a new trace. */
  readonly mayBeRoot: boolean;
  /** Sets the first values, before the app's functions receive the span. */
  readonly fill: (span: OpenSpan) => void;
}

/** Without a span, nothing is recorded. Code of the span is called in the scope, if there is one. */
export interface Started {
  readonly span?: OpenSpan;
  readonly scope?: Scope;
}

const ROOT: Place = { call: undefined, parent: undefined, around: undefined };

/** Spans that the app starts and ends itself. They are in the same Calls and scopes as the calls of LangChain. */
export class SpansByHand {
  readonly #effects: SpansByHandEffects;

  constructor(effects: SpansByHandEffects) {
    this.#effects = effects;
  }

  /** The span around the current code. */
  active(): OpenSpan | undefined {
    const place = this.#placeHere();
    return place === "late" ? undefined : place?.parent;
  }

  /** The Call of the current code. Its span may not exist yet. */
  activeCall(): Call | undefined {
    const place = this.#placeHere();
    return place === "late" ? undefined : place?.call;
  }

  /** The scope of code that continues a trace of this process: it is below this span. Undefined if the trace is complete. */
  scopeBelow({ traceId, spanId }: RemoteParent): Scope | undefined {
    const call = this.#effects.calls.find(traceId);
    const span = call?.spans.find((one) => one.spanId === spanId && one.isOpen);
    if (!call || !span) return undefined;
    const scope = openScope(call, undefined);
    scope.span = span;
    return scope;
  }

  /** Whether the current code is excluded from tracing: by the app, or because its trace is not sampled. */
  isExcluded(): boolean {
    return this.#placeHere() === undefined;
  }

  start(init: SpanStart, { parent, isActive, mayBeRoot, fill }: StartByHand): Started {
    const place = parent ? placeBelow(parent) : parent === null ? ROOT : this.#placeHere();
    if (place === "late") this.#effects.onDrop("late_span", 1);
    if (place === "late" || !place || !(place.call || mayBeRoot)) return {};
    const call = place.call ?? this.#effects.calls.open(rootOf(init, parent === null));
    if (!call.sampled) return isActive ? { scope: openScope(call, undefined) } : {};
    const start = { ...init, isByHand: true };
    const span = new OpenSpan(call, start, place.parent ?? call.rootByHand);
    if (!place.call) call.rootByHand = span;
    call.spans.push(span);
    call.pending += 1;
    call.hasSpansByHand = true;
    fill(span);
    runStartHooks(span);
    if (!isActive) {
      span.setScope(place.around);
      return { span };
    }
    const scope = openScope(call, place.around);
    scope.span = span;
    span.setScope(scope);
    return { span, scope };
  }

  /** Ends a span. A status that the app has set remains, except that a span without one is OK. */
  end(span: OpenSpan, atMs?: number): void {
    if (!span.isOpen) return;
    const isError = span.status === SpanStatusCode.ERROR;
    const status = isError ? SpanStatusCode.ERROR : SpanStatusCode.OK;
    span.close(isError ? "error" : "complete", status, span.statusMessage, atMs);
    this.#release(span);
  }

  /** Ends a span whose code threw. */
  fail(span: OpenSpan, error: unknown): void {
    if (!span.isOpen) return;
    closeSpan(span, { kind: "thrown", error }, this.#effects);
    this.#release(span);
  }

  /** Ends a span whose generator was left before its end. `atMs` is the time of its last value. */
  leave(span: OpenSpan, kind: "cancelled" | "abandoned", atMs?: number): void {
    if (!span.isOpen) return;
    span.close(kind, SpanStatusCode.OK, "", atMs);
    this.#release(span);
  }

  /** The code of the scope has ended. */
  leaveScope(scope: Scope): void {
    scope.settled = true;
    scope.dropValues();
    const { call } = scope;
    if (call && !call.sampled) this.#effects.calls.settle(call);
  }

  #release(span: OpenSpan): void {
    const { calls } = this.#effects;
    const { call } = span;
    calls.release(call, 1);
    if (call.rootByHand === span) calls.settle(call);
  }

  /** Undefined where nothing is recorded. */
  #placeHere(): Place | "late" | undefined {
    const current = currentScope();
    if (current?.call?.isExcluded) return undefined;
    if (isCutOff(current)) return "late";
    const scope = current && isAlive(current) ? current : undefined;
    const call = scope?.call;
    if (call && !call.sampled) return undefined;
    const parent = scope?.nearestSpan();
    const place = call ? { call, parent, around: scope } : ROOT;
    return this.#placeInRun(place);
  }

  /** A call that is not patched has no scope: there is a tracer, or its class is found during the call. LangChain's own context has its run. */
  #placeInRun(place: Place): Place | undefined {
    const { enclosingRunId, runs } = this.#effects;
    const runId = enclosingRunId();
    if (runId === undefined || !runs.has(runId)) return place;
    const run = runs.get(runId);
    const { around, parent } = place;
    if (!run) return around ? place : undefined;
    if (!run.isOpen || parent?.isWithin(run)) return place;
    // The scope of a LangChain call is exact, except that a run in it may have none.
    const isExact = parent !== undefined && around !== undefined && around.method !== "span";
    return isExact && !run.isWithin(parent) ? place : placeIn(run, around);
  }
}

/** A filter of root calls receives the name. The inputs are not known yet. */
function rootOf({ name }: SpanStart, isNewTrace: boolean): CalledRoot {
  const config = { runName: name };
  return { self: undefined, input: undefined, config, isExcluded: false, isNewTrace };
}

function placeBelow(parent: OpenSpan): Place | "late" {
  return parent.call.state === "sealed" ? "late" : placeIn(parent, currentScope());
}

function placeIn(parent: OpenSpan, scope: Scope | undefined): Place {
  const { call } = parent;
  return { call, parent, around: scope?.call === call ? scope : undefined };
}

function openScope(call: Call, parent: Scope | undefined): Scope {
  return new Scope({ parent, self: {}, method: "span", input: undefined, call });
}
