import type { ErrorTexts } from "../trace/exception.js";
import { SpanStatusCode } from "../trace/span.js";
import { type Batch, type Call, OpenSpan, Scope } from "./call.js";
import type { CalledMethod, CalledRoot } from "./called-root.js";
import { OpenCalls, type OpenCallsEffects } from "./open-calls.js";
import { type Outcome, outcomeOfItem } from "./outcome.js";
import {
  countsAsPending,
  isAlive,
  isCutOff,
  nestedScope,
  type PlaceOfRun,
  placeOfRun,
  unrecordedScope,
} from "./place.js";
import type { SpanInit } from "./recorded-span.js";
import { RunIndex } from "./run-index.js";
import { settleNested } from "./settle.js";
import { runStartHooks } from "./span-hooks.js";
import { SpansByHand, type SpansByHandEffects } from "./spans-by-hand.js";

export interface SpanEnd {
  readonly error?: ErrorTexts;
}

export interface CollectorEffects
  extends Omit<OpenCallsEffects, "onRefused">,
    Pick<SpansByHandEffects, "enclosingRunId"> {
  readonly onDrop: (reason: "late_span" | "late_result" | "open_calls", count: number) => void;
}

/** Assembles spans and scopes to Calls and emits each Call when it is complete. Does not depend on LangChain. */
export class Collector {
  readonly #effects: CollectorEffects;
  readonly #calls: OpenCalls;
  readonly #runs = new RunIndex();
  /** The Call of a trace that is not complete. */
  readonly findCall = (traceId: string): Call | undefined => this.#calls.find(traceId);
  readonly byHand: SpansByHand;

