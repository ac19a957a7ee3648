import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

/** The value of the span attribute `mlflow.chat.tokenUsage`. */
export interface TokenUsage extends PlainObject {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
}

/**
 * The tokens of one model run. All generations belong to one request, so the first usage found is the usage of the
 * run: their sum would count the request several times.
 */
export function readUsage(
  messages: readonly (Plain | undefined)[],
  llmOutput: Plain | undefined,
): TokenUsage | undefined {
  for (const message of messages) {
    if (!isPlainObject(message)) continue;
    const usage = fromMetadata(message.usage_metadata) ?? fromResponse(message.response_metadata);
    if (usage) return usage;
  }
  return fromResponse(llmOutput);
}

/** LangChain's own `usage_metadata`. */
function fromMetadata(usage: Plain | undefined): TokenUsage | undefined {
  if (!isPlainObject(usage)) return undefined;
  const details = isPlainObject(usage.input_token_details) ? usage.input_token_details : {};
  return build(
    count(usage.input_tokens),
    count(usage.output_tokens),
    count(usage.total_tokens),
    count(details.cache_read),
    count(details.cache_creation),
  );
}

/** Reads usage from `response_metadata` or `llmOutput`, where each provider uses its own field names. */
function fromResponse(response: Plain | undefined): TokenUsage | undefined {
  if (!isPlainObject(response)) return undefined;
  const usage = [response.usage, response.token_usage, response.tokenUsage].find(isPlainObject);
  if (!usage) return undefined;
  const input = first(usage, ["input_tokens", "prompt_tokens", "promptTokens", "inputTokens"]);
  const output = first(usage, [
    "output_tokens",
    "completion_tokens",
    "completionTokens",
    "outputTokens",
  ]);
  const details = isPlainObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  return build(
    input,
    output,
    first(usage, ["total_tokens", "totalTokens"]),
    count(usage.cache_read_input_tokens) ?? count(details.cached_tokens),
    count(usage.cache_creation_input_tokens),
  );
}

function build(
  input: number | undefined,
  output: number | undefined,
  total: number | undefined,
  cacheRead: number | undefined,
  cacheCreation: number | undefined,
): TokenUsage | undefined {
  if (input === undefined && output === undefined) return undefined;
  return {
    input_tokens: input ?? 0,
    output_tokens: output ?? 0,
    total_tokens: total ?? (input ?? 0) + (output ?? 0),
    ...(cacheRead === undefined ? {} : { cache_read_input_tokens: cacheRead }),
    ...(cacheCreation === undefined ? {} : { cache_creation_input_tokens: cacheCreation }),
  };
}

function first(usage: PlainObject, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = count(usage[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function count(value: Plain | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
