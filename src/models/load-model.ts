import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { noteModel, noteModelObject } from "../context/active-model.js";
import { ownField } from "../data/plain.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { dictionary, dictionaryOfTexts, flag, localPath } from "../settings/kinds.js";
import { readVariable } from "../settings/settings.js";
import { findBelow } from "../store/local-files.js";
import { type Bundle, importBundle, importFromBundle } from "./bundle/bundle.js";
import { appDirectories } from "./code/app-modules.js";
import { loadCode } from "./code/load-code.js";
import { type LangChainFlavor, storedCodeOf } from "./folder/ml-model.js";
import { findPackage, warnOfMismatches } from "./folder/packages.js";
import { type ModelFolder, withModel } from "./model-folder.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";
import type { PyFuncModel } from "./pyfunc/pyfunc-model.js";
import { isCallOption } from "./serialize/check-data.js";
import { appModules, checkCoreVersion, loadRunnable } from "./serialize/runnable-data.js";
import type { LangChainModel } from "./set-model.js";
import { readInputExample } from "./signature/input-example.js";

/** The options of `mlflow.langchain.loadModel()` and `mlflow.pyfunc.loadModel()`. */
export interface LoadModelOptions {
  /** A folder that the model is downloaded to and stays in. Default: a temporary folder, removed after the load. */
  readonly dstPath?: string;
  /**
   * Keys for a model that was logged as data, by the environment variable that is read otherwise:
   * `{ OPENAI_API_KEY: "…" }`.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Overrides single values of the configuration that the model was logged with. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  /** Whether code from a remote server may run here. Default: it runs, and a warning is logged once. */
  readonly allowRemoteCode?: boolean;
}

const LOAD_OPTIONS: OptionKinds<LoadModelOptions> = {
  dstPath: localPath,
  secrets: dictionaryOfTexts,
  modelConfig: dictionary,
  allowRemoteCode: flag,
};

function readLoadOptions(options: unknown): LoadModelOptions {
  return readOptions("loadModel()", options, LOAD_OPTIONS);
}

/**
 * Loads a model and returns the LangChain object. The URI is `models:/m-…`, `models:/<name>/<version>`, `models:/<name>@<alias>`,
 * `runs:/<run id>/<name>`, `mlflow-artifacts:/…`, `file:…` or a local path. Each load runs the model's code in new modules, and
 * that code imports packages from the app. Mirrors `mlflow.langchain.load_model`.
 *
 * Loading a model runs its code: load only models that you trust.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model, or the model has another flavor; INVALID_PARAMETER_VALUE
 * when its code throws, or a key is missing; PERMISSION_DENIED for remote code that is not allowed.
 */
export function loadModel(
  modelUri: string,
  options: LoadModelOptions = {},
): Promise<LangChainModel> {
  return loadWithBundle(modelUri, options);
}

/** Loads a model. If the program is the model's own bundle, it passes itself: a second copy is not loaded. */
export function loadWithBundle(
  modelUri: string,
  options: LoadModelOptions,
  bundle?: Bundle,
): Promise<LangChainModel> {
  const read = () => readLoadOptions(options);
  return withModel("loadModel()", modelUri, read, (found, given) =>
    instantiate(found, given, bundle),
  );
}

/**
 * Loads a model behind MLflow's common interface: `predict(input, params)`, which enforces the model's signature, and
 * `predictStream(input)`. It takes the same URIs and options, and throws the same errors, as `mlflow.langchain.loadModel`.
 * Mirrors `mlflow.pyfunc.load_model`.
 */
export function loadPyFuncModel(
  modelUri: string,
  options: LoadModelOptions = {},
): Promise<PyFuncModel<ModelInfo>> {
  return withModel(
    "loadModel()",
    modelUri,
    () => readLoadOptions(options),
    async (found, given) => {
      const model = await instantiate(found, given);
      const modelConfig = configOf(found.flavor, given);
      const { createPyFuncModel } = await import("./pyfunc/pyfunc-model.js");
      return createPyFuncModel<ModelInfo>({
        model,
        metadata: modelInfoOf(found.model, { modelUri }),
        inputExample: await exampleOf(found),
        ...(modelConfig && { modelConfig }),
        // A default is passed in the options of a call, where it could name another host. A model's code can do that anyway, its data must not.
        ...(!storedCodeOf(found.flavor) && { acceptsDefault: isCallOption }),
      });
    },
  );
}

