import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Those of `npm test`. Tests with other versions start new processes. */
const VERSIONS = ["3.17.2", "3.18.0"];
const ROOT = resolve(import.meta.dirname, "../..");
const PROGRAM = join(ROOT, "test/support/preloaded-python.py");

/** Starts a Python process for each MLflow version that many tests use. It imports MLflow when a test needs it first. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "python-"));
  const children: ChildProcess[] = [];
  for (const version of VERSIONS) {
    const python = join(ROOT, ".cache", `mlflow-${version}`, "bin/python");
    if (!existsSync(python)) continue;
    // Threads do not survive a fork.
    const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", OPENBLAS_NUM_THREADS: "1" };
    const child = spawn(python, [PROGRAM, join(folder, version)], {
      env,
      // Ctrl-C ends it by the end of its stdin.
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    children.push(child);
  }
  process.env.TEST_PRELOADED_PYTHON = folder;
  return async () => {
    for (const child of children) {
      child.stdin?.end();
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
