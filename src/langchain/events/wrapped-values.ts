import type { OpenSpan } from "../../recording/call.js";
import type { Live } from "./read.js";
import { uncoerce } from "./values.js";

type Wrapping = "input" | "output";

/**
 * Undoes what LangChain does for its handlers: it shows `{ input: "x" }` for `"x"`. It makes a new
 * dictionary each time; so one that is shown twice, of a chain and of its first step, was the app's
 * own, and what was taken out of it is put back.
 */
export class WrappedValues {
  /** What looks like a wrapping, and whose span has only what is in it. Weak: an app may keep what it calls with. */
  readonly #shown = new WeakMap<object, { span: WeakRef<OpenSpan>; key: Wrapping } | undefined>();

  /** What is in the wrapping, if it is one. */
  open(span: OpenSpan, shown: unknown, key: Wrapping): unknown {
    if (this.#wasShown(shown)) return this.see(span, shown);
    const { value, undone } = uncoerce(shown, key);
    if (span.scope) return value;
    if (!undone) return this.see(span, shown);
    this.#shown.set(shown as object, { span: new WeakRef(span), key });
    return value;
  }

  /** Returns a value that is shown as it is. */
  see({ scope }: OpenSpan, shown: unknown): unknown {
    // A scope knows what was raw.
    if (scope || !looksWrapped(shown)) return shown;
    const opened = this.#shown.get(shown);
    const span = opened?.span.deref();
    if (opened && span) putBack(span, opened.key);
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

function putBack(span: OpenSpan, key: Wrapping): void {
  // A complete trace is on its way.
  if (span.call.state === "sealed") return;
  const field = key === "input" ? "inputs" : "outputs";
  span[field] = { [key]: span[field] ?? null };
}

/** Graphs and the old chains show what comes of them as it is. */
export function tellsRaw({ classPath: [library, module] }: OpenSpan): boolean {
  if (library === "langgraph") return module === "pregel";
  return library === "langchain" && (module === "chains" || module === "agents");
}

/** What is called with dictionaries alone: prompts, the old chains, graphs and their nodes. Never wrapped. */
export function takesDictionaries(span: OpenSpan, runType: unknown): boolean {
  return runType === "prompt" || hasState(span) || isNode(span);
}

/** A node gives a part of the state, as it is; the list of commands it may give instead is wrapped. */
export function givesState(span: OpenSpan, shown: unknown): boolean {
  return isNode(span) && !Array.isArray((shown as Live | undefined)?.output);
}

function isNode({ parent }: OpenSpan): boolean {
  return parent?.classPath[0] === "langgraph" && hasState(parent);
}

/** A workflow of LangGraph's functional API (`LangGraph`) takes anything. */
function hasState(span: OpenSpan): boolean {
  return tellsRaw(span) && span.classPath.at(-1) !== "LangGraph";
}

/** A map shows `{ input: value }` whatever the value is. */
export function isMap({ classPath }: OpenSpan): boolean {
  const name = classPath.at(-1);
  return name === "RunnableMap" || name === "RunnableParallel";
}

/** Each gives as its own output what its last step gave. */
const STARTS_BATCHES_UP_FRONT: ReadonlySet<unknown> = new Set([
  "RunnableSequence",
  "RunnableRetry",
]);
/** More than a batch has: searching a sparse array visits its holes too. */
const MAX_BATCH_ITEMS = 1_000_000;
const TELLS_NO_STREAMED_OUTPUT = "RunnableWithFallbacks";

/**
 * A class that starts the runs of a whole batch up front may show each of them the output of all,
 * and one that streams none at all: a run's own is what its last step gave.
 */
export function ownOutput(
  { scope, classPath, lastStepOutput }: OpenSpan,
  output: unknown,
): unknown {
  if (scope) return output;
  const name = classPath.at(-1);
  if (name === TELLS_NO_STREAMED_OUTPUT) return output ?? lastStepOutput;
  const isOfAll =
    STARTS_BATCHES_UP_FRONT.has(name) &&
    Array.isArray(output) &&
    output.length <= MAX_BATCH_ITEMS &&
    output !== lastStepOutput &&
    output.includes(lastStepOutput);
  return isOfAll ? lastStepOutput : output;
}
