import { spawnSync } from "node:child_process";

const PYTHON = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)";

/** What the tests need and this machine lacks, a line each that says what to do. */
export function missingPrerequisites() {
  const missing = [];
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    missing.push(`Node.js 20.19 or newer is needed, this is ${process.versions.node}.`);
  }
  const python = spawnSync("python3", ["-c", PYTHON], { encoding: "utf8" });
  const why = "The tests start a real MLflow server, which is installed into .cache.";
  if (python.error) missing.push(`python3 was not found. ${why} Install Python 3.10 or newer.`);
  else if (python.status === 3) missing.push(`python3 is older than 3.10. ${why}`);
  else if (python.status !== 0) {
    missing.push(
      `python3 has no venv module. ${why} On Debian and Ubuntu: apt-get install python3-venv.`,
    );
  }
  return missing;
}
