import { StreamedText } from "../data/streamed-text.js";
import { nowMs } from "../trace/clock.js";
import type { SpanLink } from "../trace/span.js";
import type { Method } from "./method.js";
import { NestedCalls } from "./nested-calls.js";
import type { Outcome } from "./outcome.js";
import { RecordedCall } from "./recorded-call.js";
import { type RecordedEvent, RecordedSpan, type SpanStart } from "./recorded-span.js";

/** The items of one root `batch`. Some classes start the runs of all items before the first one ends. */
export interface Batch {
  /** The object whose method was called. */
  readonly self: object;
  inputs: unknown;
  /** In the order in which they were opened, which is the order of the items only in such classes. */
  readonly calls: Call[];
}

/**
 * One root call of the app, or one item of a root batch. It becomes one trace.
 * open → settled (its outcome is fixed) → sealed (nothing is added any more; it goes to the queue).
 */
export class Call extends RecordedCall {
  readonly spans: OpenSpan[] = [];
  /** All scopes opened in the Call. Cleared when it is sealed. */
  readonly scopes: Scope[] = [];
  state: "open" | "settled" | "sealed" = "open";
  /** The Call ends when this scope ends. Undefined if a run started outside of any scope. */
  root: Scope | undefined;
  /** The span by hand that opened the Call, which ends with it. */
  rootByHand: OpenSpan | undefined;
  /** Number of open spans and of nested calls that have not settled. */
  pending = 0;
  /** Spans that say nothing else than their parent: they are removed at the end. */
  repeats: Set<OpenSpan> | undefined;
  /** Streams without a run that have yielded a value and are open. */
  readonly streaming = new Set<Scope>();
  lingering: NodeJS.Timeout | undefined;
}

/** A Call that records nothing. */
export function unrecordedCall(state: Call["state"], timedOut = false): Call {
  const init = { sampled: false, destination: undefined, tags: {}, startMs: 0 };
  return Object.assign(new Call(init), { state, timedOut });
}

// What released scopes refer to: timers and sockets may keep a scope in memory for long.
const SEALED_CALL = unrecordedCall("sealed");
const TIMED_OUT_CALL = unrecordedCall("sealed", true);
const UNSAMPLED_CALL = unrecordedCall("open");
const EXCLUDED_CALL = Object.assign(unrecordedCall("open"), { isExcluded: true });
const RELEASED = Object.freeze({});

/** The place of a span in its Call, and what depends on the Call. */
class PlacedSpan extends RecordedSpan {
  readonly call: Call;
  parent: OpenSpan | undefined;
  /** The scope it started in. Cleared when the Call is sealed. */
  scope: Scope | undefined;

  constructor(call: Call, start: SpanStart, parent?: OpenSpan) {
    super(start);
    this.call = call;
    this.parent = parent;
  }

  setParent(parent: OpenSpan | undefined): void {
    this.parent = parent;
  }

  setScope(scope: Scope | undefined): void {
    this.scope = scope;
  }

  /** Adds a token to the streamed text, and its characters to those of the trace. */
  addToken(token: string): void {
    this.streamed ??= new StreamedText();
    this.call.characters += this.streamed.add(token);
    if (!this.scope) this.lastEventMs = nowMs();
  }

  /** Its links, with those that a root of the Call has. */
  get allLinks(): readonly SpanLink[] {
    const ofRoot = this.parent ? undefined : this.call.rootLinks;
    return [...(ofRoot ?? []), ...(this.links ?? [])];
  }

  /** The id of the parent, which may be a span of another process. */
  get parentId(): string | undefined {
    return this.parent?.spanId ?? this.call.remoteParent?.spanId;
  }

  /** Whether `ancestor` is this span or above it. */
  isWithin(ancestor: OpenSpan): boolean {
    for (let span: OpenSpan | undefined = this; span; span = span.parent) {
      if (span === ancestor) return true;
    }
    return false;
  }
}

/** A span that is being recorded. Its fields are readonly here: only its own methods change them. */
export interface OpenSpan extends Readonly<Omit<PlacedSpan, "events">> {
  readonly events: readonly RecordedEvent[] | undefined;
}

export const OpenSpan: new (call: Call, start: SpanStart, parent?: OpenSpan) => OpenSpan =
  PlacedSpan;

type ScopeLinks = Pick<Scope, "call" | "batch" | "configParent">;

