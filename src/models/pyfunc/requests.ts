import { MlflowException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import { readArguments } from "../../settings/check-options.js";
import { dump, type Fields, fieldsOf, isPlainFields } from "../dump.js";
import { pythonRepr, pythonStr } from "../python-text.js";
import { isLegacyChain, toChatChunk, toChatCompletion, toMessages } from "./chat-format.js";
import { textRequest } from "./text-input.js";

/** What `predict` calls on a model: a Runnable, a graph, an agent, a retriever. */
export interface RawModel {
  invoke(input: unknown, options?: object): unknown;
  stream?(input: unknown, options?: object): unknown;
}

/** The number of threads that Python's `predict` has. */
const MAX_PARALLEL_REQUESTS = 10;

export interface CallSettings {
  readonly model: RawModel;
  /** Passed in the options of `invoke` and `stream`. A parameter named `config` is merged into these options. */
  readonly params: Fields;
  /** Options of the caller of `predict`, stronger than `params`. */
  readonly callOptions?: Fields;
  readonly convertsMessages: boolean | undefined;
}

/**
 * Calls the model once per request, several at a time, and returns the answers in order. If calls throw, it throws after all
 * calls have ended. `cause` is the error that was thrown, or an AggregateError of several.
 */
export async function callModel(
  requests: readonly unknown[],
  { model, params, callOptions = {}, convertsMessages }: CallSettings,
): Promise<unknown[]> {
  const messages = readArguments("The input of predict()", () =>
    toMessages(requests, model, convertsMessages),
  );
  const inputs = messages ?? requests;
  const options = optionsOf(params, callOptions);
  const answers: unknown[] = new Array(inputs.length);
  const failures: { index: number; error: unknown }[] = [];
  const call = async (index: number) => {
    try {
      const answer = await invoke(model, inputs[index], options);
      answers[index] = dump(messages ? toChatCompletion(answer) : answer);
    } catch (error) {
      failures.push({ index, error });
    }
  };
  // A server mostly has one request at a time.
  if (inputs.length === 1) await call(0);
  else await forEach(inputs.keys(), MAX_PARALLEL_REQUESTS, call);
  if (failures.length > 0) throw failed(failures, inputs);
  return answers;
}

async function invoke(model: RawModel, input: unknown, options: [] | [object]): Promise<unknown> {
  const text = textRequest(model, input);
  const modelInput = text ? text.input : toModelInput(model, input);
  const answer = await model.invoke(modelInput, ...options);
  if (isLegacyChain(model)) return bareOutput(model, modelInput, answer);
  return text ? text.answerOf(answer) : answer;
}

/** A chain or AgentExecutor may return its input beside its output. The input is removed, and a single output is unwrapped. */
function bareOutput(model: object, input: unknown, answer: unknown): unknown {
  const fields = fieldsOf(answer);
  if (!fields) return answer;
  const { outputKeys } = model as { readonly outputKeys?: unknown };
  const outputs = Array.isArray(outputKeys) ? outputKeys : [];
  const given = fieldsOf(input) ?? {};
  const kept = Object.entries(fields).filter(
    ([name]) => outputs.includes(name) || !Object.hasOwn(given, name),
  );
  return kept.length === 1 ? kept[0]?.[1] : Object.fromEntries(kept);
}

/** A retriever takes the query alone, not the dictionary around it. */
function toModelInput(model: RawModel, input: unknown): unknown {
  const isRetriever =
    typeof (model as { readonly _getRelevantDocuments?: unknown })._getRelevantDocuments ===
    "function";
  const isQuery = isRetriever && typeof input === "object" && input !== null;
  return isQuery && isPlainFields(input) && "query" in input ? input.query : input;
}

function optionsOf({ config, ...params }: Fields, callOptions: Fields): [] | [object] {
  const options = { ...params, ...fieldsOf(config), ...callOptions };
  return Object.keys(options).length > 0 ? [options] : [];
}

function failed(
  failures: readonly { index: number; error: unknown }[],
  inputs: readonly unknown[],
): MlflowException {
  const sorted = failures.toSorted((one, other) => one.index - other.index);
  const texts = sorted.map(({ index, error }) => {
    const payload = pythonStr(dump(inputs[index]));
    return `${index}: ${pythonRepr(`error: ${errorText(error)}\n request payload: ${payload}`)}`;
  });
  const errors = sorted.map(({ error }) => error);
  const cause = errors.length === 1 ? errors[0] : new AggregateError(errors);
  const message = `${failures.length} tasks failed. Errors: {${texts.join(", ")}}`;
  return new MlflowException(message, "INTERNAL_ERROR", { cause });
}

/** The text of an error, like Python's `repr` of an exception. The stack trace is in `cause`. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return pythonRepr(error);
  const name = error.name === "Error" ? error.constructor.name : error.name;
  return `${name}(${pythonRepr(error.message)})`;
}

/** Yields the chunks of one answer as the model streams them. */
export async function* streamModel(
  request: unknown,
  { model, params, callOptions = {}, convertsMessages }: CallSettings,
): AsyncGenerator<unknown, void, undefined> {
  if (typeof model.stream !== "function") {
    throw new MlflowException(
      `Model ${model.constructor.name} does not support streaming prediction output. No \`stream\` method found.`,
    );
  }
  const { messages, input } = readArguments("The input of predictStream()", () => {
    const converted = toMessages([request], model, convertsMessages)?.[0];
    const asText = textRequest(model, request)?.input;
    return { messages: converted, input: converted ?? asText ?? toModelInput(model, request) };
  });
  const stream = await model.stream(input, ...optionsOf(params, callOptions));
  for await (const chunk of stream as AsyncIterable<unknown>) {
    yield dump(messages ? toChatChunk(chunk) : chunk);
  }
}
