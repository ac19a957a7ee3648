import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { runInFork } from "./preloaded-python.js";

export const MLFLOW_VERSION = "3.17.2";

/** A program of the Python environment with that MLflow. */
export function mlflowProgram(name: string, version: string = MLFLOW_VERSION): string {
  return join(resolve(import.meta.dirname, "../.."), ".cache", `mlflow-${version}`, "bin", name);
}

/** Runs a Python program beside MLflow's own client; gives what it printed, parsed as JSON. */
export async function runPython<T = unknown>(
  program: string,
  options: { version?: string; env?: Record<string, string> } = {},
): Promise<T> {
  const { version = MLFLOW_VERSION } = options;
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", ...options.env };
  const stdout =
    (await runInFork(version, program, env)) ?? (await runInProcess(version, program, env));
  return (stdout.trim() ? JSON.parse(stdout) : undefined) as T;
}

async function runInProcess(
  version: string,
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { stdout } = await promisify(execFile)(mlflowProgram("python", version), ["-c", program], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
