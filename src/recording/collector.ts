import type { ErrorTexts } from "../trace/exception.js";
import { SpanStatusCode } from "../trace/span.js";
import type { Batch, Call, Outcome } from "./call.js";
import { countsAsPending, cutOffScope, nestedScope, silentScope } from "./nested-scope.js";
import { type Called, OpenCalls, type OpenCallsEffects } from "./open-calls.js";
import { OpenSpan, type SpanInit } from "./open-span.js";
import { isAlive, isCutOff, type PlaceOfRun, placeOfRun } from "./place.js";
import { type Method, Scope } from "./scope.js";
import { settleNested } from "./settle.js";
import { Tombstones } from "./tombstones.js";

export interface SpanEnd {
  readonly error?: ErrorTexts;
}

export interface CollectorEffects extends Omit<OpenCallsEffects, "onRefused"> {
  readonly onDrop: (reason: "late_span" | "open_calls", count: number) => void;
}

/** Puts spans and scopes together to Calls, and hands each on when it is complete. Knows no LangChain. */
export class Collector {
  readonly #effects: CollectorEffects;
  readonly #calls: OpenCalls;
  /** Spans by LangChain's run id, until their Call is sealed; undefined for a run of an unsampled Call. */
  readonly #runs = new Map<string, OpenSpan | undefined>();
  readonly #sealed = new Tombstones();

