import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { downloadArtifacts } from "../artifacts/artifacts.js";
import { readVariable } from "../config/settings.js";
import { setActiveModelId } from "../context/active-model.js";
import { MlflowException } from "../errors.js";
import { warnOnce } from "../log.js";
import { getPipeline } from "../pipeline/pipeline.js";
import { appDirectories } from "./code/app-modules.js";
import { loadCode } from "./code/load-code.js";
import { mismatches } from "./folder/dependencies.js";
import { flavorOf, type LangChainFlavor, type MlModel, readMlModel } from "./folder/ml-model.js";
import { type Invokable, PyFuncModel } from "./pyfunc/pyfunc-model.js";
import { loadChain } from "./serialized/load-chain.js";
import type { LangChainModel } from "./set-model.js";
import { ModelSignature } from "./signature/model-signature.js";

export interface LoadModelOptions {
  /** Where the model is downloaded to. Default: a new temporary folder. */
  readonly dstPath?: string;
  /** Laid over the configuration the model was logged with. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  /** Keys by name, before those of the environment. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** False refuses a model from a server whose code would run here. Default: true, told once. */
  readonly allowRemoteCode?: boolean;
}

/** A model folder on this machine, as it was found. */
interface FoundModel {
  readonly folder: string;
  readonly mlModel: MlModel;
  readonly flavor: LangChainFlavor;
}

/**
 * Loads a model that was logged or saved: the LangChain object itself. `modelUri` is `models:/m-…`,
 * `models:/<name>/<version>`, `models:/<name>@<alias>`, `runs:/<run>/<name>`, a place like
 * `mlflow-artifacts:/…`, or a local folder. Code runs as fresh modules on each load, and imports what the
 * app has installed; versions that differ from those it was logged with are told.
 * Mirrors `mlflow.langchain.load_model`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is no model, INVALID_PARAMETER_VALUE for one
 * of another flavor or code that fails, INVALID_STATE where a key or package is missing.
 */
export async function loadModel(
  modelUri: string,
  options: LoadModelOptions = {},
): Promise<LangChainModel> {
  const found = await find(modelUri, options);
  return load(modelUri, found, options);
}

/**
 * The same as a model with one `predict()`, which checks data against the signature.
 * Mirrors `mlflow.pyfunc.load_model`.
 */
export async function loadPyfuncModel(
  modelUri: string,
  options: LoadModelOptions = {},
): Promise<PyFuncModel<MlModel>> {
  const found = await find(modelUri, options);
  const model = await load(modelUri, found, options);
  const { signature, artifact_path: artifactPath, run_id: runId } = found.mlModel;
  return new PyFuncModel<MlModel>({
    model: model as Invokable,
    metadata: found.mlModel,
    signature: signature ? ModelSignature.fromDict(signature) : undefined,
    ...(artifactPath !== undefined && { artifactPath }),
    ...(runId !== undefined && { runId }),
  });
}

/** The `package.json` of a model: `npm install` beside it brings what the model needs. Mirrors `mlflow.pyfunc.get_model_dependencies`. */
export async function getModelDependencies(modelUri: string): Promise<string> {
  const { folder } = await find(modelUri, {});
  return join(folder, "package.json");
}

async function find(modelUri: string, { dstPath }: LoadModelOptions): Promise<FoundModel> {
  const folder =
    (await localFolder(modelUri)) ??
    (await downloadArtifacts({
      artifactUri: modelUri,
      ...(dstPath !== undefined && { dstPath }),
    }));
  const mlModel = await readMlModel(folder);
  return { folder, mlModel, flavor: flavorOf(mlModel) };
}

async function localFolder(modelUri: string): Promise<string | undefined> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(modelUri)) return undefined;
  const folder = resolve(modelUri);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw new MlflowException(
    `Failed to download artifacts from path '${modelUri}', please ensure that the path is correct.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

async function load(
  modelUri: string,
  { folder, mlModel, flavor }: FoundModel,
  options: LoadModelOptions,
): Promise<LangChainModel> {
  const importsFrom = appDirectories();
  tellMismatches(flavor, importsFrom);
  const model = flavor.code
    ? await loadFromCode(modelUri, folder, flavor, importsFrom, options)
    : await loadSerialized(folder, flavor, importsFrom, options);
  if (mlModel.model_id !== undefined) setActiveModelId(mlModel.model_id);
  return model;
}

async function loadFromCode(
  modelUri: string,
  folder: string,
  { code, model_config: logged }: LangChainFlavor,
  importsFrom: readonly string[],
  { allowRemoteCode = true, modelConfig }: LoadModelOptions,
): Promise<LangChainModel> {
  if (!code) throw new MlflowException("The model has no code.");
  if (isRemote(modelUri)) allowCode(modelUri, allowRemoteCode);
  const config = logged || modelConfig ? { ...logged, ...modelConfig } : undefined;
  return loadCode({
    folder,
    stored: code,
    shownPath: join(folder, code.file),
    importsFrom,
    ...(config && { modelConfig: config }),
  });
}

/** A local store, like a folder, is the app's own machine. */
function isRemote(modelUri: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(modelUri)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === "file") return false;
  return /^https?:/.test(getPipeline().tracking.current().store.uri);
}

function allowCode(modelUri: string, isAllowed: boolean): void {
  if (!isAllowed) {
    throw new MlflowException(
      `The model ${modelUri} is code, which would run in this process, and allowRemoteCode is false.`,
      "PERMISSION_DENIED",
    );
  }
  warnOnce(
    "remote code",
    `loading ${modelUri} runs the code it was logged with in this process. Load models only from stores you trust; allowRemoteCode: false refuses them.`,
  );
}

async function loadSerialized(
  folder: string,
  { data, secrets }: LangChainFlavor,
  importsFrom: readonly string[],
  options: LoadModelOptions,
): Promise<LangChainModel> {
  if (data === null || data !== "model/chain.json") {
    throw new MlflowException("The model has neither code nor a chain.", "INVALID_PARAMETER_VALUE");
  }
  const text = await readFile(join(folder, data), "utf8");
  const secretOf = (name: string) => options.secrets?.[name] ?? readVariable(name);
  return loadChain(text, { importsFrom, secrets, secretOf });
}

function tellMismatches({ dependencies }: LangChainFlavor, importsFrom: readonly string[]): void {
  const rows = mismatches(dependencies, importsFrom);
  if (rows.length === 0) return;
  const width = Math.max(...rows.map(({ name }) => name.length));
  const table = rows
    .map(({ name, wanted, found }) => `  ${name.padEnd(width)}  ${wanted} → ${found}`)
    .join("\n");
  warnOnce(
    `mismatches ${table}`,
    `the model was logged with other versions of packages than are installed here (logged → installed):\n${table}`,
  );
}
