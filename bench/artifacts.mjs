// What it takes to upload and download a file of 1 GiB and 5 000 small ones: `node bench/artifacts.mjs`.
// Against a real MLflow server on this machine; each figure from a process of its own, Python's client beside it.
import { execFile, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const MEBIBYTE = 1024 * 1024;
const LONG_FILE_BYTES = 1024 * MEBIBYTE;
const SMALL_FILES = 5000;
const VENV = new URL("../.cache/mlflow-3.17.2/bin/", import.meta.url).pathname;

const [what, ...args] = process.argv.slice(2);
if (what) await transfer(what, ...args);
else await main();

async function main() {
  const directory = await mkdtemp(join(tmpdir(), "mlflow-bench-"));
  const server = await startServer(directory);
  try {
    await writeLongFile(join(directory, "long"));
    writeSmallFiles(join(directory, "small"));
    print(await measure(server.url, directory));
  } finally {
    process.kill(-server.pid, "SIGKILL");
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(url, directory) {
  const rows = [];
  for (const kind of ["long", "small"]) {
    for (const [client, run] of Object.entries({ "langchain-mlflow": ours, python })) {
      const remote = `mlflow-artifacts:/bench/${client}/${kind}`;
      const there = join(directory, kind);
      const back = join(directory, `back-${client}-${kind}`);
      mkdirSync(back);
      rows.push({ client, kind, way: "up", ...(await run(url, "upload", remote, there)) });
      rows.push({ client, kind, way: "down", ...(await run(url, "download", remote, back)) });
      if ((await digest(there)) !== (await digest(back))) throw new Error(`${back} differs`);
      await rm(back, { recursive: true });
    }
  }
  return rows;
}

function print(rows) {
  console.log("| what | client | seconds | MiB/s | files/s | peak RSS over its start, MiB |");
  console.log("|---|---|---|---|---|---|");
  for (const { kind, way, client, seconds, peakMiB } of rows) {
    const isLong = kind === "long";
    const what = `${isLong ? "1 GiB" : `${SMALL_FILES} files`} ${way}`;
    const bytesRate = isLong ? (LONG_FILE_BYTES / MEBIBYTE / seconds).toFixed(0) : "";
    const filesRate = isLong ? "" : (SMALL_FILES / seconds).toFixed(0);
    const figures = [seconds.toFixed(1), bytesRate, filesRate, peakMiB.toFixed(0)];
    console.log(`| ${[what, client, ...figures].join(" | ")} |`);
  }
}

/** Ours, in this process, which was started for it. */
async function transfer(way, url, remote, directory) {
  // The store keeps no process alive.
  const hold = setInterval(() => {}, 1000);
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from "./runs/artifacts/directory.js"; export * from "./store/open.js"; export * from "./settings/settings.js";`,
      resolveDir: new URL("../src", import.meta.url).pathname,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    write: false,
  });
  // Beside the packages that it imports.
  const bundle = new URL(`../node_modules/.bench-artifacts-${process.pid}.mjs`, import.meta.url);
  writeFileSync(bundle, outputFiles[0].contents);
  const bench = await import(bundle.href);
  await rm(bundle);
  const store = bench.openStore(url, bench.readSettings());
  await store.listArtifacts({ uri: remote });
  globalThis.gc?.();
  const baseline = process.memoryUsage.rss();
  let peak = baseline;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  const startedAt = performance.now();
  if (way === "upload") await bench.uploadDirectory(store, { uri: remote }, directory);
  else await bench.downloadDirectory(store, { uri: remote }, "", directory);
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(timer);
  clearInterval(hold);
  await store.close();
  process.send({ seconds, peakMiB: (peak - baseline) / MEBIBYTE });
  process.disconnect();
}

async function ours(url, ...transferArgs) {
  const [way, remote, directory] = transferArgs;
  const child = fork(new URL(import.meta.url), [way, url, remote, directory], {
    execArgv: ["--expose-gc"],
  });
  const ended = once(child, "exit");
  const [figures] = await Promise.race([once(child, "message"), ended.then(() => [])]);
  await ended;
  if (!figures) throw new Error(`${way} failed.`);
  return figures;
}

async function python(url, way, remote, directory) {
  const program = `
import json, resource, sys, time
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
import mlflow
mlflow.set_tracking_uri("${url}")
repository = get_artifact_repository("${remote}")
repository.list_artifacts()
baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.time()
${way === "upload" ? `repository.log_artifacts("${directory}")` : `repository.download_artifacts("", "${directory}")`}
seconds = time.time() - started
print(json.dumps({"seconds": seconds, "peakMiB": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - baseline) / 1024}))`;
  const env = {
    ...process.env,
    MLFLOW_DISABLE_TELEMETRY: "true",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
  };
  const { stdout } = await promisify(execFile)(join(VENV, "python"), ["-c", program], { env });
  return JSON.parse(stdout);
}

async function startServer(directory) {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  const child = spawn(
    join(VENV, "mlflow"),
    [
      ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ...["--backend-store-uri", `sqlite:///${directory}/mlflow.db`],
      ...["--artifacts-destination", join(directory, "artifacts")],
    ],
    {
      cwd: directory,
      detached: true,
      stdio: "ignore",
      env: {
        ...process.env,
        MLFLOW_DISABLE_TELEMETRY: "true",
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
      },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error("The MLflow server did not start.");
    const isUp = await fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
    if (isUp) return { url, pid: child.pid };
    await sleep(200);
  }
}

async function writeLongFile(directory) {
  mkdirSync(directory);
  const file = await open(join(directory, "long.bin"), "w");
  const piece = Buffer.alloc(16 * MEBIBYTE);
  for (let written = 0; written < LONG_FILE_BYTES; written += piece.length) {
    for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE((written + at) >>> 0, at);
    await file.write(piece);
  }
  await file.close();
}

function writeSmallFiles(directory) {
  for (let index = 0; index < SMALL_FILES; index++) {
    const folder = join(directory, String(index % 50));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${index}.txt`), `${index} `.repeat(200 + (index % 800)));
  }
}

async function digest(directory) {
  const hash = createHash("sha256");
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(file.slice(directory.length));
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  }
  return hash.digest("hex");
}
