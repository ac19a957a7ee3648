import { MlflowException } from "../../errors.js";
import { warnOnce } from "../../log.js";
import type { Plain } from "../../trace/plain.js";
import type { ModelSignature } from "../signature/model-signature.js";
import { plainResult } from "../signature/plain-data.js";
import { isChatRequest, takesMessages, toChatChunk, toChatCompletion } from "./chat-request.js";
import { enforceParams, type Params } from "./enforce-params.js";
import { enforceSchema } from "./enforce-schema.js";
import { pythonText } from "./python-text.js";

/** A LangChain object, as far as `predict()` calls it. */
export interface Invokable {
  invoke(input: unknown, options?: object): Promise<unknown>;
  stream?(input: unknown, options?: object): Promise<AsyncIterable<unknown>>;
}

export interface PyfuncModelInit<Metadata> {
  readonly model: Invokable;
  readonly signature: ModelSignature | undefined;
  readonly metadata: Metadata;
  /** Where it was loaded from, for `toString()`. */
  readonly artifactPath?: string;
  readonly runId?: string;
}

/** Rows that are worked on at the same time, as in Python. */
const MAX_CONCURRENT_ROWS = 10;

/**
 * A model as every MLflow flavor gives it: one `predict()`, whatever is behind it. Mirrors
 * `mlflow.pyfunc.PyFuncModel`.
 */
export class PyFuncModel<Metadata = unknown> {
  readonly #init: PyfuncModelInit<Metadata>;

  constructor(init: PyfuncModelInit<Metadata>) {
    this.#init = init;
  }

  /** What MLmodel says. */
  get metadata(): Metadata {
    return this.#init.metadata;
  }

  /** The LangChain object itself. */
  getRawModel(): Invokable {
    return this.#init.model;
  }

  /**
   * Calls the model, once for each row: an object or scalar is one, a list has one an item. The result
   * is plain data (messages and documents are what they hold): a list with an entry a row where the model
   * has a signature or a list came, else the result itself. At most ten rows are under way at once.
   * With a signature the data is checked against it first; `params` are those it names, and go into the
   * options of `invoke()`.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE where the data does not fit the signature; where the
   * model fails, one that says which rows failed and of what.
   */
  async predict(data: unknown, params?: Params): Promise<unknown> {
    const { rows, isList, options } = this.#prepare(data, params);
    const results = await predictRows(rows, (row) => this.#predictRow(row, options));
    return isList ? results : results[0];
  }

  /**
   * Streams the model's own chunks, as plain data, for a single input.
   *
   * @throws MlflowException as `predict()`, and for more than one input.
   */
  async *predictStream(data: unknown, params?: Params): AsyncGenerator<unknown> {
    const { rows, options } = this.#prepare(data, params);
    if (rows.length !== 1) {
      throw new MlflowException(
        `'predict_stream' requires single input, but it got input data ${pythonText(rows)}`,
        "INVALID_PARAMETER_VALUE",
      );
    }
    const { model } = this.#init;
    const { input, isChat } = await this.#inputOf(rows[0]);
    if (!model.stream) {
      yield this.#resultOf(await model.invoke(input, options), isChat, toChatChunk);
      return;
    }
    for await (const chunk of await model.stream(input, options)) {
      yield this.#resultOf(chunk, isChat, toChatChunk);
    }
  }

  toString(): string {
    const { artifactPath, runId } = this.#init;
    return [
      "mlflow.pyfunc.loaded_model:",
      ...(artifactPath === undefined ? [] : [`  artifact_path: ${artifactPath}`]),
      "  flavor: langchainjs",
      ...(runId === undefined ? [] : [`  run_id: ${runId}`]),
    ].join("\n");
  }

  #prepare(data: unknown, params: Params | undefined) {
    const { signature } = this.#init;
    const warn = (message: string) => warnOnce(message, message);
    const { config, ...rest } = enforceParams(params, signature?.params, warn);
    const options = { ...(config as object | undefined), ...rest };
    if (!signature?.inputs) {
      const isList = Array.isArray(data);
      return { rows: isList ? data : [data], isList, options };
    }
    return { rows: enforceSchema(data, signature.inputs, warn), isList: true, options };
  }

  async #predictRow(row: unknown, options: object): Promise<unknown> {
    const { input, isChat } = await this.#inputOf(row);
    const result = await this.#init.model.invoke(input, options);
    return this.#resultOf(result, isChat, toChatCompletion);
  }

  async #inputOf(row: unknown): Promise<{ input: unknown; isChat: boolean }> {
    if (!isChatRequest(row) || takesMessages(this.#init.model))
      return { input: row, isChat: false };
    const { coerceMessageLikeToMessage } = await import("@langchain/core/messages");
    const coerce = (message: unknown) =>
      coerceMessageLikeToMessage(message as Parameters<typeof coerceMessageLikeToMessage>[0]);
    return { input: row.messages.map(coerce), isChat: true };
  }

  #resultOf(
    value: unknown,
    isChat: boolean,
    convert: (plain: Plain | undefined, createdSeconds: number) => Plain | undefined,
  ): unknown {
    const plain = plainResult(value);
    return isChat ? convert(plain, Math.floor(Date.now() / 1000)) : plain;
  }
}

/** Some rows at a time, in order; all are tried, and one that fails fails the whole. */
async function predictRows(
  rows: readonly unknown[],
  predict: (row: unknown) => Promise<unknown>,
): Promise<unknown[]> {
  const results: unknown[] = Array.from({ length: rows.length });
  const failures = new Map<number, unknown>();
  let next = 0;
  const work = async () => {
    while (next < rows.length) {
      const index = next++;
      try {
        results[index] = await predict(rows[index]);
      } catch (cause) {
        failures.set(index, cause);
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT_ROWS }, work));
  if (failures.size > 0) throw failed(failures, rows);
  return results;
}

function failed(failures: ReadonlyMap<number, unknown>, rows: readonly unknown[]): MlflowException {
  const texts = [...failures]
    .sort(([a], [b]) => a - b)
    .map(([index, cause]) => {
      const text = cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause);
      return `${index}: ${pythonText(`error: ${text}\n request payload: ${pythonText(rows[index])}`)}`;
    });
  return new MlflowException(
    `${failures.size} tasks failed. Errors: {${texts.join(", ")}}`,
    "INTERNAL_ERROR",
    { cause: [...failures.values()][0] },
  );
}
