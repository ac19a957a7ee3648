import { Call, type Outcome } from "./call.js";
import { nowMs } from "./clock.js";
import { OpenSpan, type SpanEnding } from "./open-span.js";
import type { Plain } from "./plain.js";
import { type Method, Scope } from "./scope.js";
import { closeAs, type SettleEffects, settleNested, settleRoot } from "./settle.js";
import { SpanStatusCode, type SpanType } from "./span.js";
import { Tombstones } from "./tombstones.js";

export interface SpanInit {
  readonly name: string;
  readonly spanType: SpanType;
  /** The Runnable whose run this is, where it is known. */
  readonly self?: object | undefined;
  /** Inner plumbing of LangGraph: gets no span, its children hang under its parent. */
  readonly hidden?: boolean;
}

export interface SpanEnd {
  readonly error?: { readonly message: string; readonly event: Record<string, Plain> };
}

export interface CollectorEffects extends SettleEffects {
  readonly onOpened: () => void;
  /** Takes a sealed Call: nothing in it changes any more. */
  readonly onSealed: (call: Call) => void;
  readonly onDrop: (reason: "late_span" | "open_calls", count: number) => void;
  readonly destination: () => unknown;
  readonly tags: () => Record<string, string>;
  readonly isSampled: () => boolean;
  readonly maxOpenCalls: () => number;
}

/** How long a settled Call waits for branches that are still running. */
const LINGER_MS = 10_000;

/** Puts spans and scopes together to Calls, and hands each on when it is complete. Knows no LangChain. */
export class Collector {
  readonly #effects: CollectorEffects;
  /** Spans by LangChain's run id, until their Call is sealed; undefined for a run of an unsampled Call. */
  readonly #runs = new Map<string, OpenSpan | undefined>();
  readonly #sealed = new Tombstones();
  readonly #open = new Set<Call>();
  /** Of the Call that settled last. */
  lastTraceId: string | undefined;

  constructor(effects: CollectorEffects) {
    this.#effects = effects;
  }

  get openCalls(): number {
    return this.#open.size;
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
    const named = parentRunId === undefined ? undefined : this.#runs.get(parentRunId);
    const call = named?.call ?? parent?.call;
    if (call) return nestedScope({ call, parent, self, method, input });
    const batch = parent?.batch;
    if (method === "batch") {
      return new Scope({
        parent,
        self,
        method,
        input,
        batch: batch ?? { inputs: input, calls: [] },
      });
    }
    const opened = this.#openCall();
    batch?.calls.push(opened);
    opened.root = new Scope({ call: opened, parent: undefined, self, method, input });
    return opened.root;
  }

  #openCall(): Call {
    const isFull = this.#open.size >= this.#effects.maxOpenCalls();
    if (isFull) this.#effects.onDrop("open_calls", 1);
    const call = new Call({
      sampled: !isFull && this.#effects.isSampled(),
      destination: this.#effects.destination(),
      tags: this.#effects.tags(),
      startMs: nowMs(),
    });
    if (call.sampled) {
      if (this.#open.size === 0) this.#effects.onOpened();
      this.#open.add(call);
    }
    return call;
  }

  /** A run has started. Returns its span, or undefined when it gets none (or has one already). */
  startSpan(
    runId: string,
    init: SpanInit,
    parentRunId: string | undefined,
    scope: Scope | undefined,
  ): OpenSpan | undefined {
    if (this.#runs.has(runId) || this.#isOutside(runId, parentRunId)) return undefined;
    const named = parentRunId === undefined ? undefined : this.#runs.get(parentRunId);
    const around = scope && isAlive(scope) ? scope : undefined;
    const own = ownScope(around, init.self, named);
    // A further run of the same Runnable in one scope is the first one's sibling.
    const isOfScope = own !== undefined || (around !== undefined && init.self === around.self);
    const parent = named ?? (isOfScope ? around?.parent : around)?.nearestOpenSpan();
    const call = parent?.call ?? this.#callOfRun(around);
    if (!call.sampled) {
      this.#runs.set(runId, undefined);
      return undefined;
    }
    if (init.hidden && parent) {
      this.#runs.set(runId, parent);
      call.hiddenRunIds.push(runId);
      return undefined;
    }
    const span = new OpenSpan(call, init.name, init.spanType, runId);
    span.parent = parent;
    span.scope = own ?? around;
    if (own) own.span = span;
    call.spans.push(span);
    call.pending += 1;
    this.#runs.set(runId, span);
    return span;
  }

  /** A run below an unsampled one is not recorded; one below a complete trace is counted, never a new root. */
  #isOutside(runId: string, parentRunId: string | undefined): boolean {
    if (parentRunId === undefined) return false;
    if (this.#runs.has(parentRunId)) {
      if (this.#runs.get(parentRunId)) return false;
      this.#runs.set(runId, undefined);
      return true;
    }
    if (!this.#sealed.has(parentRunId)) return false;
    this.#sealed.add(runId);
    this.#effects.onDrop("late_span", 1);
    return true;
  }

  /** The Call of a run without parent: its scope's, the next item's of a batch, or one of its own. */
  #callOfRun(scope: Scope | undefined): Call {
    if (scope?.call) return scope.call;
    const call = this.#openCall();
    scope?.batch?.calls.push(call);
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
      span.close("error", SpanStatusCode.ERROR, end.error.message);
    } else span.close("complete", SpanStatusCode.OK);
    const { call } = span;
    this.#release(call, 1);
    // A run outside of any scope is its Call's own end.
    if (!span.parent && !call.root && !span.scope?.batch) this.#settleCall(call);
  }

