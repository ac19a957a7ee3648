import { MlflowException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import { dump, type Fields, fieldsOf, isPlainFields } from "../dump.js";
import { pythonRepr, pythonStr } from "../python-text.js";
import { toChatChunk, toChatCompletion, toMessages } from "./chat-format.js";
import { isLegacyChain, isRetriever, type RawModel } from "./raw-model.js";

/** As many as Python's `predict` has threads. */
const MAX_PARALLEL_REQUESTS = 10;

export interface CallSettings {
  readonly model: RawModel;
  /** Go into the options of `invoke` and `stream`; a `config` among them is merged in. */
  readonly params: Fields;
  readonly convertsMessages: boolean | undefined;
}

/**
 * Calls the model once a request, several at a time, and gives the answers in order. Throws when one of the calls did,
 * after all have ended; `cause` is what was thrown, or an AggregateError.
 */
export async function callModel(
  requests: readonly unknown[],
  { model, params, convertsMessages }: CallSettings,
): Promise<unknown[]> {
  const messages = toMessages(requests, model, convertsMessages);
  const inputs = messages ?? requests;
  const answers: unknown[] = new Array(inputs.length);
  const failures: { index: number; error: unknown }[] = [];
  await forEach(inputs.entries(), MAX_PARALLEL_REQUESTS, async ([index, input]) => {
    try {
      const answer = await invoke(model, input, params);
      answers[index] = dump(messages ? toChatCompletion(answer) : answer);
    } catch (error) {
      failures.push({ index, error });
    }
  });
  if (failures.length > 0) throw failed(failures, inputs);
  return answers;
}

async function invoke(model: RawModel, input: unknown, params: Fields): Promise<unknown> {
  const answer = await model.invoke(toModelInput(model, input), ...optionsOf(params));
  return isLegacyChain(model) ? bareOutput(model, input, answer) : answer;
}

/** A chain or AgentExecutor may repeat its input beside its output; one output goes bare. */
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

/** A retriever is asked by its query alone. */
function toModelInput(model: RawModel, input: unknown): unknown {
  const isQuery = isRetriever(model) && typeof input === "object" && input !== null;
  return isQuery && isPlainFields(input) && "query" in input ? input.query : input;
}

function optionsOf({ config, ...params }: Fields): [] | [object] {
  const options = { ...params, ...fieldsOf(config) };
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

/** As Python's repr of an exception; its trace is in `cause`. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return pythonRepr(error);
  const name = error.name === "Error" ? error.constructor.name : error.name;
  return `${name}(${pythonRepr(error.message)})`;
}

/** Streams one answer, in pieces as the model gives them. */
export async function* streamModel(
  request: unknown,
  { model, params, convertsMessages }: CallSettings,
): AsyncGenerator<unknown, void, undefined> {
  if (typeof model.stream !== "function") {
    throw new MlflowException(
      `Model ${model.constructor.name} does not support streaming prediction output. No \`stream\` method found.`,
    );
  }
  const messages = toMessages([request], model, convertsMessages)?.[0];
  const input = messages ?? toModelInput(model, request);
  const stream = await model.stream(input, ...optionsOf(params));
  for await (const chunk of stream as AsyncIterable<unknown>) {
    yield dump(messages ? toChatChunk(chunk) : chunk);
  }
}
