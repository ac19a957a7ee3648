import { attempt } from "../base/show.js";
import type { Scoring } from "../scorers/scorer.js";
import { tracingContext } from "../tracing/tracing-context.js";
import type { Askable, ResolvedModel } from "./chat-model.js";
import type { PromptMessage } from "./prompt.js";
import { addSpent, NOTHING_SPENT, type Spent } from "./usage.js";

/** What a model has answered. */
export interface Reply {
  readonly text: string;
  readonly spent: Spent;
}

/** Models whose server has refused structured output. */
const withoutStructure = new WeakSet<object>();

/**
 * Calls the model, with structured output if it supports that. The call is not traced, and no callback of the app observes
 * it.
 */
export function callModel(
  { model, callOptions }: ResolvedModel,
  messages: readonly PromptMessage[],
  schema: object,
  scoring: Scoring,
): Promise<Reply> {
  const work = async () => {
    scoring.signal.throwIfAborted();
    const structured = structuredModel(model, schema);
    if (structured) {
      try {
        return await callOnce(structured, messages, callOptions, scoring);
      } catch (cause) {
        if (!refusesStructure(cause)) throw cause;
        withoutStructure.add(model);
      }
    }
    return callOnce(model, messages, callOptions, scoring);
  };
  return tracingContext({ enabled: false }, () => scoring.withBackoff(work));
}

/** Undefined if the model does not support structured output. */
function structuredModel(model: Askable, schema: object): Pick<Askable, "invoke"> | undefined {
  if (withoutStructure.has(model)) return undefined;
  // With its other method, the client of OpenAI throws away a response, and its tokens, that has broken JSON.
  const method = attempt(() => model._llmType?.()) === "openai" ? "functionCalling" : undefined;
  const config = { name: "judgment", includeRaw: true, ...(method && { method }) };
  return attempt(() => model.withStructuredOutput?.(schema, config));
}

async function callOnce(
  model: Pick<Askable, "invoke">,
  messages: readonly PromptMessage[],
  callOptions: object,
  { signal }: Scoring,
): Promise<Reply> {
  const calls: unknown[] = [];
  // Observes each message: structured output may return only what it has parsed, or throw for an answer that it cannot.
  const observer = {
    name: "judge",
    awaitHandlers: true,
    handleLLMEnd: (result: unknown) => {
      calls.push(field(field(field(field(result, "generations"), 0), 0), "message"));
    },
  };
  // These callbacks replace those of a chain in which the judge runs. LangChain does not remove its listeners from a signal,
  // so each call has a signal of its own.
  const ownSignal = AbortSignal.any([signal]);
  const options = { ...callOptions, signal: ownSignal, callbacks: [observer] };
  try {
    const output = await model.invoke(messages, options);
    if (calls.length === 0)
      calls.push(isMessage(field(output, "raw")) ? field(output, "raw") : output);
    return { text: answerText(output), spent: spentOf(calls) };
  } catch (cause) {
    signal.throwIfAborted();
    // The model has answered, and structured output cannot read the answer.
    if (calls.length > 0) return { text: answerText(calls.at(-1)), spent: spentOf(calls) };
    if (cause instanceof SyntaxError) return { text: "", spent: { ...NOTHING_SPENT, calls: 1 } };
    throw cause;
  }
}

/** The answer as JSON text, from a message, or from what structured output has returned. */
function answerText(output: unknown): string {
  const raw = field(output, "raw");
  if (isMessage(raw)) {
    const parsed = field(output, "parsed");
    return isFilled(parsed) ? JSON.stringify(parsed) : messageText(raw);
  }
  if (isMessage(output)) return messageText(output);
  return typeof output === "string" ? output : (JSON.stringify(output) ?? "");
}

function messageText(message: unknown): string {
  const input = field(field(field(message, "tool_calls"), 0), "args");
  if (isFilled(input)) return JSON.stringify(input);
  const broken = field(field(field(message, "invalid_tool_calls"), 0), "args");
  if (isText(broken)) return broken;
  const content = field(message, "content");
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content
    .map((block) => field(block, "text"))
    .filter(isText)
    .join("");
}

function spentOf(messages: readonly unknown[]): Spent {
  const parts = messages.map((message): Spent => {
    const usage = field(message, "usage_metadata");
    const metadata = field(message, "response_metadata");
    return {
      inputTokens: numberField(usage, "input_tokens"),
      outputTokens: numberField(usage, "output_tokens"),
      cost: numberField(field(metadata, "usage"), "cost") ?? numberField(metadata, "cost"),
      calls: 1,
      isCached: false,
    };
  });
  return parts.reduce(addSpent, NOTHING_SPENT);
}

/** Whether a server, or LangChain, does not support structured output for this model. */
function refusesStructure(cause: unknown): boolean {
  const status = attempt(() => field(cause, "status"));
  if (typeof status === "number" && (status < 400 || status > 499 || status === 429)) return false;
  const message = attempt(() => String(field(cause, "message")));
  return /response_format|json_schema|structured output|tool_choice|not support tools/i.test(
    message ?? "",
  );
}

function isMessage(value: unknown): boolean {
  return field(value, "content") !== undefined && typeof field(value, "_getType") === "function";
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function numberField(value: unknown, name: string): number | undefined {
  const number = field(value, name);
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function field(value: unknown, name: string | number): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
