import type { OpenSpan } from "../trace/open-span.js";
import { uncoerce } from "./values.js";

type Wrapping = "input" | "output";

/**
 * Undoes what LangChain does for its handlers: it shows `{ input: "x" }` for `"x"`. It makes a new
 * dictionary each time; so one that is shown twice, of a chain and of its first step, was the app's
 * own, and what was taken out of it is put back.
 */
export class WrappedValues {
  /** Weak in both: an app may keep what it calls with for ever. */
  readonly #opened = new WeakMap<object, { span: WeakRef<OpenSpan>; key: Wrapping } | undefined>();

  /** What is in the wrapping, if it is one. */
  open(span: OpenSpan, shown: unknown, key: Wrapping): unknown {
    if (this.#isKnown(shown)) return this.see(shown);
    const { value, undone } = uncoerce(shown, key);
    if (undone) this.#opened.set(shown as object, { span: new WeakRef(span), key });
    return value;
  }

  /** Returns a value that is shown as it is. */
  see(shown: unknown): unknown {
    const opened = this.#isKnown(shown) ? this.#opened.get(shown) : undefined;
    const span = opened?.span.deref();
    if (opened && span) putBack(span, opened.key);
    if (opened) this.#opened.set(shown as object, undefined);
    return shown;
  }

  #isKnown(shown: unknown): shown is object {
    return typeof shown === "object" && shown !== null && this.#opened.has(shown);
  }
}

function putBack(span: OpenSpan, key: Wrapping): void {
  // With a scope the raw value is known, and a complete trace is on its way.
  if (span.scope || span.call.state === "sealed") return;
  const field = key === "input" ? "inputs" : "outputs";
  span[field] = { [key]: span[field] ?? null };
}

/** Graphs and the old chains show what comes of them as it is. */
export function tellsRaw({ classPath: [library, module] }: OpenSpan): boolean {
  if (library === "langgraph") return module === "pregel";
  return library === "langchain" && (module === "chains" || module === "agents");
}

/** What is called with dictionaries alone: never wrapped. A workflow of the functional API (`LangGraph`) takes anything. */
export function takesDictionaries(span: OpenSpan, runType: unknown): boolean {
  return runType === "prompt" || (tellsRaw(span) && span.classPath.at(-1) !== "LangGraph");
}

/** A map shows `{ input: value }` whatever the value is. */
export function isMap({ classPath }: OpenSpan): boolean {
  const name = classPath.at(-1);
  return name === "RunnableMap" || name === "RunnableParallel";
}

/** What gives as its own output what its last step gave. */
const PIPES: ReadonlySet<unknown> = new Set([
  "RunnableSequence",
  "RunnableRetry",
  "RunnableWithFallbacks",
]);

/**
 * A class that starts the runs of a whole batch up front may show each of them the output of all,
 * and one that streams none at all: a run's own is what its last step gave.
 */
export function ownOutput(span: OpenSpan, output: unknown): unknown {
  const { scope, classPath, lastStepOutput } = span;
  if (scope || !PIPES.has(classPath.at(-1))) return output;
  const isOfAll =
    Array.isArray(output) && output !== lastStepOutput && output.includes(lastStepOutput);
  return isOfAll || output === undefined ? lastStepOutput : output;
}
