// Installs a Python package into a folder of its own in .cache, once per checkout. A program finds it through PYTHONPATH.
import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { installMlflow } from "./install-mlflow.mjs";

const CACHE = resolve(import.meta.dirname, "../../.cache");

/** Returns the folder for PYTHONPATH. */
export async function installPythonPackage(folderName, requirement, flags = []) {
  const folder = join(CACHE, folderName);
  if (existsSync(folder)) return folder;
  const python = join(await installMlflow("3.18.0"), "bin/python");
  const unfinished = `${folder}.${process.pid}`;
  const args = ["-q", "--disable-pip-version-check", ...flags, "--target", unfinished, requirement];
  execFileSync(python, ["-m", "pip", "install", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another process was faster.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** The client that MLflow's agent server imports, and that MLflow does not install. */
export const installHttpx = () => installPythonPackage("httpx", "httpx");

if (process.argv[1] === fileURLToPath(import.meta.url)) await installHttpx();