  constructor(effects: CollectorEffects) {
    this.#effects = effects;
    this.#calls = new OpenCalls({
      ...effects,
      onRefused: () => effects.onDrop("open_calls", 1),
      onSealed: (call) => {
        this.#runs.endRunsOf(call);
        if (call.spans.length > 0) effects.onSealed(call);
      },
    });
    this.byHand = new SpansByHand({ ...effects, calls: this.#calls, runs: this.#runs });
  }

  get openCalls(): number {
    return this.#calls.size;
  }

  /** The trace id of the Call that settled last. */
  get lastTraceId(): string | undefined {
    return this.#calls.lastTraceId;
  }

  get traceCount(): number {
    return this.#calls.traceCount;
  }

  get openRuns(): number {
    return this.#runs.size;
  }

  /** The span of a run whose trace is not complete. */
  spanOfRun(runId: string): OpenSpan | undefined {
    const span = this.#runs.get(runId);
    return span?.runId === runId ? span : undefined;
  }

  /** Whether the run is one of a Call that is not complete, or is skipped. */
  knows(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Whether the run is not recorded, since it is not sampled or the app excludes it. */
  isSkipped(runId: string): boolean {
    return this.#runs.isSkipped(runId);
  }

  /** Opens the scope of a call that starts now, in the Call it belongs to or in a new one. */
  openScope(
    called: CalledMethod,
    current: Scope | undefined,
    parentRunId: string | undefined,
  ): Scope {
    const { self, method, input } = called;
    const parent = current && isAlive(current) ? current : undefined;
    const configParent = this.#runs.get(parentRunId);
    const call = configParent?.call ?? parent?.call;
    if (!configParent && isCutOff(current)) return unrecordedScope(called, "cut off");
    if (!configParent && this.#runs.isUnrecorded(parentRunId)) {
      return unrecordedScope(called, "below a skipped run");
    }
    if (call && called.isExcluded) return unrecordedScope(called, "excluded");
    if (call) return nestedScope({ self, method, input, call, parent, configParent });
    const batch = parent?.batch;
    if (method === "batch") {
      const newBatch = { self, inputs: input, calls: [] };
      return new Scope({ self, method, input, parent, batch: batch ?? newBatch });
    }
    const opened = this.#openCall(batch ? { ...called, self: batch.self } : called, batch);
    opened.root = new Scope({ self, method, input, call: opened, parent: undefined });
    return opened.root;
  }

  /** A run has started. Returns its span, or undefined if it gets none or has one already. */
  startSpan(
    runId: string,
    init: SpanInit,
    parentRunId: string | undefined,
    scope: Scope | undefined,
  ): OpenSpan | undefined {
    if (this.#runs.has(runId) || this.#isOutside(runId, parentRunId, scope)) return undefined;
    const place = placeOfRun(scope, init.self, this.#runs.get(parentRunId));
    const { own, parent } = place;
    const call = parent?.call ?? this.#callOfRun(place.around, init);
    if (init.policy) call.hasPolicy = true;
    if (!call.sampled || init.isExcluded || scope?.call?.isExcluded) this.#runs.skip(runId);
    else if (init.hidden && parent) this.#hide(runId, call, parent, own);
    else return this.#record(runId, call, init, place);
    return undefined;
  }

  #record(runId: string, call: Call, init: SpanInit, place: PlaceOfRun): OpenSpan {
    const { around, own, parent, isNamed } = place;
    const { name, spanType, classPath, policy } = init;
    const start = { name, spanType, runId, classPath, isNamed, policy };
    const span = new OpenSpan(call, start, parent ?? call.rootByHand);
    span.setScope(own ?? around);
    if (own) own.span = span;
    call.spans.push(span);
    call.pending += 1;
    this.#runs.set(runId, span);
    runStartHooks(span, init.self);
    return span;
  }

  /** A hidden run shares its parent's span, which becomes the parent of its children. */
  #hide(runId: string, call: Call, parent: OpenSpan, own: Scope | undefined): void {
    if (own) own.isHidden = true;
    this.#runs.set(runId, parent);
    call.hiddenRunIds.push(runId);
  }

  /** Whether the run is not recorded: below a skipped run, or below a complete trace, where it is counted. */
  #isOutside(runId: string, parentRunId: string | undefined, scope: Scope | undefined): boolean {
    if (this.#runs.get(parentRunId)) return false;
    if (parentRunId !== undefined && this.#runs.isSkipped(parentRunId)) {
      this.#runs.skip(runId);
      return true;
    }
    const isLate = parentRunId === undefined ? isCutOff(scope) : this.#runs.hasEnded(parentRunId);
    if (!isLate) return false;
    this.#runs.end(runId);
    this.#effects.onDrop("late_span", 1);
    return true;
  }

  /** The Call of a run without a parent: that of its scope, of the next item of a batch, or a new one. */
  #callOfRun(scope: Scope | undefined, init: SpanInit): Call {
    if (scope?.call) return scope.call;
    const { name: runName, metadata, isExcluded = false } = init;
    const called = { config: { runName, metadata }, isExcluded };
    const batch = scope?.batch;
    if (!batch) return this.#calls.open({ ...called, self: undefined, input: init.input });
    const input = Array.isArray(batch.inputs) ? batch.inputs[batch.calls.length] : undefined;
    return this.#openCall({ ...called, self: batch.self, input }, batch);
  }

  #openCall(called: CalledRoot, batch: Batch | undefined): Call {
    const call = this.#calls.open(called);
    if (batch) call.item = batch.calls.push(call) - 1;
    return call;
  }

  /** A run has ended. Only the first report counts: LangChain may report the end of a stream after it was left. */
  endSpan(runId: string, end: SpanEnd): void {
    const span = this.#runs.get(runId);
    if (!span && this.#runs.takeUnfinished(runId)) this.#effects.onDrop("late_result", 1);
    // A hidden run shares its parent's span.
    if (span?.runId !== runId || !span.isOpen) return;
    if (end.error) {
      span.setMissingOutputs();
      span.addEvent("exception", end.error.event);
      span.call.reportedErrors.add(end.error.thrown);
      span.close("error", SpanStatusCode.ERROR, end.error.message);
    } else span.close("complete", SpanStatusCode.OK);
    const { call } = span;
    this.#calls.release(call, 1);
    // The end of a root run outside of any scope is the end of its Call.
    if (!span.parent && !call.root && !span.scope?.batch) this.#calls.settle(call);
  }

  /** A scope has ended, as the app saw it. Only the first report counts. */
  settle(scope: Scope, outcome: Outcome): void {
    if (scope.settled) return;
    scope.settled = true;
    const { call, batch } = scope;
    if (scope.method === "invoke") scope.parent?.nested?.ended(outcome);
    if (batch && scope.parent?.batch !== batch) this.#settleBatch(batch, outcome);
    if (!call) scope.release();
    if (call && call.state !== "sealed") this.#settleIn(call, scope, outcome);
    // A call without a run, which did nothing that handlers report.
    if (scope.isUnfinished && !scope.nested) this.#effects.onDrop("late_result", 1);
    // Timers and queues keep their async context, and with it this scope, in memory.
    scope.dropValues();
  }

  #settleIn(call: Call, scope: Scope, outcome: Outcome): void {
    if (call.root === scope) this.#calls.settle(call, outcome);
    else if (call.sampled) {
      const closed = settleNested(scope, call, outcome, this.#effects);
      this.#calls.release(call, closed + (countsAsPending(scope) ? 1 : 0));
    }
  }

  /** Settles the items that have no scope of their own, since their runs were all started before the first one ended. */
  #settleBatch(batch: Batch, outcome: Outcome): void {
    batch.calls.forEach((call, index) => {
      if (call.root) return;
      this.#calls.settle(call, outcomeOfItem(outcome, index));
    });
    batch.calls.length = 0;
    batch.inputs = undefined;
  }

  /** See {@link OpenCalls}. */
  abandon(call: Call): void {
    this.#calls.abandon(call);
  }

  /** See {@link OpenCalls}. */
  sealSettled(): void {
    this.#calls.sealSettled();
  }

  /** See {@link OpenCalls}. */
  sealAll(isIdle = false): void {
    this.#calls.sealAll(isIdle);
  }
}
