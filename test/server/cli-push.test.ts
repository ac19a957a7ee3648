import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSettings } from "../../src/settings/settings.js";
import { openStore } from "../../src/store/open.js";
import { translation } from "../cli/traces-of-tests.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const traceId = (number: number) => `tr-${String(number).padStart(32, "0")}`;
/** More than the pusher takes at a time. */
const COUNT = 30;

let mlflow: MlflowServer;
let directory: string;
beforeAll(async () => {
  mlflow = await startMlflowServer();
  directory = await mkdtemp(join(tmpdir(), "langchain-mlflow-push-"));
  const store = openStore(directory, readSettings({}));
  const traces = Array.from({ length: COUNT }, (_, index) => ({
    info: { ...translation.info, traceId: traceId(index + 1) },
    data: {
      spans: translation.data.spans.map((span) => ({ ...span, traceId: traceId(index + 1) })),
    },
  }));
  await store.logTraces("0", traces);
  await store.close();
});
afterAll(async () => {
  await mlflow.close();
  await rm(directory, { recursive: true, force: true });
});

/** The program as it is installed, in a directory with the local store at its default place or not. */
async function run(args: string[], env: Record<string, string> = {}) {
  const options = { env: { ...process.env, ...env }, cwd: directory };
  return promisify(execFile)(process.execPath, [cli, ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

it("pushes a local store to a server with the same ids, and a second time only what has changed", async () => {
  const push = () => run(["push", mlflow.url, "--tracking-uri", directory]);
  expect(await push()).toEqual({
    code: 0,
    stdout: `${mlflow.url} has ${COUNT} of ${COUNT} traces.\n`,
    stderr: `Pushing ${COUNT} traces to ${mlflow.url}.\n`,
  });
  expect(await push()).toEqual({
    code: 0,
    stdout: `Nothing to push: an earlier push has sent all ${COUNT} traces to ${mlflow.url}.\n`,
    stderr: "",
  });
  const [local, server] = [directory, mlflow.url].map((uri) => openStore(uri, readSettings({})));
  await local?.setTraceTag(traceId(2), "reviewed", "yes");
  const edited = await push();
  expect(edited.stderr).toBe(`Pushing 1 trace to ${mlflow.url}.\n`);
  expect((await server?.getTraceInfo(traceId(2)))?.tags).toMatchObject({ reviewed: "yes" });
  await Promise.all([local?.close(), server?.close()]);
  const list = await run(["traces", "--json", "--limit", "1000", "--tracking-uri", mlflow.url]);
  const ids = (JSON.parse(list.stdout) as { traceId: string }[]).map((info) => info.traceId);
  expect(ids.toSorted()).toEqual(Array.from({ length: COUNT }, (_, index) => traceId(index + 1)));
});

it("shows a pushed trace like the local store does", async () => {
  const [there, here] = await Promise.all([
    run(["traces", traceId(1)], { MLFLOW_TRACKING_URI: mlflow.url }),
    run(["traces", traceId(1)], { MLFLOW_TRACKING_URI: directory }),
  ]);
  expect(there).toEqual(here);
  expect(there.stdout).toContain("├─ ChatOpenAI          CHAT_MODEL   12 ms  27 tokens");
});

it("reads ./.mlflow-local when MLFLOW_TRACKING_URI is the server, and reports a missing store", async () => {
  const pushed = await run(["push", mlflow.url], { MLFLOW_TRACKING_URI: mlflow.url });
  expect(pushed).toMatchObject({ code: 1, stdout: "" });
  expect(pushed.stderr).toContain(`no local store at ${join(directory, ".mlflow-local")}`);
});

it("fails with one line when the server does not respond", async () => {
  const pushed = await run(["push", "http://127.0.0.1:9", "--tracking-uri", directory]);
  expect(pushed).toMatchObject({ code: 1, stdout: "" });
  const [started, failed, ...more] = pushed.stderr.trim().split("\n");
  expect(started).toMatch(/^Pushing 30 traces to/);
  expect(failed).toMatch(/^langchain-mlflow: .*127\.0\.0\.1:9/);
  expect(more).toEqual([]);
});

it("ends without an error when the reader closes the pipe, as in `traces | head`", async () => {
  const env = { ...process.env, MLFLOW_TRACKING_URI: directory };
  const child = spawn(process.execPath, [cli, "traces", "--json"], { env });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout.destroy();
  const [code] = await once(child, "exit");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

it("pushes datasets of the local store, and prints a line for them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "langchain-mlflow-push-datasets-"));
  const store = openStore(folder, readSettings({}));
  const push = () => run(["push", mlflow.url, "--tracking-uri", folder]);
  try {
    const made = await store.createDataset({ name: "pushed", tags: {}, experimentIds: ["0"] });
    await store.upsertDatasetRecords(made.datasetId, [{ inputs: { question: "Why?" } }]);
    expect(await push()).toEqual({
      code: 0,
      stdout: `${mlflow.url} has 0 of 0 traces.\n${mlflow.url} has 1 of 1 dataset.\n`,
      stderr: "",
    });
    expect((await push()).stdout).toBe(
      `${mlflow.url} has 0 of 0 traces.\nAn earlier push has sent 1 dataset to ${mlflow.url}.\n`,
    );
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});
