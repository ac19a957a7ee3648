// Creates `.cache/mlflow-<version>`, a Python environment with that MLflow, once per checkout.
// Usage: node test/setup/install-mlflow.mjs 3.17.2
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const CACHE = resolve(dirname(fileURLToPath(import.meta.url)), "../../.cache");
const TOUCH_MS = 5_000;
/** A holder touches its lock: one this old belongs to a process that was killed. */
const STALE_MS = 20_000;

/**
 * The folder of the environment, made when it is missing. May be killed half-way and started again,
 * and called by several processes at once. Throws an error that says what to install.
 */
export async function installMlflow(version) {
  const folder = join(CACHE, `mlflow-${version}`);
  const marker = join(folder, ".complete");
  mkdirSync(CACHE, { recursive: true });
  while (!existsSync(marker)) {
    const release = await takeLock(`${folder}.lock`);
    if (!release) {
      await sleep(500);
      continue;
    }
    try {
      if (!existsSync(marker)) await install(version, folder, marker);
    } finally {
      await release();
    }
  }
  return folder;
}

async function install(version, folder, marker) {
  console.error(`Installing MLflow ${version} into ${folder} (once; takes a minute or two)`);
  // Half an environment is repaired by doing it all again: venv and pip skip what is there.
  await run(
    findPython(),
    ["-m", "venv", folder],
    "Python's venv module does not work (Debian: apt install python3-venv).",
  );
  const packages = [`mlflow[auth]==${version}`];
  const [major, minor] = version.split(".").map(Number);
  // Old servers do not start with SQLAlchemy 2.1.
  if (major < 3 || minor < 17) packages.push("sqlalchemy<2.1");
  const pip = (...what) =>
    run(
      join(folder, "bin", "python"),
      ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...what],
      "pip could not install MLflow: is a package index reachable?",
    );
  await pip(...packages).catch(async () => {
    // An index may have a release before the packages that it is split into. The main package contains all of the
    // code, so the dependencies of the release before it suffice.
    await pip(`mlflow[auth]<${version}`);
    await pip("--no-deps", `mlflow==${version}`);
  });
  writeFileSync(marker, `${version}\n`);
}

function findPython() {
  for (const name of ["python3", "python"]) {
    const found = spawnSync(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]);
    if (found.status === 0) return name;
  }
  throw new Error(
    "The tests start a real MLflow server: install Python 3.10 or newer as `python3`.",
  );
}

async function run(command, args, help) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${help} (${command} ${args.join(" ")}: exit ${code})`);
}

/** A function that gives the lock back; undefined while somebody else holds it. */
async function takeLock(lock) {
  try {
    await writeFile(lock, "", { flag: "wx" });
  } catch {
    await breakStaleLock(lock);
    return undefined;
  }
  const touch = setInterval(() => utimesSync(lock, new Date(), new Date()), TOUCH_MS);
  return async () => {
    clearInterval(touch);
    await rm(lock, { force: true });
  };
}

async function breakStaleLock(lock) {
  if (!isStale(lock)) return;
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
    // Somebody else may have broken it first, and taken it: then what was moved is alive.
    if (!isStale(aside)) await link(aside, lock);
    await rm(aside, { force: true });
  } catch {
    // Gone meanwhile.
  }
}

function isStale(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await installMlflow(process.argv[2] ?? "3.17.2");
}
