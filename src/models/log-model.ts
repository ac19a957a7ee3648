import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { inspect } from "node:util";
import { uploadDirectory } from "../artifacts/directory.js";
import { noteModel } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import { invalidParameter } from "../errors.js";
import { hold, MAX_TIMER_MS } from "../export/hold.js";
import { debug } from "../log.js";
import type { Destination } from "../pipeline/destination.js";
import { getPipeline } from "../pipeline/pipeline.js";
import type { RunTarget } from "../pipeline/run-target.js";
import { openImplicitRun } from "../runs/open-run.js";
import type { OpenedRun } from "../runs/opened-run.js";
import { targetOfId } from "../runs/run-targets.js";
import { sourceTags } from "../runs/source-tags.js";
import type { LoggedModel } from "../store/model-store.js";
import { type ModelDraft, type WriteModelOptions, writeModel } from "./folder/write-model.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";
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

/** Where a model goes. */
interface Place {
  readonly destination: Destination;
  readonly run: RunTarget | undefined;
}

/** A model with a place of its own, and what is known of it. */
interface Stored {
  readonly info: ModelInfo;
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

async function logFrom(options: LogModelOptions): Promise<ModelInfo> {
  const name = checkName(options.name ?? options.artifactPath ?? "model");
  const run = runFor(options.runId);
  const folder = createTemporaryFolder("model");
  try {
    const draft = await writeModel(options, folder);
    const place = { run, destination: run?.destination ?? getPipeline().tracking.current() };
    const { info } =
      (await asLoggedModel(options, name, draft, folder, place)) ??
      (await inRun(name, draft, folder, place));
    noteModel(info.modelId);
    if (options.registeredModelName === undefined) return info;
    const { version } = await registerModel(info.modelUri, options.registeredModelName);
    return { ...info, registeredModelVersion: version };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runFor(runId: string | undefined): RunTarget | undefined {
  return runId === undefined ? (currentRun() as OpenedRun | undefined)?.target : targetOfId(runId);
}

/** Undefined where the store has no logged models. */
async function asLoggedModel(
  { modelType, params = {}, tags = {}, step = 0 }: LogModelOptions,
  name: string,
  draft: ModelDraft,
  folder: string,
  { destination, run }: Place,
): Promise<Stored | undefined> {
  const { store } = destination;
  const runId = await run?.runId();
  const logged = await store.createLoggedModel({
    ...{ experimentId: await destination.experimentId(), name },
    tags: { ...sourceTags(), ...tags },
    params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
    ...(modelType !== undefined && { modelType }),
    ...(runId !== undefined && { sourceRunId: runId }),
  });
  if (!logged) return undefined;
  const { modelId, artifactUri } = logged;
  try {
    const identity = { artifactPath: artifactUri, modelUuid: modelId, modelId };
    const model = await draft.finish({ ...identity, ...(runId !== undefined && { runId }) });
    await uploadDirectory(store, { uri: artifactUri, modelId }, folder);
    await store.finalizeLoggedModel(modelId, "READY");
    if (runId !== undefined) await store.logModelOutput(runId, modelId, step);
    return { info: modelInfoOf(model, { modelUri: `models:/${modelId}`, ...told(logged) }) };
  } catch (cause) {
    await store.finalizeLoggedModel(modelId, "FAILED").catch((failure) => {
      debug("the logged model %s stays pending: %o", modelId, failure);
    });
    throw cause;
  }
}

function told({ name, params, tags }: LoggedModel): Partial<ModelInfo> {
  return { name, params, tags };
}

/** As before MLflow 3: among the artifacts of a run, which is opened where none is active. */
async function inRun(
  name: string,
  draft: ModelDraft,
  folder: string,
  place: Place,
): Promise<Stored> {
  const run = place.run ?? openImplicitRun().target;
  const { info } = await run.made();
  const { runId, artifactUri } = info;
  const modelUuid = randomUUID().replaceAll("-", "");
  const model = await draft.finish({ artifactPath: name, modelUuid, runId });
  await uploadDirectory(run.store, { uri: artifactUri, runId }, folder, name);
  await run.store.recordLoggedModel(runId, { ...model });
  return { info: modelInfoOf(model, { modelUri: `runs:/${runId}/${name}`, name }) };
}

/** In Python's words. */
function checkName(name: unknown): string {
  if (typeof name === "string" && name !== "" && !/[/:.%"']/.test(name)) return name;
  throw invalidParameter(
    `Invalid model name (${inspect(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}
