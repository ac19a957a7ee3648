import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

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
  const { stdout } = await promisify(execFile)(
    mlflowProgram("python", options.version),
    ["-c", program],
    {
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", ...options.env },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return (stdout.trim() ? JSON.parse(stdout) : undefined) as T;
}
