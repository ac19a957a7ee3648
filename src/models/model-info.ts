import type { MlModel } from "./folder/ml-model.js";
import { ModelSignature } from "./signature/model-signature.js";

/** What is known of a model that was logged. Mirrors `mlflow.models.model.ModelInfo`. */
export interface ModelInfo {
  /** What `loadModel()` takes: `models:/m-…`, or `runs:/<run>/<name>` where the run holds the model. */
  readonly modelUri: string;
  readonly modelUuid: string;
  /** Of a logged model (servers from 3.0). */
  readonly modelId: string | undefined;
  readonly runId: string | undefined;
  readonly name: string;
  /** Where its files are: a path of the run's artifacts, or the place of the logged model. */
  readonly artifactPath: string;
  readonly flavors: Readonly<Record<string, unknown>>;
  readonly signature: ModelSignature | undefined;
  readonly savedInputExampleInfo: Readonly<Record<string, string>> | undefined;
  /** Names of the variables it reads. */
  readonly envVars: readonly string[];
  readonly metadata: unknown;
  readonly utcTimeCreated: string;
  /** The version it was registered as, with `registeredModelName`. */
  readonly registeredModelVersion: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The part that MLmodel tells. */
export function infoOfMlModel(model: MlModel) {
  return {
    modelUuid: model.model_uuid,
    modelId: model.model_id,
    runId: model.run_id,
    flavors: model.flavors,
    signature: model.signature ? ModelSignature.fromDict(model.signature) : undefined,
    savedInputExampleInfo: model.saved_input_example_info,
    envVars: model.env_vars ?? [],
    metadata: model.metadata ?? undefined,
    utcTimeCreated: model.utc_time_created,
  };
}
