import type { PlainObject } from "../../data/plain.js";
import { isDictionary } from "./values.js";

/** The value of the span attribute `mlflow.chat.tokenUsage`. */
export interface TokenUsage extends PlainObject {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  /** The part of `cache_creation_input_tokens` that Anthropic keeps for an hour. */
  readonly cache_creation_input_tokens_above_1hr?: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The tokens of one model run. All generations belong to one request, so the first usage found is the usage of the
 * run: their sum would count the request several times. Takes live messages or their dumps.
 */
export function readUsage(
  messages: readonly unknown[],
  llmOutput: unknown,
): TokenUsage | undefined {
  for (const message of messages) {
    if (!isDictionary(message)) continue;
    const { response_metadata: response } = message;
    const usage = fromMetadata(message.usage_metadata, response) ?? fromResponse(response);
    if (usage) return usage;
  }
  return fromResponse(llmOutput);
}

/** How many of the output tokens the model used to think. MLflow's token usage has no field for them. */
export function readReasoningTokens(messages: readonly unknown[]): number | undefined {
  for (const message of messages) {
    if (!isDictionary(message)) continue;
    const { usage_metadata: own, response_metadata: response } = message;
    const tokens =
      (isDictionary(own) ? count(fieldsOf(own.output_token_details).reasoning) : undefined) ??
      count(fieldsOf(usageOf(response)?.completion_tokens_details).reasoning_tokens);
    if (tokens !== undefined) return tokens;
  }
  return undefined;
}

/** LangChain's own `usage_metadata`. */
function fromMetadata(metadata: unknown, response: unknown): TokenUsage | undefined {
  if (!isDictionary(metadata)) return undefined;
  const usage: Fields = metadata;
  const details = fieldsOf(usage.input_token_details);
  return build({
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    total: count(usage.total_tokens),
    cacheRead: count(details.cache_read),
    cacheCreation: count(details.cache_creation),
    cacheCreationForHour: cacheCreationForHour(usageOf(response)),
  });
}

const INPUT = ["input_tokens", "prompt_tokens", "promptTokens", "inputTokens"];
const OUTPUT = ["output_tokens", "completion_tokens", "completionTokens", "outputTokens"];
const CACHE_READ = ["cache_read_input_tokens", "cacheReadInputTokens"];
const CACHE_CREATION = ["cache_creation_input_tokens", "cacheWriteInputTokens"];

/** Reads usage from `response_metadata` or `llmOutput`, where each provider uses its own field names. */
function fromResponse(response: unknown): TokenUsage | undefined {
  const usage = usageOf(response);
  if (!usage) return undefined;
  return build({
    input: first(usage, INPUT),
    output: first(usage, OUTPUT),
    total: first(usage, ["total_tokens", "totalTokens"]),
    cacheRead:
      first(usage, CACHE_READ) ?? count(fieldsOf(usage.prompt_tokens_details).cached_tokens),
    cacheCreation: first(usage, CACHE_CREATION),
    cacheCreationForHour: cacheCreationForHour(usage),
  });
}

function usageOf(response: unknown): Fields | undefined {
  if (!isDictionary(response)) return undefined;
  const { usage, token_usage, tokenUsage } = response;
  if (isDictionary(usage)) return usage;
  if (isDictionary(token_usage)) return token_usage;
  return isDictionary(tokenUsage) ? tokenUsage : undefined;
}

const NO_FIELDS: Fields = Object.freeze({});

function fieldsOf(value: unknown): Fields {
  return isDictionary(value) ? value : NO_FIELDS;
}

/** Only Anthropic reports it. Zero is left out, as in MLflow. */
function cacheCreationForHour(usage: Fields | undefined): number | undefined {
  return count(fieldsOf(usage?.cache_creation).ephemeral_1h_input_tokens) || undefined;
}

interface Counts {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheCreation: number | undefined;
  readonly cacheCreationForHour: number | undefined;
}

function build(counts: Counts): TokenUsage | undefined {
  const { input, output, total, cacheRead, cacheCreation, cacheCreationForHour } = counts;
  if (input === undefined && output === undefined) return undefined;
  return {
    input_tokens: input ?? 0,
    output_tokens: output ?? 0,
    total_tokens: total ?? (input ?? 0) + (output ?? 0),
    ...(cacheRead === undefined ? {} : { cache_read_input_tokens: cacheRead }),
    ...(cacheCreation === undefined ? {} : { cache_creation_input_tokens: cacheCreation }),
    ...(cacheCreationForHour === undefined
      ? {}
      : { cache_creation_input_tokens_above_1hr: cacheCreationForHour }),
  };
}

function first(usage: Fields, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = count(usage[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