  /** A scope has ended, as the host saw it; only the first word counts. */
  settle(scope: Scope, outcome: Outcome): void {
    if (scope.settled) return;
    scope.settled = true;
    const { call, batch } = scope;
    if (batch && scope.parent?.batch !== batch) this.#settleItems(batch.calls, outcome);
    if (call && call.state !== "sealed") this.#settleIn(call, scope, outcome);
    // Timers and queues keep dead contexts alive: they shall not keep what the app passed in.
    scope.input = undefined;
  }

  #settleIn(call: Call, scope: Scope, outcome: Outcome): void {
    if (call.root === scope) this.#settleCall(call, outcome);
    else if (call.sampled) {
      const closed = settleNested(scope, call, outcome, this.#effects);
      this.#release(call, closed + (countsAsPending(scope) ? 1 : 0));
    }
  }

  /** The items whose runs were all started up front have no scope of their own. */
  #settleItems(calls: readonly Call[], outcome: Outcome): void {
    calls.forEach((call, index) => {
      if (call.root) return;
      const isList = outcome.kind === "returned" && Array.isArray(outcome.value);
      this.#settleCall(call, isList ? { kind: "returned", value: outcome.value[index] } : outcome);
    });
  }

  #settleCall(call: Call, outcome?: Outcome): void {
    if (call.state !== "open") return;
    if (!call.sampled) {
      call.state = "sealed";
      return;
    }
    if (outcome) call.pending -= settleRoot(call, outcome, this.#effects);
    call.state = "settled";
    this.lastTraceId = call.traceId;
    if (call.pending <= 0) this.#seal(call);
    else {
      call.lingering = setTimeout(() => this.#seal(call), LINGER_MS);
      call.lingering.unref();
    }
  }

  #release(call: Call, count: number): void {
    call.pending -= count;
    if (call.state === "settled" && call.pending <= 0) this.#seal(call);
  }

  #seal(call: Call, ending: SpanEnding = "abandoned"): void {
    if (call.state === "sealed") return;
    call.state = "sealed";
    clearTimeout(call.lingering);
    this.#open.delete(call);
    for (const span of call.spans) {
      if (span.isOpen) closeAs(span, ending);
      if (span.runId !== undefined) this.#bury(span.runId);
      span.scope = undefined;
    }
    for (const runId of call.hiddenRunIds) this.#bury(runId);
    call.root = undefined;
    if (call.spans.length > 0) this.#effects.onSealed(call);
  }

  #bury(runId: string): void {
    this.#runs.delete(runId);
    this.#sealed.add(runId);
  }

  /** Seals what has settled and only waits for branches still running. */
  sealSettled(): void {
    for (const call of this.#open) if (call.state === "settled") this.#seal(call);
  }

  /** The process ends: every open Call ends with it. */
  sealAll(): void {
    for (const call of this.#open) {
      this.#settleCall(call, { kind: "process_exit" });
      this.#seal(call, "process_exit");
    }
  }
}

function nestedScope(init: {
  call: Call;
  parent: Scope | undefined;
  self: object;
  method: Method;
  input: unknown;
}): Scope {
  const scope = new Scope(init);
  if (countsAsPending(scope)) init.call.pending += 1;
  return scope;
}

/** A promise settles in the end; a generator may never be started, and is held open by its spans alone. */
function countsAsPending(scope: Scope): boolean {
  return scope.method === "invoke" && scope.call?.root !== scope;
}

/** Whether what starts in this scope still belongs to its Call; a late timer's context does not. */
function isAlive(scope: Scope): boolean {
  if (!scope.call) return !scope.settled;
  if (scope.call.state === "open") return true;
  if (scope.call.state === "sealed") return false;
  return !scope.settled || scope.nearestOpenSpan() !== undefined;
}

/** The scope whose own run this is, if it is one: the first run of the same Runnable in it. */
function ownScope(
  scope: Scope | undefined,
  self: object | undefined,
  named: OpenSpan | undefined,
): Scope | undefined {
  if (!scope?.call || scope.span || scope.method === "batch") return undefined;
  if (self !== undefined && self !== scope.self) return undefined;
  return named === undefined || named.call === scope.call ? scope : undefined;
}