  constructor(effects: CollectorEffects) {
    this.#effects = effects;
    this.#calls = new OpenCalls({
      ...effects,
      onRefused: () => effects.onDrop("open_calls", 1),
      onSealed: (call) => {
        for (const { runId } of call.spans) if (runId !== undefined) this.#bury(runId);
        for (const runId of call.hiddenRunIds) this.#bury(runId);
        if (call.spans.length > 0) effects.onSealed(call);
      },
    });
  }

  get openCalls(): number {
    return this.#calls.size;
  }

  /** Of the call that settled last. */
  get lastTraceId(): string | undefined {
    return this.#calls.lastTraceId;
  }

  get openRuns(): number {
    return this.#runs.size;
  }

  /** The span of a run, as long as its trace is not complete. */
  spanOfRun(runId: string): OpenSpan | undefined {
    const span = this.#runs.get(runId);
    return span?.runId === runId ? span : undefined;
  }

  /** Opens the scope of a call that starts now, in the Call it belongs to, or in a new one. */
  openScope(
    self: object,
    method: Method,
    input: unknown,
    current: Scope | undefined,
    parentRunId: string | undefined,
  ): Scope {
    const parent = current && isAlive(current) ? current : undefined;
    const under = parentRunId === undefined ? undefined : this.#runs.get(parentRunId);
    const call = under?.call ?? parent?.call;
    if (!under && isCutOff(current)) return cutOffScope(self, method, input);
    if (!under && this.#isUnrecorded(parentRunId)) return silentScope(self, method, input);
    if (call) return nestedScope({ call, parent, self, method, input, under });
    const batch = parent?.batch;
    if (method === "batch") {
      return new Scope({
        parent,
        self,
        method,
        input,
        batch: batch ?? { self, inputs: input, calls: [] },
      });
    }
    const opened = this.#openCall({ self: batch?.self ?? self, input }, batch);
    opened.root = new Scope({ call: opened, parent: undefined, self, method, input });
    return opened.root;
  }

  /** A run has started. Returns its span, or undefined when it gets none (or has one already). */
  startSpan(
    runId: string,
    init: SpanInit,
    parentRunId: string | undefined,
    scope: Scope | undefined,
  ): OpenSpan | undefined {
    if (this.#runs.has(runId) || this.#isOutside(runId, parentRunId, scope)) return undefined;
    const named = parentRunId === undefined ? undefined : this.#runs.get(parentRunId);
    const place = placeOfRun(scope, init.self, named);
    const { own, parent } = place;
    const call = parent?.call ?? this.#callOfRun(place.around);
    if (init.policy) call.hasPolicy = true;
    if (!call.sampled) this.#runs.set(runId, undefined);
    else if (init.hidden && parent) this.#hide(runId, call, parent, own);
    else return this.#record(runId, call, init, place);
    return undefined;
  }

  /** A run of a root that is not sampled, or of a complete trace. */
  #isUnrecorded(runId: string | undefined): boolean {
    return runId !== undefined && (this.#runs.has(runId) || this.#sealed.has(runId));
  }

  #record(runId: string, call: Call, init: SpanInit, place: PlaceOfRun): OpenSpan {
    const { around, own, parent } = place;
    const span = new OpenSpan(call, init.name, init.spanType, runId);
    span.parent = parent;
    span.isNamed = place.isNamed;
    span.policy = init.policy;
    span.scope = own ?? around;
    if (own) own.span = span;
    call.spans.push(span);
    call.pending += 1;
    this.#runs.set(runId, span);
    return span;
  }

  /** A hidden run stands for its parent's span: what it calls hangs there. */
  #hide(runId: string, call: Call, parent: OpenSpan, own: Scope | undefined): void {
    if (own) own.isHidden = true;
    this.#runs.set(runId, parent);
    call.hiddenRunIds.push(runId);
  }

  /** A run below an unsampled one is not recorded; one below a complete trace is counted, never a new root. */
  #isOutside(runId: string, parentRunId: string | undefined, scope: Scope | undefined): boolean {
    if (parentRunId !== undefined && this.#runs.has(parentRunId)) {
      if (this.#runs.get(parentRunId)) return false;
      this.#runs.set(runId, undefined);
      return true;
    }
    const isLate = parentRunId === undefined ? isCutOff(scope) : this.#sealed.has(parentRunId);
    if (!isLate) return false;
    this.#sealed.add(runId);
    this.#effects.onDrop("late_span", 1);
    return true;
  }

  /** The Call of a run without parent: its scope's, the next item's of a batch, or one of its own. */
  #callOfRun(scope: Scope | undefined): Call {
    if (scope?.call) return scope.call;
    const batch = scope?.batch;
    if (!batch) return this.#calls.open();
    const input = Array.isArray(batch.inputs) ? batch.inputs[batch.calls.length] : undefined;
    return this.#openCall({ self: batch.self, input }, batch);
  }

  #openCall(called: Called, batch: Batch | undefined): Call {
    const call = this.#calls.open(called);
    if (batch) call.item = batch.calls.push(call) - 1;
    return call;
  }

  /** A run has ended. The first word counts: a stream that was left may hear of its end later. */
  endSpan(runId: string, end: SpanEnd): void {
    const span = this.#runs.get(runId);
    if (!span) {
      this.#runs.delete(runId);
      return;
    }
    // A hidden run stands for its parent's span.
    if (span.runId !== runId || !span.isOpen) return;
    if (end.error) {
      span.addEvent("exception", end.error.event);
      span.call.toldErrors.add(end.error.thrown);
      span.close("error", SpanStatusCode.ERROR, end.error.message);
    } else span.close("complete", SpanStatusCode.OK);
    const { call } = span;
    this.#calls.release(call, 1);
    // A run outside of any scope is its Call's own end.
    if (!span.parent && !call.root && !span.scope?.batch) this.#calls.settle(call);
  }

  /** A scope has ended, as the host saw it; only the first word counts. */
  settle(scope: Scope, outcome: Outcome): void {
    if (scope.settled) return;
    scope.settled = true;
    const { call, batch } = scope;
    const around = scope.parent?.handedOn;
    if (around && scope.method === "invoke") around.outcome = outcome;
    if (batch && scope.parent?.batch !== batch) this.#settleBatch(batch, outcome);
    if (!call) scope.release();
    if (call && call.state !== "sealed") this.#settleIn(call, scope, outcome);
    // Timers and queues keep dead contexts alive: they shall not keep what the app passed in.
    scope.input = undefined;
    scope.serialized = undefined;
    scope.handedOn = undefined;
    scope.driver = undefined;
  }

  #settleIn(call: Call, scope: Scope, outcome: Outcome): void {
    if (call.root === scope) this.#calls.settle(call, outcome);
    else if (call.sampled) {
      const closed = settleNested(scope, call, outcome, this.#effects);
      this.#calls.release(call, closed + (countsAsPending(scope) ? 1 : 0));
    }
  }

  /** The items whose runs were all started up front have no scope of their own. */
  #settleBatch(batch: Batch, outcome: Outcome): void {
    batch.calls.forEach((call, index) => {
      if (call.root) return;
      const isList = outcome.kind === "returned" && Array.isArray(outcome.value);
      this.#calls.settle(
        call,
        isList ? { kind: "returned", value: outcome.value[index] } : outcome,
      );
    });
    batch.calls.length = 0;
    batch.inputs = undefined;
  }

  #bury(runId: string): void {
    this.#runs.delete(runId);
    this.#sealed.add(runId);
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
