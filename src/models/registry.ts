import { MlflowException } from "../base/errors.js";
import { chooseActiveModel } from "../context/active-model.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { locateInRun } from "../runs/artifacts/locate.js";
import { checkArgument, type OptionKinds, readOptions } from "../settings/check-options.js";
import {
  dictionaryOfTexts,
  filledText,
  integer,
  kindOf,
  registeredModelName,
} from "../settings/kinds.js";
import type { LoggedModel, ModelVersion } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";

const MODEL_FILE = "MLmodel";

/**
 * Registers the model at a URI (`models:/m-…`, `runs:/<run id>/<name>`) as a new version of a registered model, which is created
 * if it does not exist. Mirrors `mlflow.register_model`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model at the URI.
 */
export function registerModel(
  modelUri: string,
  name: string,
  options: RegisterModelOptions = {},
): Promise<ModelVersion> {
  const work = async () => {
    const caller = "registerModel()";
    checkArgument(caller, "modelUri", filledText, modelUri);
    checkArgument(caller, "name", registeredModelName, name);
    const { tags } = readOptions(caller, options, REGISTER_OPTIONS);
    return registerIn(getPipeline().tracking.current().store, modelUri, name, tags);
  };
  return hold(work(), MAX_TIMER_MS);
}

interface RegisterModelOptions {
  /** Tags of the new version. */
  readonly tags?: Readonly<Record<string, string>>;
}

const REGISTER_OPTIONS: OptionKinds<RegisterModelOptions> = { tags: dictionaryOfTexts };

/** Registers a model in this store, which may be another than the current one. */
export async function registerIn(
  store: TrackingStore,
  modelUri: string,
  name: string,
  tags: Readonly<Record<string, string>> = {},
): Promise<ModelVersion> {
  const logged = await loggedModelOf(store, modelUri);
  const runId = logged ? logged.sourceRunId : /^runs:\/+([^/]+)/.exec(modelUri)?.[1];
  await store.createRegisteredModel(name).catch((cause) => {
    if (!(cause instanceof MlflowException && cause.errorCode === "RESOURCE_ALREADY_EXISTS")) {
      throw cause;
    }
  });
  return store.createModelVersion({
    ...{ name, tags, source: logged ? `models:/${logged.modelId}` : modelUri },
    ...(runId !== undefined && { runId }),
    ...(logged && { modelId: logged.modelId }),
  });
}

async function loggedModelOf(
  store: TrackingStore,
  modelUri: string,
): Promise<LoggedModel | undefined> {
  const modelId = /^models:\/+(m-[0-9a-f]{32})$/.exec(modelUri)?.[1];
  if (modelId !== undefined) {
    const logged = await store.getLoggedModel(modelId);
    if (logged) return logged;
    throw new MlflowException(
      `Logged model with ID '${modelId}' not found.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  const [, runId, path] = /^runs:\/+([^/]+)\/(.+?)\/?$/.exec(modelUri) ?? [];
  return runId === undefined || path === undefined ? undefined : modelOfRun(store, runId, path);
}

/**
 * Returns undefined if the model is only in the run's artifacts, as MLflow 2 logged models.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if there is no model.
 */
async function modelOfRun(
  store: TrackingStore,
  runId: string,
  path: string,
): Promise<LoggedModel | undefined> {
  const [ofRun, ofModel] = await locateInRun(store, runId, path);
  const modelId = ofModel?.root.modelId;
  // A path below a logged model names no model.
  if (modelId !== undefined && ofModel?.path === "") {
    const logged = await store.getLoggedModel(modelId);
    if (logged) return logged;
  }
  const files = ofRun ? await store.listArtifacts(ofRun.root, path) : [];
  if (files.some((file) => file.path === `${path}/${MODEL_FILE}`)) return undefined;
  throw new MlflowException(
    `Unable to find a logged model with artifact_path ${path} under run ${runId}. The run has no artifact '${path}/${MODEL_FILE}' either. Pass the \`modelUri\` that logModel() returned.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

const versionNumber = kindOf<string | number>(
  "the version of a registered model, such as 1 or '1'",
  (value) => /^\d+$/.test(typeof value === "string" ? value : String(integer.read(value))),
);

/** Sets an alias for a version of a registered model: `models:/<name>@<alias>`. Mirrors `MlflowClient.set_registered_model_alias`. */
export function setRegisteredModelAlias(
  name: string,
  alias: string,
  version: string | number,
): Promise<void> {
  const work = async () => {
    const caller = "setRegisteredModelAlias()";
    checkAlias(caller, name, alias);
    checkArgument(caller, "version", versionNumber, version);
    const { store } = getPipeline().tracking.current();
    await store.setRegisteredModelAlias(name, alias, String(version));
  };
  return hold(work(), MAX_TIMER_MS);
}

/** Deletes an alias of a registered model. Mirrors `MlflowClient.delete_registered_model_alias`. */
export function deleteRegisteredModelAlias(name: string, alias: string): Promise<void> {
  const work = async () => {
    checkAlias("deleteRegisteredModelAlias()", name, alias);
    const { store } = getPipeline().tracking.current();
    await store.deleteRegisteredModelAlias(name, alias);
  };
  return hold(work(), MAX_TIMER_MS);
}

function checkAlias(caller: string, name: unknown, alias: unknown): void {
  checkArgument(caller, "name", filledText, name);
  checkArgument(caller, "alias", filledText, alias);
}

interface SetActiveModelOptions {
  /** The id of a logged model: `m-…`. */
  readonly modelId?: string;
}

/**
 * Links the following traces to this logged model, instead of the model of MLFLOW_ACTIVE_MODEL_ID or the model that was logged or
 * loaded last. Call it without an id to return to that default. Mirrors `mlflow.set_active_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option, or a `modelId` that is not a non-empty string.
 */
export function setActiveModel(options: SetActiveModelOptions = {}): void {
  const kinds = { modelId: filledText };
  const given = readOptions<SetActiveModelOptions>("setActiveModel()", options, kinds);
  chooseActiveModel(given.modelId);
}
