import { types } from "node:util";
import { guard } from "../base/log.js";
import { shared } from "../base/process-state.js";
import type { Plain } from "../data/plain.js";
import type { OpenSpan, Scope } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import { runInScope } from "../recording/scopes.js";
import type { Started } from "../recording/spans-by-hand.js";
import { nowMs } from "../trace/clock.js";

/** Later values of a generator are counted, but not recorded. */
const MAX_VALUES = 10_000;

type AnyGenerator = Generator | AsyncGenerator;
type MethodName = "next" | "return" | "throw";
const METHODS: readonly MethodName[] = ["next", "return", "throw"];

/** The span of one generator, from its first step to its end. */
class GeneratorSpan {
  readonly #open: () => Started;
  #started: Started | undefined;
  readonly #values: Plain[] = [];
  #dropped = 0;
  #lastMs = 0;

  constructor(open: () => Started) {
    this.#open = open;
  }

  /** The scope of the code of the generator. A generator that is never started has none. */
  scope(method: MethodName): Scope | undefined {
    if (method === "next") this.#started ??= this.#open();
    return this.#started?.scope;
  }

  readonly received = guard("a value of a generator", (result: unknown, method: MethodName) => {
    const { span } = this.#started ?? {};
    const { done, value } = result as IteratorResult<unknown>;
    if (done) this.#end(method);
    else if (span) this.#add(span, value);
  });

  readonly failed = guard("the failure of a generator", (error: unknown) => {
    const span = this.#finish();
    if (span) byHand().fail(span, error);
  });

  /** No code can read the generator any more. */
  readonly abandon = guard("a generator", () => {
    const span = this.#finish();
    if (span) byHand().leave(span, "abandoned", this.#lastMs || undefined);
  });

  #add(span: OpenSpan, value: unknown): void {
    this.#lastMs = nowMs();
    if (this.#values.length >= MAX_VALUES || !span.isOpen) this.#dropped += 1;
    else this.#values.push(getPipeline().recording.snapshot(value, span.call) ?? null);
  }

  #end(method: MethodName): void {
    const span = this.#finish();
    if (!span) return;
    if (method === "return") byHand().leave(span, "cancelled");
    else byHand().end(span);
  }

  /** Returns the span, the first time. */
  #finish(): OpenSpan | undefined {
    const { span, scope } = this.#started ?? {};
    this.#started = {};
    if (scope) byHand().leaveScope(scope);
    if (!span) return undefined;
    span.setMissingOutputs(this.#values);
    if (this.#dropped > 0) span.setAttribute("langchain.dropped_chunks", this.#dropped);
    return span;
  }
}

const byHand = () => getPipeline().recording.collector.byHand;

const left = () =>
  shared("leftGenerators", () => new FinalizationRegistry((span: GeneratorSpan) => span.abandon()));

/**
 * Returns a generator that yields the same values, within a span. The span starts at the first step, and is active only
 * while code of the generator runs. Its outputs are the list of values. A generator that is left early has those so far.
 */
export function traceGenerator(generator: AnyGenerator, open: () => Started): AnyGenerator {
  const span = new GeneratorSpan(open);
  // The prototype has the methods of iterators, which call these.
  const traced = Object.create(Object.getPrototypeOf(generator));
  for (const name of METHODS) {
    const value = (...args: [] | [unknown]) => step(generator, name, args, span);
    Object.defineProperty(traced, name, { value, configurable: true, writable: true });
  }
  left().register(traced, span);
  return traced;
}

function step(
  generator: AnyGenerator,
  name: MethodName,
  args: [] | [unknown],
  span: GeneratorSpan,
): unknown {
  const scope = span.scope(name);
  const method = generator[name] as (...args: unknown[]) => unknown;
  const call = () => method.apply(generator, args);
  let result: unknown;
  try {
    result = scope ? runInScope(scope, call) : call();
  } catch (error) {
    span.failed(error);
    throw error;
  }
  if (!types.isPromise(result)) {
    span.received(result, name);
    return result;
  }
  return result.then(
    (value) => {
      span.received(value, name);
      return value;
    },
    (error) => {
      span.failed(error);
      throw error;
    },
  );
}
