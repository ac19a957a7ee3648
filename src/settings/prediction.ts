import type { Environment } from "./resolve.js";

/** What the environment says of `predict`. */
export interface PredictionSettings {
  /** `MLFLOW_DISABLE_SCHEMA_DETAILS`: errors of a wrong input do not show it. */
  readonly hidesSchemaDetails: boolean;
  /**
   * `MLFLOW_CONVERT_MESSAGES_DICT_FOR_LANGCHAIN`: whether `{ messages }` in OpenAI's form becomes LangChain messages;
   * unset, it does where the model takes messages.
   */
  readonly convertsMessages: boolean | undefined;
}

/** Reads the environment as it is now; an empty variable counts as unset. */
export function readPredictionSettings(env: Environment = process.env): PredictionSettings {
  const flag = (name: string) => {
    const text = env[name]?.trim().toLowerCase();
    return text ? text === "true" || text === "1" : undefined;
  };
  return {
    hidesSchemaDetails: flag("MLFLOW_DISABLE_SCHEMA_DETAILS") ?? false,
    convertsMessages: flag("MLFLOW_CONVERT_MESSAGES_DICT_FOR_LANGCHAIN"),
  };
}
