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
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0;
function between(min: number, max = Number.POSITIVE_INFINITY): Check {
  return (value) => typeof value === "number" && value >= min && value <= max;
}

/** The parameters that MLflow knows, with its checks. */
const FIELDS: Readonly<Record<string, Check>> = {
  provider: isText,
  modelName: isText,
  temperature: between(0),
  maxTokens: isCount,
  topP: between(0, 1),
  topK: isCount,
  frequencyPenalty: between(Number.NEGATIVE_INFINITY),
  presencePenalty: between(Number.NEGATIVE_INFINITY),
  stopSequences: (value) => Array.isArray(value) && value.every(isText),
};

/** MLflow's name of a parameter: `model_name`. */
function storedName(name: string): string {
  if (!Object.hasOwn(FIELDS, name)) return name;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const NAMES = new Map(Object.keys(FIELDS).map((name) => [storedName(name), name]));

/** Reads a config with the names of this package, or with MLflow's. */
export const modelConfig: Kind<PromptModelConfig> = {
  want: "an object such as { modelName: 'gpt-4o', temperature: 0 }, with temperature >= 0, topP from 0 to 1, and maxTokens and topK from 1 up",
  read: (value) => {
    const copy = isDictionary(value) ? jsonValue.read(value) : undefined;
    if (!isDictionary(copy)) return undefined;
    const config = configOf(copy as Record<string, unknown>);
    const isValid = Object.entries(config).every(([name, field]) =>
      Object.hasOwn(FIELDS, name) ? FIELDS[name]?.(field) : true,
    );
    return isValid ? config : undefined;
  },
};

/** The config with the names of this package. Null counts as missing. */
export function configOf(stored: Readonly<Record<string, unknown>>): PromptModelConfig {
  const entries = Object.entries(stored).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [NAMES.get(key) ?? key, value]));
}

/** The config with MLflow's names, as JSON. */
export function configJson(config: PromptModelConfig): string {
  const entries = Object.entries(config).map(([name, value]) => [storedName(name), value]);
  return wellFormedJson(Object.fromEntries(entries));
}