async function instantiate(
  { folder, model, flavor, shown, isRemote }: ModelFolder,
  options: LoadModelOptions,
  running?: Bundle,
): Promise<LangChainModel> {
  const stored = storedCodeOf(flavor);
  const isBundled = flavor.bundle === true;
  if ((stored || isBundled) && isRemote) checkRemoteCode(shown, options.allowRemoteCode);
  // A bundle has its packages in it.
  const importsFrom = isBundled ? [] : appDirectories();
  if (!isBundled) warnOfMismatches(flavor, importsFrom, shown);
  const bundle = isBundled ? (running ?? (await importBundle(folder))) : undefined;
  const modelConfig = configOf(flavor, options);
  const loaded = stored
    ? await loadCode({
        ...{ folder, stored, importsFrom, bundle, shownPath: join(folder, stored.file) },
        ...(modelConfig && { modelConfig }),
      })
    : await loadData({ folder, flavor, options, importsFrom, bundle });
  if (typeof model.model_id === "string") noteModel(model.model_id);
  noteModelObject(loaded);
  return loaded;
}

function configOf(
  { config }: LangChainFlavor,
  { modelConfig }: LoadModelOptions,
): Readonly<Record<string, unknown>> | undefined {
  return config || modelConfig ? { ...config, ...modelConfig } : undefined;
}

async function loadData({
  folder,
  flavor,
  options,
  importsFrom,
  bundle,
}: {
  readonly folder: string;
  readonly flavor: LangChainFlavor;
  readonly options: LoadModelOptions;
  readonly importsFrom: readonly string[];
  readonly bundle: Bundle | undefined;
}): Promise<LangChainModel> {
  const { model_data: file, secrets } = flavor;
  // The core of a bundle was checked when the model was logged.
  if (!bundle) checkCoreVersion(findPackage("@langchain/core", importsFrom)?.version);
  if (file !== "model/runnable.json") {
    throw invalidParameter(
      `The model's MLmodel file names neither code nor data: ${inspect(file, { depth: 0 })}.`,
    );
  }
  const secretIds: unknown = secrets ?? [];
  if (!isListOfTexts(secretIds)) {
    throw invalidParameter(
      `The model's MLmodel file must list the variables of its secrets: ${inspect(secretIds, { depth: 1 })}.`,
    );
  }
  const path = await findBelow(folder, file);
  if (path === undefined) {
    throw new MlflowException(`The model has no file ${file}.`, "RESOURCE_DOES_NOT_EXIST");
  }
  const own = options.secrets ?? {};
  return loadRunnable(await readFile(path, "utf8"), {
    importPackage: bundle
      ? (name) => importFromBundle(bundle, name)
      : await appModules(importsFrom),
    secretIds,
    readSecret: (id) => ownField(own, id) ?? readVariable(id),
  });
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

async function exampleOf({ folder, model }: ModelFolder): Promise<unknown> {
  const info = model.saved_input_example_info;
  if (!info) return undefined;
  // The file name is fixed, because a name in MLmodel, or a symbolic link, could point outside of the model's folder.
  const path = await findBelow(folder, "input_example.json");
  const text = path && (await readFile(path, "utf8").catch(() => undefined));
  return text === undefined ? undefined : readInputExample(info, text).input;
}

function checkRemoteCode(shown: string, isAllowed: boolean | undefined): void {
  if (isAllowed) return;
  if (isAllowed === false) {
    throw new MlflowException(
      `${shown} is a model from code, and its code comes from another machine. It does not run, because allowRemoteCode is false.`,
      "PERMISSION_DENIED",
    );
  }
  warnOnce(
    "remote code",
    `loading ${shown} runs the code that was logged with it: load only models that you trust. Pass allowRemoteCode: true to silence this warning, or allowRemoteCode: false to refuse such models.`,
  );
}