/** One call of one method of one Runnable. Scopes give context (which span is the parent?) and settle; the callback handler makes the spans. */
export class Scope {
  parent: Scope | undefined;
  self: object;
  readonly method: Method;
  readonly startMs = nowMs();
  /** Undefined in a root `batch`, where each item has a Call: see `batch`. */
  call: Call | undefined;
  readonly batch: Batch | undefined;
  /** Number of spans of the Call when this scope opened: the spans that started in it come after. */
  readonly firstSpanIndex: number;
  input: unknown;
  /** The span of the run that this Runnable made here. */
  span: OpenSpan | undefined;
  /** The span of the run that the call's config named as parent. */
  configParent: OpenSpan | undefined;
  nested: NestedCalls | undefined;
  /** A generator that yields the chunks of another one: they are not compared. */
  isRelay = false;
  /** What `self.toJSON()` returned in this scope: LangChain passes it to handlers to identify the Runnable. */
  serialized: object | undefined;
  /** Its run has no span of its own. */
  isHidden = false;
  settled = false;
  /** The Call was sealed while this call, which has no span, was running. */
  isUnfinished = false;
  /** The config of the call. */
  config: unknown;
  /** For `stream`: the caller's signal. */
  signal: AbortSignal | undefined;
  /** For `stream`: the generator that was opened in it, which reports how it ends. */
  driver: { thrown(error: unknown): void } | undefined;

  constructor(init: Pick<Scope, "parent" | "self" | "method" | "input"> & Partial<ScopeLinks>) {
    this.parent = init.parent;
    this.self = init.self;
    this.method = init.method;
    this.input = init.input;
    this.call = init.call;
    this.batch = init.batch;
    this.configParent = init.configParent;
    this.firstSpanIndex = init.call?.spans.length ?? 0;
    init.call?.scopes.push(this);
  }

  /** Drops all references: the Call is complete, but timers, sockets and queues may keep this scope as their context. */
  release(): void {
    this.isUnfinished = this.method === "invoke" && !this.settled && !this.span;
    if (this.call) this.call = this.call.timedOut ? TIMED_OUT_CALL : SEALED_CALL;
    this.self = RELEASED;
    this.parent = undefined;
    this.span = undefined;
    this.configParent = undefined;
    this.signal = undefined;
    this.driver = undefined;
  }

  /** For a stream that is not sampled: it goes on, and nothing in it is recorded. */
  stopRecording(): void {
    this.call = this.call?.isExcluded ? EXCLUDED_CALL : UNSAMPLED_CALL;
    this.self = RELEASED;
    this.input = undefined;
    this.config = undefined;
    this.nested = undefined;
    this.signal = undefined;
  }

  /** Drops what is needed only while the call runs. */
  dropValues(): void {
    this.input = undefined;
    this.config = undefined;
    this.serialized = undefined;
    this.nested = undefined;
    this.driver = undefined;
  }

  /** A call of `self` with `input` starts in this scope. */
  noteNestedCall(self: object, input: unknown): void {
    this.nested ??= new NestedCalls();
    this.nested.add(self === this.self, Object.is(this.input, input));
  }

  /** Whether the Runnable only passed its input to another one and returned the result, as a binding does. */
  onlyForwards(outcome: Outcome): boolean {
    const { nested, method } = this;
    if (!nested?.isOnlyOne) return false;
    if (nested.isOwnMethod || method === "stream") return true;
    return method === "invoke" ? nested.endedLike(outcome) : this.isRelay;
  }

  isWithin(ancestor: Scope): boolean {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope === ancestor) return true;
    }
    return false;
  }

  /** The span in which the scope opened: the one that its config named, or a nearer one. */
  enclosingSpan(startMs = this.startMs): OpenSpan | undefined {
    const { parent, configParent } = this;
    const isInCall = parent?.call === this.call;
    const own = isInCall && parent?.span?.wasOpenAt(startMs) ? parent.span : undefined;
    // While the scope around it runs, that scope's own span, if it gets one, does not exist yet.
    const atMs = parent?.settled === false ? parent.startMs : startMs;
    const span = own ?? (isInCall ? parent?.enclosingSpan(atMs) : undefined);
    return configParent?.wasOpenAt(startMs) && !span?.isWithin(configParent) ? configParent : span;
  }

  /** The nearest span, from here upwards within the Call, that is open, or was when a call began that is still running. */
  nearestSpan(): OpenSpan | undefined {
    let inner: Scope | undefined;
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope.call !== this.call) return undefined;
      if (scope.span && isSpanOf(scope.span, inner)) return scope.span;
      if (scope.configParent && isSpanOf(scope.configParent, scope)) return scope.configParent;
      // `stream` ends when it has returned its stream object.
      if (scope.method !== "stream") inner = scope;
    }
    return undefined;
  }
}

function isSpanOf(span: OpenSpan, scope: Scope | undefined): boolean {
  if (span.isOpen) return true;
  if (!scope || scope.settled || scope.span?.isOpen === false) return false;
  return span.wasOpenAt(scope.startMs);
}
