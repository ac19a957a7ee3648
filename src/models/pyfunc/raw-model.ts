import { fieldsOf } from "../dump.js";

/** What a loaded model has to be able to do: a Runnable, a graph, an agent, a retriever. */
export interface RawModel {
  invoke(input: unknown, options?: object): unknown;
  stream?(input: unknown, options?: object): unknown;
}

type Live = Readonly<Record<string, unknown>>;

/** A LangGraph graph, or an agent around one. */
export function isGraph(model: object): boolean {
  const { lg_is_pregel: isPregel, graph } = model as Live;
  if (isPregel === true) return true;
  return typeof graph === "object" && graph !== null && (graph as Live).lg_is_pregel === true;
}

export function isRetriever(model: object): boolean {
  return typeof (model as Live)._getRelevantDocuments === "function";
}

/** A chain of before LangChain 0.1: it takes and gives named values. */
export function isLegacyChain(model: object): boolean {
  return typeof (model as Live)._chainType === "function";
}

/**
 * Whether the model has an input named `messages`, as far as its own fields tell: a prompt's variables, the first
 * step of a sequence, the branches of a parallel, the text of a function.
 */
export function takesMessagesField(model: unknown): boolean {
  if (typeof model === "function")
    return /\bmessages\b/.test(Function.prototype.toString.call(model));
  if (typeof model !== "object" || model === null) return false;
  const live = model as Live;
  const { inputVariables, keys } = live;
  if (Array.isArray(inputVariables)) return inputVariables.includes("messages");
  if (keys === "messages" || (Array.isArray(keys) && keys.includes("messages"))) return true;
  const inner = [live.first, live.bound, live.runnable, live.mapper, live.func, live.default];
  const branches = [...Object.values(fieldsOf(live.steps) ?? {}), ...branchesOf(live.branches)];
  return [...inner, ...branches].some(takesMessagesField);
}

function branchesOf(branches: unknown): unknown[] {
  return Array.isArray(branches) ? branches.flat() : [];
}
