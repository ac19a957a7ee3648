import { AsyncLocalStorage } from "node:async_hooks";
import { guard, warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { attempt } from "../base/show.js";
import { setEnterScope } from "../recording/scopes.js";
import type { AnswerCache } from "../scorers/scorer.js";
import { isDictionary } from "../settings/kinds.js";

/** The part of a chat model that has a cache. `cache` is undefined unless the app has set one. */
interface CachingModel {
  cache: unknown;
}

/** LangChain's `BaseCache`: a model looks an answer up, and stores it. */
interface LangChainCache {
  lookup(prompt: string, model: string): Promise<unknown>;
  update(prompt: string, model: string, answer: unknown): Promise<void>;
  makeDefaultKeyEncoder(): void;
}

type StoredGeneration = Parameters<
  Awaited<ReturnType<typeof loadCaches>>["deserializeStoredGeneration"]
>[0];

interface State {
  readonly contexts: AsyncLocalStorage<AnswerCache>;
  /** The models that have our cache now. */
  readonly models: Set<CachingModel>;
  /** The evaluations that use it. */
  users: number;
}

const state = shared(
  "modelCaches",
  (): State => ({ contexts: new AsyncLocalStorage(), models: new Set(), users: 0 }),
);

/** Where LangChain's functions are loaded from that turn an answer to JSON, and back. */
const loadCaches = () => import("@langchain/core/caches");

/** Calls in other parts of the app, with the same model at the same time, are not cached. */
const cache: LangChainCache = {
  async lookup(prompt, model) {
    const stored = await state.contexts.getStore()?.get(keyOf(prompt, model));
    if (stored === undefined) return null;
    const { deserializeStoredGeneration } = await loadCaches();
    // A file of the cache that another program has changed counts as missing.
    return attempt(() => storedGenerations(stored).map(deserializeStoredGeneration)) ?? null;
  },
  async update(prompt, model, answer) {
    const answers = state.contexts.getStore();
    if (!answers || !Array.isArray(answer)) return;
    const { serializeGeneration } = await loadCaches();
    const text = attempt(() => JSON.stringify(answer.map(serializeGeneration)));
    if (text !== undefined) await answers.set(keyOf(prompt, model), text);
  },
  makeDefaultKeyEncoder() {},
};

/** @throws TypeError or SyntaxError if the text is not a list of generations, each with a text. */
function storedGenerations(stored: string): StoredGeneration[] {
  const list: unknown = JSON.parse(stored);
  const isGeneration = (one: unknown): one is StoredGeneration =>
    isDictionary(one) && "text" in one && typeof one.text === "string";
  if (Array.isArray(list) && list.length > 0 && list.every(isGeneration)) return list;
  throw new TypeError("not a list of generations");
}

function keyOf(prompt: string, model: string) {
  return { kind: "model", prompt, model };
}

/**
 * Calls `work`, in which chat models take answers from the cache. A model that has a cache of the app keeps it. Requires
 * `autolog()`, which finds the models inside of chains and agents.
 */
export async function withModelCache<T>(answers: AnswerCache, work: () => Promise<T>): Promise<T> {
  const { getState } = await import("../autolog/state.js");
  if (!getState().isOn) {
    warnOnce(
      "model cache",
      "evaluate() caches the answers of judges only, because autolog() is off. Call autolog() before evaluate() to cache the answers of the model too.",
    );
  }
  state.users += 1;
  setEnterScope(guard("the cache of a model", ({ self }) => useCache(self)));
  try {
    return await state.contexts.run(answers, work);
  } finally {
    state.users -= 1;
    if (state.users === 0) leave();
  }
}

function useCache(self: object): void {
  if (!state.contexts.getStore() || !isCachingModel(self) || self.cache !== undefined) return;
  self.cache = cache;
  state.models.add(self);
}

function isCachingModel(self: object): self is CachingModel {
  return "cache" in self && "_generate" in self;
}

function leave(): void {
  setEnterScope(undefined);
  for (const model of state.models) if (model.cache === cache) model.cache = undefined;
  state.models.clear();
}
