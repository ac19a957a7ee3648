import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { inspect } from "node:util";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { noteModel, noteModelObject } from "../context/active-model.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { downloadArtifacts } from "../runs/artifacts/artifacts.js";
import { readVariable } from "../settings/settings.js";
import { findBelow } from "../store/local-files.js";
import { schemeOf } from "../store/tracking-uri.js";
import { appDirectories } from "./code/app-modules.js";
import { loadCode } from "./code/load-code.js";
import {
  flavorOf,
  type LangChainFlavor,
  type MlModel,
  readMlModel,
  storedCodeOf,
} from "./folder/ml-model.js";
import { findPackage } from "./folder/packages.js";
import { warnOfMismatches } from "./folder/version-check.js";
import { checkCoreVersion } from "./serialize/core-version.js";
import { loadRunnable } from "./serialize/runnable-data.js";
import type { LangChainModel } from "./set-model.js";
import { createTemporaryFolder } from "./temporary-folder.js";

export interface LoadModelOptions {
  /** A folder the model is downloaded to and stays in. Default: one that goes when it is loaded. */
  readonly dstPath?: string;
  /** Keys for a model that was logged as data, by the variable they would else be read from: `{ OPENAI_API_KEY: "…" }`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Laid over the configuration that the model was logged with. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  /** Whether code from a store on another machine may run here. Default: it may, and that is told once. */
  readonly allowRemoteCode?: boolean;
}

/** A model's folder on this machine. */
export interface ModelFolder {
  readonly folder: string;
  readonly model: MlModel;
  readonly flavor: LangChainFlavor;
  /** As it was asked for, to be told of. */
  readonly shown: string;
  /** Its files came from another machine. */
  readonly isRemote: boolean;
}

/**
 * Loads a model and gives the LangChain object: of `models:/m-…`, `models:/<name>/<version>`, `models:/<name>@<alias>`, `runs:/<run id>/<name>`,
 * `mlflow-artifacts:/…`, `file:…` or a local path. Its code is fresh at each load, and what it imports by name is the app's. Mirrors
 * `mlflow.langchain.load_model`.
 *
 * Loading a model runs its code: load what you trust.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is no model, or one of another kind; INVALID_PARAMETER_VALUE where
 * its code does not run, or a key is missing; PERMISSION_DENIED for remote code that is not allowed.
 */
export function loadModel(
  modelUri: string,
  options: LoadModelOptions = {},
): Promise<LangChainModel> {
  return withModel(modelUri, options, (found) => instantiate(found, options));
}

/** Brings a model's folder here for as long as `work` needs it. */
export function withModel<T>(
  modelUri: string,
  { dstPath }: { readonly dstPath?: string },
  work: (found: ModelFolder) => Promise<T>,
): Promise<T> {
  const run = async () => {
    checkUri(modelUri);
    const isRemote = comesFromAfar(modelUri);
    const isKept = dstPath !== undefined || !isRemote;
    const target = isKept ? dstPath : createTemporaryFolder("load");
    try {
      const artifacts = { artifactUri: modelUri, ...(target !== undefined && { dstPath: target }) };
      const folder = resolve(await downloadArtifacts(artifacts));
      const model = await readMlModel(folder, modelUri);
      const flavor = flavorOf(model, modelUri);
      return await work({ folder, model, flavor, shown: modelUri, isRemote });
    } finally {
      if (!isKept && target !== undefined) await rm(target, { recursive: true, force: true });
    }
  };
  return hold(run(), MAX_TIMER_MS);
}

/** Makes the LangChain object of a model's folder. */
export async function instantiate(
  { folder, model, flavor, shown, isRemote }: ModelFolder,
  options: LoadModelOptions,
): Promise<LangChainModel> {
  const importsFrom = appDirectories();
  const stored = storedCodeOf(flavor);
  if (stored && isRemote) admitCode(shown, options.allowRemoteCode);
  warnOfMismatches(flavor, importsFrom, shown);
  const modelConfig = configOf(flavor, options);
  const loaded = stored
    ? await loadCode({
        ...{ folder, stored, importsFrom, shownPath: join(folder, stored.file) },
        ...(modelConfig && { modelConfig }),
      })
    : await loadData(folder, flavor, options, importsFrom);
  if (typeof model.model_id === "string") noteModel(model.model_id);
  noteModelObject(loaded);
  return loaded;
}

/** The configuration a model is loaded with: its own, with what is given here laid over it. */
export function configOf(
  { config }: LangChainFlavor,
  { modelConfig }: LoadModelOptions,
): Readonly<Record<string, unknown>> | undefined {
  return config || modelConfig ? { ...config, ...modelConfig } : undefined;
}

async function loadData(
  folder: string,
  { model_data: file, secrets }: LangChainFlavor,
  options: LoadModelOptions,
  importsFrom: readonly string[],
): Promise<LangChainModel> {
  checkCoreVersion(findPackage("@langchain/core", importsFrom)?.version);
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
  return loadRunnable(await readFile(path, "utf8"), {
    importsFrom,
    secretIds,
    readSecret: (id) => options.secrets?.[id] ?? readVariable(id),
  });
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function admitCode(shown: string, isAllowed: boolean | undefined): void {
  if (isAllowed) return;
  if (isAllowed === false) {
    throw new MlflowException(
      `${shown} is a model from code, and its code comes from another machine: with allowRemoteCode: false it is not run.`,
      "PERMISSION_DENIED",
    );
  }
  warnOnce(
    "remote code",
    `loading ${shown} runs the code that was logged with it: load only what you trust. allowRemoteCode: true says that you know, allowRemoteCode: false refuses it.`,
  );
}

function comesFromAfar(modelUri: string): boolean {
  const scheme = schemeOf(modelUri) ?? "file";
  if (scheme === "file") return false;
  const isOfStore = ["runs", "models", "mlflow-artifacts"].includes(scheme);
  return !isOfStore || /^https?:/.test(getPipeline().tracking.current().store.uri);
}

function checkUri(modelUri: unknown): asserts modelUri is string {
  if (typeof modelUri === "string" && modelUri !== "") return;
  throw invalidParameter("A model is loaded by its URI: `models:/m-…`, `runs:/…/model`, a path.");
}
