import { MlflowException } from "../errors.js";
import { hold } from "../export/hold.js";
import { getPipeline } from "../pipeline/pipeline.js";
import type { ModelVersion } from "../store/model-store.js";

/** How long a process is kept alive for an answer somebody waits for. */
const ANSWER_TIMEOUT_MS = 120_000;
const RUN_URI = /^runs:\/+([^/]+)\/(.+)$/;
const MODEL_URI = /^models:\/+(m-[0-9a-f]+)$/;

/**
 * Makes the model of this URI (`models:/m-…`, `runs:/<run>/<name>`) the next version of a registered
 * model, which is made where it is missing. Mirrors `mlflow.register_model`.
 */
export function registerModel(
  modelUri: string,
  name: string,
  options: { readonly tags?: Readonly<Record<string, string>> } = {},
): Promise<ModelVersion> {
  return hold(register(modelUri, name, options.tags), ANSWER_TIMEOUT_MS);
}

async function register(
  modelUri: string,
  name: string,
  tags: Readonly<Record<string, string>> | undefined,
): Promise<ModelVersion> {
  const { store } = getPipeline().tracking.current();
  try {
    await store.createRegisteredModel(name);
  } catch (cause) {
    const isThere =
      cause instanceof MlflowException && cause.errorCode === "RESOURCE_ALREADY_EXISTS";
    if (!isThere) throw cause;
  }
  const runId = RUN_URI.exec(modelUri)?.[1];
  const modelId = MODEL_URI.exec(modelUri)?.[1];
  return store.createModelVersion({
    name,
    source: modelUri,
    ...(runId !== undefined && { runId }),
    ...(modelId !== undefined && { modelId }),
    ...(tags && { tags }),
  });
}

/**
 * Gives a version of a registered model a name: `models:/<model>@<alias>`. An alias that is there moves.
 * Mirrors `MlflowClient.set_registered_model_alias`.
 */
export function setRegisteredModelAlias(
  name: string,
  alias: string,
  version: string,
): Promise<void> {
  const { store } = getPipeline().tracking.current();
  return hold(store.setRegisteredModelAlias(name, alias, version), ANSWER_TIMEOUT_MS);
}

/** Takes an alias away. One that is not there is no error. Mirrors `MlflowClient.delete_registered_model_alias`. */
export function deleteRegisteredModelAlias(name: string, alias: string): Promise<void> {
  const { store } = getPipeline().tracking.current();
  return hold(store.deleteRegisteredModelAlias(name, alias), ANSWER_TIMEOUT_MS);
}
