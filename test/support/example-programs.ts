import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { startOpenAiServer } from "../../examples/openai-server.mjs";

/** Runs examples one after the other as a user does: preloaded, nothing of us in their code. */
export async function runExamples(
  examples: readonly string[],
  destination: { trackingUri: string; experiment: string },
): Promise<void> {
  const openai = await startOpenAiServer();
  const env = {
    ...process.env,
    // Otherwise a busy machine may need longer than the end of a process waits.
    MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "30000",
    MLFLOW_TRACKING_URI: destination.trackingUri,
    MLFLOW_EXPERIMENT_NAME: destination.experiment,
    OPENAI_API_KEY: "none-needed",
    OPENAI_BASE_URL: openai.url,
  };
  const cwd = resolve(import.meta.dirname, "../..");
  try {
    for (const example of examples) {
      const args = ["--import", "langchain-mlflow/register", `examples/${example}.mjs`];
      await promisify(execFile)(process.execPath, args, { cwd, env });
    }
  } finally {
    await openai.close();
  }
}
