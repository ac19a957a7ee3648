import { inspect } from "node:util";
import { MlflowException } from "../../base/errors.js";
import { warnOnce } from "../../base/log.js";
import { checkArgument, readArguments } from "../../settings/check-options.js";
import { dictionary } from "../../settings/kinds.js";
import { type PredictionSettings, readPredictionSettings } from "../../settings/settings.js";
import type { Fields } from "../dump.js";
import { pythonRepr } from "../python-text.js";
import type { ModelSignature } from "../signature/model-signature.js";
import { type AcceptsDefault, enforceParams, enforceSchema } from "./enforce-signature.js";
import { type CallSettings, callModel, type RawModel, streamModel } from "./requests.js";

/** The metadata that `predict` uses. */
export interface PyFuncMetadata {
  readonly signature?: ModelSignature | undefined;
  readonly runId?: string | undefined;
  readonly artifactPath?: string | undefined;
}

/** A model behind MLflow's common interface (MLflow's `PyFuncModel`). `mlflow.pyfunc.loadModel` returns it. */
export interface PyFuncModel<Metadata extends PyFuncMetadata = PyFuncMetadata> {
  /**
   * Calls the model. The signature is enforced first: unknown columns are dropped with a warning, missing columns and wrong types
   * throw. With a signature, it returns a list with one answer per row, also for a single input. Without a signature, it returns a
   * list for a list, and a single answer for any other input. Messages and documents are returned in LangChain's dump form.
   *
   * @param params Must be in the signature. They are passed in the options of `invoke`.
   * @param callOptions Further options of `invoke` from the caller of `predict`, for example `{ signal }`. They are not checked
   * against the signature, and override `params`.
   * @throws MlflowException INVALID_PARAMETER_VALUE, with Python's text, for an input that does not match the signature;
   * INTERNAL_ERROR `<n> tasks failed. Errors: {<row>: …}`, with a `cause`, when the model throws.
   */
  predict(
    input: unknown,
    params?: Readonly<Record<string, unknown>>,
    callOptions?: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  /**
   * Yields the chunks of the answer to one input, or to a list of one input, as the model streams them. `callOptions` are
   * options of `stream`.
   */
  predictStream(
    input: unknown,
    params?: Readonly<Record<string, unknown>>,
    callOptions?: Readonly<Record<string, unknown>>,
  ): AsyncGenerator<unknown, void, undefined>;
  /** The contents of the MLmodel file. */
  readonly metadata: Metadata;
  /** The configuration that the model was logged with, and the values it was loaded with. */
  readonly modelConfig: Fields;
  /** The input example. Undefined when the model was logged without one. */
  readonly inputExample: unknown;
  /** Returns the LangChain object. */
  getRawModel(): unknown;
  toString(): string;
}

/** Wraps a LangChain object in MLflow's common interface. */
export function createPyFuncModel<Metadata extends PyFuncMetadata>(options: {
  readonly model: RawModel;
  readonly metadata: Metadata;
  readonly modelConfig?: Fields;
  readonly inputExample?: unknown;
  readonly settings?: () => PredictionSettings;
  readonly warn?: (message: string) => void;
  /** Which defaults of the signature's parameters are used. Default: all. */
  readonly acceptsDefault?: AcceptsDefault;
}): PyFuncModel<Metadata> {
  const { model, metadata, modelConfig = {}, inputExample } = options;
  const { settings = readPredictionSettings } = options;
  const { warn = (message) => warnOnce(`predict ${message}`, message) } = options;
  const { acceptsDefault } = options;
  const { signature } = metadata;

  const check = (
    caller: string,
    input: unknown,
    params: unknown,
    callOptions: unknown,
  ): { data: unknown; call: CallSettings } => {
    const { hidesSchemaDetails, convertsMessages } = settings();
    const schema = signature?.inputs;
    const data = schema
      ? enforceSchema(input, schema, { warn, hidesDetails: hidesSchemaDetails })
      : input;
    // With a schema of parameters, the error has Python's text.
    if (!signature?.params) checkArgument(caller, "params", dictionary, params ?? {});
    const further = checkArgument(caller, "callOptions", dictionary, callOptions ?? {});
    const checked = enforceParams(params, signature?.params, warn, acceptsDefault);
    return { data, call: { model, params: checked, callOptions: further, convertsMessages } };
  };

  const text = () => describe(metadata);
  return {
    metadata,
    modelConfig,
    inputExample,
    getRawModel: () => model,
    async predict(input: unknown, params?: Fields, callOptions?: Fields): Promise<unknown> {
      const { data, call, isList } = readArguments("An argument of predict()", () => {
        const checked = check("predict()", input, params, callOptions);
        return { ...checked, isList: Array.isArray(checked.data) };
      });
      if (isList) return callModel(data as readonly unknown[], call);
      const [answer] = await callModel([data], call);
      return answer;
    },
    async *predictStream(input: unknown, params?: Fields, callOptions?: Fields) {
      const { data, call } = readArguments("An argument of predictStream()", () =>
        check("predictStream()", input, params, callOptions),
      );
      yield* streamModel(single(data), call);
    },
    toString: text,
    [inspect.custom]: text,
  } as PyFuncModel<Metadata>;
}

function single(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  if (data.length === 1) return data[0];
  throw new MlflowException(
    `'predict_stream' requires single input, but it got input data ${pythonRepr(data)}`,
  );
}

/** The text that Python prints for a model. */
function describe({ artifactPath, runId }: PyFuncMetadata): string {
  const lines = [
    "mlflow.pyfunc.loaded_model:",
    ...(artifactPath === undefined ? [] : [`  artifact_path: ${artifactPath}`]),
    "  flavor: langchain-mlflow",
    ...(runId === undefined ? [] : [`  run_id: ${runId}`]),
  ];
  return `${lines.join("\n")}\n`;
}
