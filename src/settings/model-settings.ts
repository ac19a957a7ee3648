import type { Environment } from "./resolve.js";

/** One variable, for a model that names it; an empty one counts as unset. */
export function readVariable(name: string, env: Environment = process.env): string | undefined {
  return env[name] || undefined;
}

/** `MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING`: whether the names of variables are stored with a model. On, unless it says no. */
export function readsVariables(env: Environment = process.env): boolean {
  const text = env.MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING?.trim().toLowerCase();
  return text !== "false" && text !== "0";
}

/** `MLFLOW_ACTIVE_MODEL_ID`: the logged model that traces are of. */
export function readActiveModelId(env: Environment = process.env): string | undefined {
  return env.MLFLOW_ACTIVE_MODEL_ID || undefined;
}
