import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../data/plain.js";
import { firstList } from "../langchain/events/model-span.js";
import type { Live } from "../langchain/events/read.js";
import { readUsage, type TokenUsage } from "../langchain/events/usage.js";
import { field, textField } from "../langchain/events/values.js";
import {
  type CallStart,
  endCall,
  openEvent,
  recordAnswer,
  recordError,
  startCall,
} from "./call-events.js";
import { flatten, textOf } from "./python-values.js";
import { readValue } from "./read-event.js";
import { measureText } from "./text-metrics/text-metrics.js";
import type { TrackedCall } from "./tracked-calls.js";
import type { Tracker } from "./tracker.js";

const MAX_TOKENS = 20_000;

/** For a handler without `handleChatModelStart`, LangChain joins chat messages into one prompt: `System: …\nHuman: …`. */
export function recordModelStart(tracker: Tracker, start: CallStart, prompts: unknown): void {
  const meter = { characters: 0 };
  const { call, number, context, fields } = startCall(tracker, "llm", start, meter);
  const read = readValue(prompts, context, meter);
  for (const [index, value] of (isPlainArray(read) ? read : [read ?? ""]).entries()) {
    const prompt = textOf(value);
    if (call.isRoot) call.input = prompt;
    const file = `llm_start_${number}_prompt_${index}`;
    tracker.record(
      { action: "on_llm_start", file, fields: { ...fields, prompt } },
      meter.characters,
    );
    const { step } = tracker.counters.row;
    call.exchange = { prompt_step: step, prompt, name: call.name };
    tracker.exchange(call.exchange, prompt.length);
  }
}

/** Counts a token. Tokens are recorded when the call ends, because a stream has thousands. */
export function countToken(tracker: Tracker, id: string, token: unknown): void {
  tracker.counters.count("llm_streams");
  const tokens = tracker.calls.get(id)?.tokens;
  if (tokens && tokens.length < MAX_TOKENS) tokens.push(String(token));
}

/** `streamEvents` v3 emits a model's stream as events instead of tokens. */
export function countStreamEvent(tracker: Tracker, id: string, event: Live | undefined): void {
  if (event?.event !== "content-block-delta") return;
  const { text = "" } = (event.delta ?? {}) as Live;
  countToken(tracker, id, text);
}

export function recordModelEnd(tracker: Tracker, id: string, live: unknown): void {
  const meter = { characters: 0 };
  recordTokens(tracker, id);
  const { call, number, context } = endCall(tracker, "llm", id);
  const result = readValue(live, context, meter);
  const generations = firstList(field(result, "generations"));
  const messages = generations.map((generation) => field(generation, "message"));
  const llmOutput = field(result, "llmOutput");
  const usage = usageMetrics(readUsage(messages, llmOutput));
  recordAnswer(tracker, call, messages[0] ?? textField(generations[0], "text"));
  for (const [index, generation] of generations.entries()) {
    const text = textField(generation, "text") || textOfBlocks(messages[index]);
    const metrics = { ...measureText(text) };
    const modelFields = flatten(describeOutput(messages[index], llmOutput));
    const fields = { ...modelFields, ...usage, ...flatten(withPythonName(generation)), ...metrics };
    const file = `llm_end_${number}_generation_${index}`;
    // The usage is that of the whole call: it counts once.
    const callMetrics = index === 0 ? usage : {};
    tracker.record(
      { action: "on_llm_end", file, fields, metrics: { ...callMetrics, ...metrics } },
      meter.characters,
    );
    const output = text === "" ? toolCallsOf(messages[index]) : text;
    recordOutput(tracker, call, index, { output, ...usage, ...metrics });
  }
}

export function recordModelError(tracker: Tracker, id: string, thrown: unknown): void {
  recordTokens(tracker, id);
  recordError(tracker, "llm", id, thrown);
}

/** The first answer completes the row of its prompt. Further answers get rows of their own. */
function recordOutput(
  tracker: Tracker,
  call: TrackedCall | undefined,
  index: number,
  answer: { readonly output: string },
): void {
  if (!call?.exchange) return;
  const { prompt_step, prompt, name } = call.exchange;
  const row = index === 0 ? call.exchange : { prompt_step, prompt, name };
  Object.assign(row, { output_step: tracker.counters.row.step, ...answer });
  if (index > 0) tracker.exchange(row, prompt.length + answer.output.length);
}

/** Records all tokens of an answer in one file. Python's handler writes one file per token. */
function recordTokens(tracker: Tracker, id: string): void {
  const call = tracker.calls.get(id);
  if (!call || call.tokens.length === 0) return;
  const { meter, read } = openEvent(tracker, "llm", id);
  const text = call.tokens.join("");
  const shown = read("token", text);
  // A secret may span tokens. If redaction changed the text, it is recorded as one token.
  const tokens = shown === text ? call.tokens : [shown ?? null];
  const file = `llm_new_tokens_${call.number}`;
  tracker.record({ action: "on_llm_new_token", file, fields: { tokens } }, meter.characters);
}

function usageMetrics(usage: TokenUsage | undefined): Readonly<Record<string, number>> {
  if (!usage) return {};
  return {
    token_usage_total_tokens: usage.total_tokens,
    token_usage_prompt_tokens: usage.input_tokens,
    token_usage_completion_tokens: usage.output_tokens,
  };
}

/** Returns the fields of Python's `llm_output`. In LangChain.js, most of them are in the message. */
function describeOutput(message: Plain | undefined, llmOutput: Plain | undefined): PlainObject {
  const { tokenUsage, ...rest } = isPlainObject(llmOutput) ? llmOutput : {};
  const metadata = field(message, "response_metadata");
  return {
    model_name: field(metadata, "model_name", "model"),
    system_fingerprint: field(metadata, "system_fingerprint"),
    id: field(message, "id"),
    token_usage: field(metadata, "usage"),
    ...rest,
  };
}

function withPythonName({ generationInfo, ...generation }: PlainObject): PlainObject {
  return { ...generation, generation_info: generationInfo };
}

/** The text of a message with content blocks, for which LangChain's generation has no text. */
function textOfBlocks(message: Plain | undefined): string {
  const content = field(message, "content");
  if (!isPlainArray(content)) return "";
  return content.map((block) => textField(block, "text") ?? "").join("");
}

/** The tool calls of an answer that has no text. */
function toolCallsOf(message: Plain | undefined): string {
  const calls = field(message, "tool_calls");
  return isPlainArray(calls) && calls.length > 0 ? textOf(calls) : "";
}
