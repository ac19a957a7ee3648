import { spawnSync } from "node:child_process";

const PYTHON = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)";
const WHY = "The tests start a real MLflow server, installed into .cache.";

/** What the tests need and this machine lacks, a line each that says what to do. */
export function missingPrerequisites() {
  const missing = [];
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    missing.push(`Node.js 20.19 or newer is needed, this is ${process.versions.node}.`);
  }
  const statuses = ["python3", "python"].map((name) => spawnSync(name, ["-c", PYTHON]).status);
  if (!statuses.includes(0)) missing.push(`${pythonProblem(statuses)} ${WHY}`);
  return missing;
}

/** `null` is a program that was not found or did not end by itself. */
function pythonProblem(statuses) {
  if (statuses.every((status) => status === null))
    return "Python was not found: install 3.10 or newer.";
  if (statuses.includes(1)) {
    return "Python's venv module is missing (Debian and Ubuntu: apt-get install python3-venv).";
  }
  return "Python 3.10 or newer is needed; the one found is older.";
}
