import { wellFormedJson } from "../data/well-formed-json.js";
import { isDictionary, jsonValue, type Kind } from "../settings/kinds.js";

/** The model and the parameters that belong to a prompt. Other parameters are stored under their own names. */
export interface PromptModelConfig {
  /** For example `openai`. */
  readonly provider?: string;
  readonly modelName?: string;
  /** From 0. */
  readonly temperature?: number;
  /** From 1. */
  readonly maxTokens?: number;
  /** From 0 to 1. */
  readonly topP?: number;
  /** From 1. */
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly stopSequences?: readonly string[];
  readonly [parameter: string]: unknown;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0;

/** MLflow's name of each field, and its values. */
const FIELDS: Readonly<Record<string, readonly [string, Check]>> = {
  provider: ["provider", isText],
  modelName: ["model_name", isText],
  temperature: ["temperature", (value) => isNumber(value) && Number(value) >= 0],
  maxTokens: ["max_tokens", isCount],
  topP: ["top_p", (value) => isNumber(value) && Number(value) >= 0 && Number(value) <= 1],
  topK: ["top_k", isCount],
  frequencyPenalty: ["frequency_penalty", isNumber],
  presencePenalty: ["presence_penalty", isNumber],
  stopSequences: ["stop_sequences", (value) => Array.isArray(value) && value.every(isText)],
};

const NAMES = Object.entries(FIELDS).map(([name, [stored]]) => [stored, name] as const);

/** Reads a config with the names of this package, or with MLflow's. */
export const modelConfig: Kind<PromptModelConfig> = {
  want: "an object such as { modelName: 'gpt-4o', temperature: 0 }, with temperature >= 0, topP from 0 to 1, and maxTokens and topK from 1 up",
  read: (value) => {
    const copy = isDictionary(value) ? jsonValue.read(value) : undefined;
    if (!isDictionary(copy)) return undefined;
    const config = configOf(copy as Record<string, unknown>);
    const isValid = Object.entries(config).every(
      ([name, field]) => !Object.hasOwn(FIELDS, name) || FIELDS[name]?.[1](field),
    );
    return isValid ? config : undefined;
  },
};

/** The config with the names of this package. Null counts as missing. */
export function configOf(stored: Readonly<Record<string, unknown>>): PromptModelConfig {
  const names = new Map<string, string>(NAMES);
  const entries = Object.entries(stored).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [names.get(key) ?? key, value]));
}

/** The config with MLflow's names, as JSON. */
export function configJson(config: PromptModelConfig): string {
  const entries = Object.entries(config);
  const stored = (name: string) => (Object.hasOwn(FIELDS, name) ? FIELDS[name]?.[0] : name);
  return wellFormedJson(Object.fromEntries(entries.map(([key, value]) => [stored(key), value])));
}
