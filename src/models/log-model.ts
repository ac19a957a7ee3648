import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uploadDirectory } from "../artifacts/directory.js";
import { setActiveModelId } from "../context/active-model.js";
import { invalidParameter } from "../errors.js";
import { hold, MAX_TIMER_MS } from "../export/hold.js";
import { getPipeline } from "../pipeline/pipeline.js";
import type { RunTarget } from "../pipeline/run-target.js";
import { logTarget } from "../runs/log-target.js";
import type { LoggedModel } from "../store/model-store.js";
import { type ExampleOptions, exampleAndSignature } from "./example-call.js";
import type { MlModel } from "./folder/ml-model.js";
import {
  type DraftFolder,
  defaultName,
  draftFolder,
  type ModelContent,
} from "./folder/write-folder.js";
import { infoOfMlModel, type ModelInfo } from "./model-info.js";
import { registerModel } from "./registry.js";
import type { SavedExample } from "./signature/input-example.js";
import type { ModelSignature } from "./signature/model-signature.js";

export interface LogModelOptions extends ModelContent, ExampleOptions {
  /** Default: the name of the model's file, or of its class. Without `/ : . % " '`. */
  readonly name?: string;
  /** The older name of `name`. */
  readonly artifactPath?: string;
  /** The run it belongs to. Default: the active run; on servers before 3.0 and in a local store one is opened. */
  readonly runId?: string;
  /** Registers it as the next version of this model, which is made where it is missing. */
  readonly registeredModelName?: string;
  /** Shown with the logged model (servers from 3.0). */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** The step of the run it belongs to. Default: 0. */
  readonly step?: number;
  /** For example `agent`. */
  readonly modelType?: string;
}

/** A name with one of these is refused by MLflow. */
const BAD_NAME = /[/:.%"']/;

/**
 * Logs a model, so that `loadModel()` gives it back, in this process or another.
 *
 * `lcModel` is the path of a file (`.js`, `.mjs`, `.cjs`, `.ts`, `.mts`) that calls
 * `mlflow.models.setModel(model)`: models from code, stored as they are with their `codePaths`. Or it is a
 * Runnable, if it is one that LangChain's own serialization gives back unchanged; otherwise the error
 * says what is in the way. Stored with it are its example and signature, the exact versions of the
 * packages it uses, and the names of the environment variables it reads; keys and addresses are not.
 * Mirrors `mlflow.langchain.log_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a model that cannot be logged, code that fails, or a
 * bad name; RestException when the server says no.
 */
export function logModel(options: LogModelOptions): Promise<ModelInfo> {
  return hold(log(options), MAX_TIMER_MS);
}

async function log(options: LogModelOptions): Promise<ModelInfo> {
  const name = options.name ?? options.artifactPath ?? defaultName(options.lcModel);
  if (name === "" || BAD_NAME.test(name)) {
    throw invalidParameter(
      `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ['/', ':', '.', '%', '"', "'"]`,
    );
  }
  return logDraft(
    { ...options, name },
    (folder) => draftFolder(folder, options),
    (draft) => exampleAndSignature(draft.model, options),
  );
}

/** What is logged of a model besides its content. */
export type ModelPlace = Omit<LogModelOptions, keyof ModelContent | keyof ExampleOptions> & {
  readonly name: string;
  /** The run, where it is known as such. */
  readonly run?: RunTarget;
  readonly isActive?: boolean;
};

/** Writes a model into a temporary folder and hands it to the store. */
export async function logDraft(
  place: ModelPlace,
  write: (folder: string) => Promise<DraftFolder>,
  describe: (
    draft: DraftFolder,
  ) => Promise<{ example: SavedExample | undefined; signature: ModelSignature | undefined }>,
): Promise<ModelInfo> {
  const folder = await mkdtemp(join(tmpdir(), "langchain-mlflow-model-"));
  try {
    const draft = await write(folder);
    const described = await describe(draft);
    const info = await store(place, folder, (ids) => draft.finish({ ...described, ...ids }));
    if (place.isActive !== false && info.modelId) setActiveModelId(info.modelId);
    return info;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ModelIds {
  readonly modelUuid: string;
  readonly modelId?: string;
  readonly runId?: string;
  readonly artifactPath: string;
  readonly created: Date;
}

type Finish = (ids: ModelIds) => Promise<MlModel>;

async function store(place: ModelPlace, folder: string, finish: Finish): Promise<ModelInfo> {
  const { tracking } = getPipeline();
  const active = place.run ?? logTarget(place.runId);
  const destination = active?.destination ?? tracking.current();
  const run = await active?.made();
  const experimentId = run?.info.experimentId ?? (await destination.experimentId());
  const logged = await destination.store.createLoggedModel({
    experimentId,
    name: place.name,
    ...(place.modelType !== undefined && { modelType: place.modelType }),
    ...(run && { sourceRunId: run.info.runId }),
    ...(place.params && { params: textsOf(place.params) }),
    ...(place.tags && { tags: place.tags }),
  });
  const stored = logged
    ? await storeLogged(destination.store, logged, folder, finish, run?.info.runId, place.step ?? 0)
    : await storeInRun(active ?? logTarget(undefined, true), place.name, folder, finish);
  const info: ModelInfo = {
    ...infoOfMlModel(stored.mlModel),
    name: place.name,
    modelUri: stored.modelUri,
    artifactPath: stored.artifactPath,
    params: place.params ? textsOf(place.params) : {},
    tags: place.tags ?? {},
    registeredModelVersion: undefined,
  };
  if (place.registeredModelName === undefined) return info;
  const { version } = await registerModel(info.modelUri, place.registeredModelName);
  return { ...info, registeredModelVersion: version };
}

type Store = ReturnType<ReturnType<typeof getPipeline>["tracking"]["current"]>["store"];

interface Stored {
  readonly mlModel: MlModel;
  readonly modelUri: string;
  readonly artifactPath: string;
}

/** A server from 3.0: the model has an id and artifacts of its own. */
async function storeLogged(
  store: Store,
  { modelId, artifactUri }: LoggedModel,
  folder: string,
  finish: Finish,
  runId: string | undefined,
  step: number,
): Promise<Stored> {
  try {
    const mlModel = await finish({
      modelUuid: modelId,
      modelId,
      artifactPath: artifactUri,
      created: new Date(),
      ...(runId !== undefined && { runId }),
    });
    await uploadDirectory(store, { uri: artifactUri, modelId }, folder);
    await store.finalizeLoggedModel(modelId, "READY");
    if (runId !== undefined) await store.logModelOutput(runId, modelId, step);
    return { mlModel, modelUri: `models:/${modelId}`, artifactPath: artifactUri };
  } catch (cause) {
    await store.finalizeLoggedModel(modelId, "FAILED").catch(() => {});
    throw cause;
  }
}

/** An older server, and the local store: the run's artifacts hold the model. */
async function storeInRun(
  target: RunTarget | undefined,
  name: string,
  folder: string,
  finish: Finish,
): Promise<Stored> {
  if (!target) throw invalidParameter("There is no run to log the model to.");
  const { runId, artifactUri } = (await target.made()).info;
  const modelUuid = randomUUID().replaceAll("-", "");
  const mlModel = await finish({ modelUuid, artifactPath: name, runId, created: new Date() });
  await uploadDirectory(target.store, { uri: artifactUri, runId }, folder, name);
  await target.store.recordLoggedModel(runId, { ...mlModel });
  return { mlModel, modelUri: `runs:/${runId}/${name}`, artifactPath: name };
}

function textsOf(record: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
}
