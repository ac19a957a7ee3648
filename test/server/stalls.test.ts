import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import {
  type FaultyProxy,
  PASS,
  type ProxiedRequest,
  startFaultyProxy,
} from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/delivery/stalled.mjs", import.meta.url));
/** After the last call. Its traces are due after one second. */
const KILLED_AFTER_MS = 3_000;

let server: MlflowServer;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startMlflowServer();
  proxy = await startFaultyProxy(() => server.url);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

let experiment = 0;

async function run(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, args, {
    stdio: "ignore",
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, MLFLOW_TRACKING_URI: proxy.url, ...env },
  });
  const [code, signal] = await once(child, "close");
  return { code, signal };
}

/** What the server has of the experiment of this test. */
async function stored() {
  const store = openRestStore(server.url);
  const { experimentId } = (await store.getExperimentByName(`stalls ${experiment}`))!;
  const experimentIds = [experimentId];
  const traces = await store.searchTraceInfos({ experimentIds, maxResults: 500 });
  const runs = await store.searchRuns({ experimentIds });
  await store.close();
  const artifacts = join(server.directory, "artifacts", experimentId);
  const files = readdirSync(artifacts, { recursive: true }).map(String);
  return {
    traces: traces.items.length,
    attachments: files.filter((file) => file.includes("/attachments/")).length,
    metrics: runs.items.map(({ data }) => data.metrics),
    files: files.flatMap((file) => /\b(?:a\.txt|table\.json)$/.exec(file) ?? []).sort(),
  };
}

const at = (part: string) => (request: ProxiedRequest) =>
  request.path.includes(part) ? ({ kind: "hang" } as const) : PASS;

test.each<[string, FaultyProxy["faultOf"], number]>([
  ["gets no response at its first request", () => ({ kind: "hang" }), 5],
  ["gets no response at the lookup of the experiment", at("/experiments/get-by-name"), 5],
  ["gets no response at the request with the traces", at("/v1/traces"), 5],
  ["gets no response at the creation of the run", at("/runs/create"), 5],
  ["gets no response at the upload of attachments", at("/attachments/"), 5],
  ["gets no response at the upload of files", at("/artifacts/a.txt"), 5],
  ["gets each response after 100 ms", () => ({ kind: "slow", ms: 100 }), 60],
])(
  "a process that %s, and is killed, leaves everything to the next one",
  async (_, fault, count) => {
    experiment += 1;
    const spool = mkdtempSync(join(tmpdir(), "stalls-"));
    onTestFinished(() => rmSync(spool, { recursive: true, force: true }));
    const env = { MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: spool, MLFLOW_LANGCHAIN_MAX_BATCH_TRACES: "1" };
    proxy.faultOf = fault;
    const ended = await run([PROGRAM, String(count), String(KILLED_AFTER_MS)], {
      ...env,
      MLFLOW_EXPERIMENT_NAME: `stalls ${experiment}`,
      IN_A_RUN: "yes",
      WITH_IMAGES: "yes",
    });
    expect(ended.signal).toBe("SIGKILL");
    proxy.faultOf = () => PASS;
    const next = 'import * as mlflow from "langchain-mlflow"; await mlflow.logMetric("next", 1);';
    await run(["--input-type=module", "--eval", next], {
      ...env,
      MLFLOW_EXPERIMENT_NAME: "the next process",
      MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "60000",
    });
    expect(await stored()).toEqual({
      traces: count,
      attachments: count,
      metrics: [{ loss: 0.25 }],
      files: ["a.txt", "table.json"],
    });
  },
);
