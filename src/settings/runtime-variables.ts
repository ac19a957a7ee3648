/** Whether Jest has started this process, or a process that started it. */
export function isInJest(): boolean {
  return process.env.JEST_WORKER_ID !== undefined;
}

/** The flags of Node.js in the environment. */
export function nodeOptions(): string {
  return process.env.NODE_OPTIONS ?? "";
}

/** `MLFLOW_GENAI_JUDGE_DEFAULT_MODEL`: the URI of the model of judges that have none. */
export function judgeDefaultModel(): string | undefined {
  return process.env.MLFLOW_GENAI_JUDGE_DEFAULT_MODEL || undefined;
}
