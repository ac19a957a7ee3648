/** The tag of a run that lists the models in its artifacts. */
export const MODEL_HISTORY_TAG = "mlflow.log-model.history";

const KEPT = ["run_id", "artifact_path", "utc_time_created", "model_uuid", "flavors"];

/** What MLflow keeps of an MLmodel in that list. */
export function historyEntry(mlModel: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(KEPT.map((key) => [key, mlModel[key]]));
}
