import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSettings } from "../../src/settings/settings.js";
import { openStore } from "../../src/store/open.js";
import { TRACE_ID, translation } from "../cli/traces-of-tests.js";
import { freePort } from "../support/mlflow-server.js";
import { mlflowProgram } from "../support/python.js";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "langchain-mlflow-ui-"));
  const store = openStore(directory, readSettings({}));
  expect(await store.logTraces("0", [translation])).toEqual([{ state: "stored" }]);
  await store.close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("opens MLflow's UI on the local store, and stops it at its own end", async () => {
  const port = await freePort();
  const path = [dirname(mlflowProgram("mlflow")), process.env.PATH].join(delimiter);
  const child = spawn(process.execPath, [cli, "ui", "--port", String(port)], {
    env: { ...process.env, PATH: path, MLFLOW_TRACKING_URI: directory, HOME: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let notes = "";
  child.stderr.on("data", (chunk) => {
    notes += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await expect.poll(() => answers(`${url}/health`), { timeout: 90_000 }).toBe(true);
    await expect.poll(() => notes, { timeout: 90_000 }).toContain(`MLflow's UI: ${url}`);
    // The line comes after those of the server, which writes them while it starts.
    expect(notes.indexOf("MLflow's UI:")).toBeGreaterThan(notes.indexOf("Uvicorn running"));
    const page = await fetch(
      `${url}/ajax-api/2.0/mlflow/get-trace-artifact?request_id=${TRACE_ID}`,
    );
    const { spans } = (await page.json()) as { spans: { name: string }[] };
    expect(spans.map((span) => span.name).toSorted()).toEqual(
      translation.data.spans.map((span) => span.name).toSorted(),
    );
  } finally {
    child.kill("SIGTERM");
  }
  await once(child, "exit");
  await sleep(100);
  expect(await answers(`${url}/health`)).toBe(false);
});

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
