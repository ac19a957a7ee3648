import { activeModelId, setActiveModelId } from "../context/active-model.js";
import { invalidParameter } from "../errors.js";

/**
 * Makes a logged model the active one: traces made from now on name it (`mlflow.modelId`). Logging a
 * model, or loading one by its id, does so too. Mirrors `mlflow.set_active_model`; without code,
 * `MLFLOW_ACTIVE_MODEL_ID` does it.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is no id.
 */
export function setActiveModel(options: { readonly modelId: string }): void {
  if (typeof options?.modelId !== "string" || options.modelId === "") {
    throw invalidParameter(`setActiveModel() takes a modelId, got ${String(options?.modelId)}.`);
  }
  setActiveModelId(options.modelId);
}

/** The id of the active model, if there is one. Mirrors `mlflow.get_active_model_id`. */
export function getActiveModelId(): string | undefined {
  return activeModelId();
}

/** Traces no longer name a model. Mirrors `mlflow.clear_active_model`. */
export function clearActiveModel(): void {
  setActiveModelId(undefined);
}
