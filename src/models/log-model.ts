import { rm } from "node:fs/promises";
import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { noteModel, noteModelObject } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import type { RunTarget } from "../delivery/destination.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { openImplicitRun } from "../runs/open-run.js";
import { targetOfId } from "../runs/run-targets.js";
import { type WriteModelOptions, writeModel } from "./folder/write-model.js";
import type { ModelInfo } from "./model-info.js";
import { takeName } from "./model-names.js";
import { ModelUpload } from "./model-upload.js";
import { registerModel } from "./registry.js";
import { createTemporaryFolder } from "./temporary-folder.js";

export interface LogModelOptions extends WriteModelOptions {
  /** Of the model, without `/ : . % " '`. Default: `model`. */
  readonly name?: string;
  /** What MLflow 2 called the name. */
  readonly artifactPath?: string;
  /** Default: the active run, if there is one. Where the store keeps models in runs, one is opened. */
  readonly runId?: string;
  /** Makes it a version of this registered model, which is made where it is missing. */
  readonly registeredModelName?: string;
  /** Of the logged model (servers from 3.0). */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly modelType?: string;
  /** Of the run, at which the model was made. Default: 0. */
  readonly step?: number;
}

/**
 * Logs a model to MLflow: a file that calls `mlflow.models.setModel(model)` (`.js`, `.mjs`, `.cjs`, `.ts`, `.mts`), stored as it is with its
 * `codePaths`, or a Runnable, if LangChain's own serialization gives the same thing back. `createAgent` agents, LangGraph graphs, retrievers, tools and
 * chains with functions are logged from code. With it go its packages in exact versions, the names of the environment variables it reads, the
 * example and the signature; never a key, a header or a base URL. Mirrors `mlflow.langchain.log_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE before anything is sent, for options that are wrong, code that does not run, and a
 * Runnable that cannot be data: it says which part, and what to write instead.
 */
export function logModel(options: LogModelOptions): Promise<ModelInfo> {
  return hold(logFrom(options), MAX_TIMER_MS);
}

/** Logs a model to this run, wherever that is. */
export function logModelTo(run: RunTarget, options: LogModelOptions): Promise<ModelInfo> {
  return hold(logFrom(options, run), MAX_TIMER_MS);
}

async function logFrom(options: LogModelOptions, given?: RunTarget): Promise<ModelInfo> {
  const name = checkName(options.name ?? options.artifactPath ?? "model");
  const run = given ?? runFor(options.runId);
  const { lcModel, params, tags, modelType, step, registeredModelName } = options;
  if (typeof lcModel === "object" && lcModel !== null) noteModelObject(lcModel);
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

/** In Python's words. */
function checkName(name: unknown): string {
  if (typeof name === "string" && name !== "" && !/[/:.%"']/.test(name)) return name;
  throw invalidParameter(
    `Invalid model name (${inspect(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}
