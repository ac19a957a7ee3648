import { inspect } from "node:util";
import { MlflowException } from "../../base/errors.js";
import { warnOnce } from "../../base/log.js";
import { type PredictionSettings, readPredictionSettings } from "../../settings/settings.js";
import type { Fields } from "../dump.js";
import { pythonRepr } from "../python-text.js";
import type { ModelSignature } from "../signature/model-signature.js";
import { type AcceptsDefault, enforceParams } from "./enforce-params.js";
import { enforceSchema } from "./enforce-schema.js";
import type { RawModel } from "./raw-model.js";
import { type CallSettings, callModel, streamModel } from "./requests.js";

/** What `predict` needs to know of a model; its MLmodel file tells more. */
export interface PyFuncMetadata {
  readonly signature?: ModelSignature | undefined;
  readonly runId?: string | undefined;
  readonly artifactPath?: string | undefined;
}

/** What `mlflow.pyfunc.loadModel` gives: any model behind one way to call it (MLflow's `PyFuncModel`). */
export interface PyFuncModel<Metadata extends PyFuncMetadata = PyFuncMetadata> {
  /**
   * Calls the model. Its signature is enforced first: columns it does not know are told and dropped, missing ones and
   * wrong types refused. With a signature the answer is a list with one entry a row, for a single input too; without one
   * a list gives a list and anything else the bare answer. Messages and documents come back as LangChain dumps them.
   *
   * `params` have to be in the signature, and go into the options of `invoke`.
   *
   * Throws INVALID_PARAMETER_VALUE, with Python's text, for an input the signature refuses, and INTERNAL_ERROR
   * `<n> tasks failed. Errors: {<row>: …}` with the `cause` when the model threw.
   */
  predict(input: unknown, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Streams the answer to one input, or to a list of one, in pieces as the model gives them. */
  predictStream(
    input: unknown,
    params?: Readonly<Record<string, unknown>>,
  ): AsyncGenerator<unknown, void, undefined>;
  /** What its MLmodel file says. */
  readonly metadata: Metadata;
  /** The configuration it was logged with, and loaded with. */
  readonly modelConfig: Fields;
  /** The example it was logged with; undefined when it has none. */
  readonly inputExample: unknown;
  /** The LangChain object itself. */
  getRawModel(): unknown;
  toString(): string;
}

/** Puts `predict` before a LangChain object. */
export function createPyFuncModel<Metadata extends PyFuncMetadata>(options: {
  readonly model: RawModel;
  readonly metadata: Metadata;
  readonly modelConfig?: Fields;
  readonly inputExample?: unknown;
  readonly settings?: () => PredictionSettings;
  readonly warn?: (message: string) => void;
  /** Which defaults of the signature's parameters are used. Default: all of them. */
  readonly acceptsDefault?: AcceptsDefault;
}): PyFuncModel<Metadata> {
  const { model, metadata, modelConfig = {}, inputExample } = options;
  const { settings = readPredictionSettings } = options;
  const { warn = (message) => warnOnce(`predict ${message}`, message) } = options;
  const { acceptsDefault } = options;
  const { signature } = metadata;

  const check = (input: unknown, params: unknown): { data: unknown; call: CallSettings } => {
    const { hidesSchemaDetails, convertsMessages } = settings();
    const schema = signature?.inputs;
    const data = schema
      ? enforceSchema(input, schema, { warn, hidesDetails: hidesSchemaDetails })
      : input;
    const checked = enforceParams(params, signature?.params, warn, acceptsDefault);
    return { data, call: { model, params: checked, convertsMessages } };
  };

  const text = () => describe(metadata);
  return {
    metadata,
    modelConfig,
    inputExample,
    getRawModel: () => model,
    async predict(input: unknown, params?: Fields): Promise<unknown> {
      const { data, call } = check(input, params);
      if (Array.isArray(data)) return callModel(data, call);
      const [answer] = await callModel([data], call);
      return answer;
    },
    async *predictStream(input: unknown, params?: Fields) {
      const { data, call } = check(input, params);
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

/** As Python prints it. */
function describe({ artifactPath, runId }: PyFuncMetadata): string {
  const lines = [
    "mlflow.pyfunc.loaded_model:",
    ...(artifactPath === undefined ? [] : [`  artifact_path: ${artifactPath}`]),
    "  flavor: langchain-mlflow",
    ...(runId === undefined ? [] : [`  run_id: ${runId}`]),
  ];
  return `${lines.join("\n")}\n`;
}
