import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect, types } from "node:util";
import { invalidParameter, messageOf } from "../../base/errors.js";
import { guard, warnOnce } from "../../base/log.js";
import { noteModelObject } from "../../context/active-model.js";
import { type PromptReference, promptsIn } from "../../context/linked-prompts.js";
import { checkOption, type OptionKinds, readArguments } from "../../settings/check-options.js";
import { flag, kindOf, localPath, storedDictionary, texts } from "../../settings/kinds.js";
import { fieldsOf } from "../dump.js";
import { isPrivate } from "../serialize/fields.js";
import { isLangChainModel, type LangChainModel } from "../set-model.js";
import { inferParamSchema, inferSignature } from "../signature/infer-signature.js";
import {
  type InputExample,
  type SavedInputExample,
  writeInputExample,
} from "../signature/input-example.js";
import { ModelSignature } from "../signature/model-signature.js";
import { type Draft, draftModel, type ModelParts, sizeOf } from "./draft.js";
import { MLFLOW_VERSION, type MlModel, utcTime, writeMlModel } from "./ml-model.js";

export interface WriteModelOptions extends ModelParts {
  /** An input for `invoke`, which is stored. Without a `signature`, the model is called with it once to infer the signature. */
  readonly inputExample?: unknown;
  /** Parameters for `predict` beside the example. They are stored, and become the defaults of an inferred signature: do not pass secrets. */
  readonly inputExampleParams?: Readonly<Record<string, unknown>>;
  /** The model's inputs, outputs and parameters; see {@link inferSignature}. `false` logs no signature, and the model is not called. */
  readonly signature?: ModelSignature | false;
  /** Any metadata of yours, which is stored with the model: do not pass secrets. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export const modelOrPath = kindOf<string | LangChainModel>(
  "a LangChain object, or the path of a file that calls mlflow.models.setModel(model)",
  (value) => localPath.read(value) !== undefined || isLangChainModel(value),
);

const signatureOrFalse = kindOf<ModelSignature | false>(
  "a signature of mlflow.models, or false",
  // Not instanceof: the app may have several copies of this package.
  (value) => value === false || typeof (value as ModelSignature | null)?.toDict === "function",
);

/** Each field is checked when the example is written. */
const example = kindOf<unknown>(
  "an object, an array, a string, a number, a boolean or a Date",
  (value) => value !== null && !/^(symbol|function)$/.test(typeof value) && !isContainer(value),
);

function isContainer(value: unknown): boolean {
  return types.isMap(value) || types.isSet(value) || types.isPromise(value);
}

export const WRITE_MODEL_OPTIONS: OptionKinds<WriteModelOptions> = {
  lcModel: modelOrPath,
  codePaths: texts,
  modelConfig: storedDictionary,
  extraDependencies: texts,
  pythonFunction: flag,
  bundle: flag,
  inputExample: example,
  inputExampleParams: storedDictionary,
  signature: signatureOrFalse,
  metadata: storedDictionary,
};

/** Adds the required option, checked, to the options that the caller passed. */
export function withModelOf<Options extends { readonly lcModel?: string | LangChainModel }>(
  caller: string,
  options: Options,
): Options & Pick<WriteModelOptions, "lcModel"> {
  return { ...options, lcModel: checkOption(caller, "lcModel", modelOrPath, options.lcModel) };
}

/** Identifies the model in its store. It is known when the store has created the model. */
export interface ModelIdentity {
  readonly artifactPath: string;
  readonly modelUuid: string;
  readonly modelId?: string;
  readonly runId?: string;
}

/** A model's folder, complete except for its MLmodel file. */
export interface ModelDraft {
  /** The prompts of the registry that the model contains. */
  readonly prompts: readonly PromptReference[];
  /** Writes the MLmodel file. This is the last step. */
  finish(identity: ModelIdentity): Promise<MlModel>;
}

/** Writes a model's folder. Invalid options are reported here, before a request is sent to a store. */
export async function writeModel(options: WriteModelOptions, folder: string): Promise<ModelDraft> {
  const { metadata, modelConfig } = options;
  checkStorable("metadata", metadata);
  checkStorable("modelConfig", modelConfig);
  checkStorable("inputExampleParams", options.inputExampleParams);
  const inputExample = exampleOf(options);
  const example =
    inputExample &&
    readArguments("The option `inputExample`", () => writeInputExample(inputExample));
  const draft = await draftModel(options, folder);
  for (const [name, text] of Object.entries(example?.files ?? {})) {
    await writeFile(join(folder, name), text);
  }
  const signature = options.signature ?? (await signatureOf(draft.model, inputExample));
  const prompts = guard("prompts of a model", promptsIn)(draft.model) ?? [];
  return {
    prompts,
    async finish(identity) {
      const rest = { signature, example, metadata, folder, prompts };
      const model = await describe(draft, identity, rest);
      await writeMlModel(folder, model);
      return model;
    },
  };
}

function exampleOf(options: WriteModelOptions): InputExample | undefined {
  const { inputExample: input, inputExampleParams: params } = options;
  if (input === undefined && params === undefined) return undefined;
  if (input !== undefined && (params === undefined || fieldsOf(params))) return { input, params };
  throw invalidParameter(
    `\`inputExampleParams\` must be an object, and needs an \`inputExample\`. Got ${inspect(params, { depth: 0 })} with the inputExample ${inspect(input, { depth: 0 })}.`,
  );
}

async function describe(
  draft: Draft,
  identity: ModelIdentity,
  rest: {
    readonly signature: ModelSignature | false | undefined;
    readonly example: SavedInputExample | undefined;
    readonly metadata: Readonly<Record<string, unknown>> | undefined;
    readonly folder: string;
    readonly prompts: readonly PromptReference[];
  },
): Promise<MlModel> {
  const { artifactPath, modelUuid, modelId, runId } = identity;
  const { signature, example, metadata, folder } = rest;
  const prompts = rest.prompts.map(({ name, version }) => `prompts:/${name}/${version}`);
  return {
    artifact_path: artifactPath,
    env_vars: draft.variables,
    flavors: draft.flavors,
    ...{ is_signature_from_type_hint: false, type_hint_from_example: false },
    prompts: prompts.length > 0 ? prompts : null,
    ...(metadata && { metadata }),
    mlflow_version: MLFLOW_VERSION,
    ...(modelId !== undefined && { model_id: modelId }),
    model_size_bytes: await sizeOf(folder),
    model_uuid: modelUuid,
    ...(runId !== undefined && { run_id: runId }),
    ...(example && { saved_input_example_info: example.info }),
    ...(signature && { signature: signature.toDict() }),
    utc_time_created: utcTime(new Date()),
  };
}

/** Infers a signature. As in Python, if the call with the example fails, a warning is logged and there is no signature. */
async function signatureOf(
  model: LangChainModel,
  example: InputExample | undefined,
): Promise<ModelSignature | undefined> {
  if (example === undefined) return undefined;
  const { input, params = {} } = example;
  noteModelObject(model);
  try {
    const signature = new ModelSignature({ params: inferParamSchema(params) });
    const { createPyFuncModel } = await import("../pyfunc/pyfunc-model.js");
    const pyFuncModel = createPyFuncModel({ model, metadata: { signature } });
    return inferSignature(input, await pyFuncModel.predict(input, params), params);
  } catch (cause) {
    const message = messageOf(cause);
    warnOnce(
      `signature ${message}`,
      `Failed to validate the input example: the model threw an error when it was called with it, so it is logged without a signature. Error: ${message}`,
    );
    return undefined;
  }
}

/** Throws if a value that would be stored looks like it contains a key, a header or an address. */
function checkStorable(option: string, value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null || depth > 20) return;
  for (const [key, field] of Object.entries(value)) {
    if (isPrivate(key, field)) {
      throw invalidParameter(
        `\`${option}\` is stored with the model, and its field ${inspect(key)} looks like a key, a header or an address. Read it from the environment in the model's code.`,
      );
    }
    checkStorable(option, field, depth + 1);
  }
}
