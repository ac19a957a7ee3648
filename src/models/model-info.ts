import type { MlModel } from "./folder/ml-model.js";
import type { SavedInputExampleInfo } from "./signature/input-example.js";
import { ModelSignature } from "./signature/model-signature.js";

/** Describes a model that was logged or saved (MLflow's `ModelInfo`). */
export interface ModelInfo {
  /** The URI to load the model by: `models:/m-…`, `runs:/<run id>/<name>` if the store has no logged models, or a local path. */
  readonly modelUri: string;
  /** The id of the logged model; undefined on servers before 3.0 and in a local store. */
  readonly modelId: string | undefined;
  readonly name: string | undefined;
  /** The id of the run that the model was logged in, if any. */
  readonly runId: string | undefined;
  readonly modelUuid: string;
  readonly artifactPath: string;
  readonly flavors: Readonly<Record<string, unknown>>;
  readonly signature: ModelSignature | undefined;
  readonly savedInputExampleInfo: SavedInputExampleInfo | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** The names of the environment variables that the model reads. */
  readonly envVars: readonly string[] | undefined;
  readonly mlflowVersion: string;
  /** `2026-11-23 19:15:25.748784`, in UTC. */
  readonly utcTimeCreated: string;
  readonly registeredModelVersion: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export function modelInfoOf(
  model: MlModel,
  known: { readonly modelUri: string } & Partial<ModelInfo>,
): ModelInfo {
  return {
    modelId: model.model_id,
    name: undefined,
    runId: model.run_id,
    modelUuid: model.model_uuid,
    artifactPath: model.artifact_path,
    flavors: model.flavors,
    signature: model.signature && ModelSignature.fromDict(model.signature),
    savedInputExampleInfo: model.saved_input_example_info,
    metadata: model.metadata,
    envVars: model.env_vars ?? undefined,
    mlflowVersion: model.mlflow_version,
    utcTimeCreated: model.utc_time_created,
    registeredModelVersion: undefined,
    ...{ params: {}, tags: {} },
    ...known,
  };
}
