import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { inspect } from "node:util";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { noteModel, noteModelObject } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import type { RunTarget } from "../delivery/destination.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { openImplicitRun } from "../runs/open-run.js";
import { targetOfId } from "../runs/run-targets.js";
import { checkOption, type OptionKinds, readOptions } from "../settings/check-options.js";
import {
  dictionaryOfTexts,
  integer,
  localPath,
  registeredModelName,
  storedDictionary,
  text,
} from "../settings/kinds.js";
import { checkNotLoading } from "./code/load-code.js";
import {
  WRITE_MODEL_OPTIONS,
  type WriteModelOptions,
  withModelOf,
  writeModel,
} from "./folder/write-model.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";
import { ModelUpload, takeName } from "./model-upload.js";
import { registerModel } from "./registry.js";
import { createTemporaryFolder } from "./temporary-folder.js";

const LOG_MODEL_OPTIONS: OptionKinds<LogModelOptions> = {
  ...WRITE_MODEL_OPTIONS,
  name: text,
  artifactPath: text,
  runId: text,
  registeredModelName,
  params: storedDictionary,
  tags: dictionaryOfTexts,
  modelType: text,
  step: integer,
};

/** MLflow 2's name of an option, and the option that it stands for. */
const ALIASES = { artifactPath: "name" } as const;

export interface LogModelOptions extends WriteModelOptions {
  /** The model's name, without `/ : . % " '`. Default: `model`. */
  readonly name?: string;
  /** MLflow 2's word for `name`. */
  readonly artifactPath?: string;
  /** The run to log to. Default: the active run, if any. Servers before MLflow 3.0 and local stores keep models in runs: without a run, one is created. */
  readonly runId?: string;
  /** Registers the model as a version of this registered model, which is created if it does not exist. */
  readonly registeredModelName?: string;
  /** Parameters of the logged model. Like `tags` and `modelType`, only servers since MLflow 3.0 store them. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly modelType?: string;
  /** The step of the run at which the model was made. Default: 0. */
  readonly step?: number;
}

/**
 * Logs a model to MLflow. The model is either
 *
 * - a file that calls `mlflow.models.setModel(model)` (`.js`, `.mjs`, `.cjs`, `.ts`, `.mts`, `.cts`), stored unchanged with its
 *   `codePaths`; `createAgent` agents, LangGraph graphs, retrievers, tools and chains with functions are logged this way;
 * - or a Runnable, stored as data if LangChain's own serialization restores the same object.
 *
 * The exact versions of its packages, the names of the environment variables it reads, the example and the signature are logged
 * with it. Keys, headers and base URLs are never logged. Mirrors `mlflow.langchain.log_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE, before anything is sent, for invalid options, for code that throws or logs
 * itself, and for a Runnable that cannot be stored as data. The message names the part and the fix.
 */
export function logModel(options: LogModelOptions): Promise<ModelInfo> {
  return hold(logFrom(options), MAX_TIMER_MS);
}

/** Logs a model to this run, which may be in a store other than the current one. */
export function logModelTo(run: RunTarget, options: LogModelOptions): Promise<ModelInfo> {
  return hold(logFrom(options, run), MAX_TIMER_MS);
}

async function logFrom(given: LogModelOptions, target?: RunTarget): Promise<ModelInfo> {
  const options = withModelOf(
    "logModel()",
    readOptions("logModel()", given, LOG_MODEL_OPTIONS, ALIASES),
  );
  const name = checkName(options.name ?? "model");
  const run = target ?? runFor(options.runId);
  const { lcModel, params, tags, modelType, step, registeredModelName } = options;
  if (typeof lcModel === "object") noteModelObject(lcModel);
  const folder = createTemporaryFolder("model");
  try {
    const draft = await writeModel(options, folder);
    const destination = run?.destination ?? getPipeline().tracking.current();
    if (run) takeName(run, name);
    const upload = new ModelUpload({
      ...{ name, draft, folder, destination, run, params, tags, modelType, step },
      openRun: () => openImplicitRun().target,
    });
    const info = await stored(upload);
    noteModel(info.modelId);
    if (registeredModelName === undefined) return info;
    const { version } = await registerModel(info.modelUri, registeredModelName);
    return { ...info, registeredModelVersion: version };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stored(upload: ModelUpload): Promise<ModelInfo> {
  try {
    return await upload.store();
  } catch (cause) {
    await upload.fail();
    throw cause;
  }
}

function runFor(runId: string | undefined): RunTarget | undefined {
  return runId === undefined ? currentRun()?.target : targetOfId(runId);
}

function checkName(name: unknown): string {
  if (typeof name === "string" && name !== "" && !/[/:.%"']/.test(name)) return name;
  throw invalidParameter(
    `Invalid model name (${inspect(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

export interface SaveModelOptions extends WriteModelOptions {
  /** The folder to write. It is created; if it exists, it must be empty. */
  readonly path: string;
}

const SAVE_MODEL_OPTIONS: OptionKinds<SaveModelOptions> = {
  ...WRITE_MODEL_OPTIONS,
  path: localPath,
};

/**
 * Writes a model to a local folder, in MLflow's layout, without a run or a server. {@link logModel} describes what can be a model.
 * Mirrors `mlflow.langchain.save_model`.
 *
 * @throws MlflowException RESOURCE_ALREADY_EXISTS when the folder is not empty; INVALID_PARAMETER_VALUE when the model cannot be
 * saved. The folder is removed then.
 */
export async function saveModel(options: SaveModelOptions): Promise<ModelInfo> {
  const { path: givenPath, ...rest } = readOptions("saveModel()", options, SAVE_MODEL_OPTIONS);
  const parts = withModelOf("saveModel()", rest);
  const path = checkOption("saveModel()", "path", localPath, givenPath);
  if (typeof parts.lcModel === "string") checkNotLoading(parts.lcModel);
  const folder = resolve(path);
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) {
    throw new MlflowException(
      `Path '${path}' already exists and is not empty`,
      "RESOURCE_ALREADY_EXISTS",
    );
  }
  await mkdir(folder, { recursive: true });
  try {
    const draft = await writeModel(parts, folder);
    const modelUuid = randomUUID().replaceAll("-", "");
    const model = await draft.finish({ artifactPath: "", modelUuid });
    return modelInfoOf(model, { modelUri: folder });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}
