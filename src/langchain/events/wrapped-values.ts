import type { OpenSpan } from "../../recording/call.js";
import type { Live } from "./read.js";
import { uncoerce } from "./values.js";

type Wrapping = "input" | "output";

/**
 * Unwraps the values that LangChain wraps for handlers: it passes `{ input: "x" }` for `"x"`, in a new dictionary for
 * each run. If two runs, such as a chain and its first step, receive the same dictionary, then it is the app's own, and
 * the first span gets the dictionary back.
 */
export class WrappedValues {
  /** By dictionary: the span that was given only the value in it. Weak, since the app may keep the dictionary. */
  readonly #shown = new WeakMap<object, { span: WeakRef<OpenSpan>; key: Wrapping } | undefined>();

  /** Returns the value in the wrapping. Returns the app's own dictionaries unchanged. */
  unwrap(span: OpenSpan, shown: unknown, key: Wrapping): unknown {
    if (this.#wasShown(shown)) return this.keep(span, shown);
    const { value, undone } = uncoerce(shown, key);
    if (span.scope) return value;
    if (!undone) return this.keep(span, shown);
    this.#shown.set(shown as object, { span: new WeakRef(span), key });
    return value;
  }

  /** Returns a value that LangChain did not wrap, unchanged. */
  keep({ scope }: OpenSpan, shown: unknown): unknown {
    // A scope has the original value.
    if (scope || !looksWrapped(shown)) return shown;
    const unwrapped = this.#shown.get(shown);
    const span = unwrapped?.span.deref();
    if (unwrapped && span) restoreDictionary(span, unwrapped.key);
    this.#shown.set(shown, undefined);
    return shown;
  }

  #wasShown(shown: unknown): boolean {
    return typeof shown === "object" && shown !== null && this.#shown.has(shown);
  }
}

function looksWrapped(shown: unknown): shown is object {
  return uncoerce(shown, "input").undone || uncoerce(shown, "output").undone;
}

function restoreDictionary(span: OpenSpan, key: Wrapping): void {
  // The trace may already be in the queue.
  if (span.call.state === "sealed") return;
  if (key === "input") span.setInputs({ input: span.inputs ?? null });
  else span.setOutputs({ output: span.outputs ?? null });
}

/** LangChain does not wrap the outputs of graphs and legacy chains. */
export function outputsAreRaw({ classPath: [library, module] }: OpenSpan): boolean {
  if (library === "langgraph") return module === "pregel";
  return library === "langchain" && (module === "chains" || module === "agents");
}

/** Prompts, legacy chains, graphs and graph nodes receive dictionaries only, which LangChain does not wrap. */
export function takesDictionaries(span: OpenSpan, runType: unknown): boolean {
  return runType === "prompt" || hasState(span) || isNode(span);
}

/** A node returns a part of the state, which LangChain does not wrap, or a list of commands, which it wraps. */
export function returnsState(span: OpenSpan, shown: unknown): boolean {
  return isNode(span) && !Array.isArray((shown as Live | undefined)?.output);
}

function isNode({ parent }: OpenSpan): boolean {
  return parent?.classPath[0] === "langgraph" && hasState(parent);
}

/** A workflow of LangGraph's functional API (class `LangGraph`) takes any value. */
function hasState(span: OpenSpan): boolean {
  return outputsAreRaw(span) && span.classPath.at(-1) !== "LangGraph";
}

/** LangChain wraps every input of a map, dictionaries included. */
export function isMap({ classPath }: OpenSpan): boolean {
  const name = classPath.at(-1);
  return name === "RunnableMap" || name === "RunnableParallel";
}

/** The output of each is the output of its last step. */
const STARTS_BATCHES_UP_FRONT: ReadonlySet<unknown> = new Set([
  "RunnableSequence",
  "RunnableRetry",
]);
/** Longer than any batch. A search of a sparse array also visits its holes. */
const MAX_BATCH_ITEMS = 1_000_000;
const REPORTS_NO_STREAMED_OUTPUT = "RunnableWithFallbacks";

/**
 * The output of one run. Classes that start the runs of a whole batch up front may report the outputs of all items for
 * each run, and RunnableWithFallbacks reports no output of a stream. The output of the last step is used instead.
 */
export function ownOutput(
  { scope, classPath, lastStepOutput }: OpenSpan,
  output: unknown,
): unknown {
  if (scope) return output;
  const name = classPath.at(-1);
  if (name === REPORTS_NO_STREAMED_OUTPUT) return output ?? lastStepOutput;
  const isWholeBatch =
    STARTS_BATCHES_UP_FRONT.has(name) &&
    Array.isArray(output) &&
    output.length <= MAX_BATCH_ITEMS &&
    output !== lastStepOutput &&
    output.includes(lastStepOutput);
  return isWholeBatch ? lastStepOutput : output;
}
