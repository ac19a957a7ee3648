import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { collect } from "../support/outcome.js";
import { PLANTED, PROGRAMS, policied } from "../support/trace-policy-programs.js";

let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer();
  mlflow.setTrackingUri(server.url);
});
afterAll(async () => {
  mlflow.autolog({ disable: true });
  await mlflow.flushTraces();
  await server?.close();
});

/** Every byte of the server's database and artifacts. */
function bytesOfServer(): string {
  return readdirSync(server.directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))
    .join("\n");
}

test("what a trace policy omits is in no byte of the server, and in no trace that is read back", async () => {
  const { experimentId } = await mlflow.setExperiment("policies");
  mlflow.autolog({ logModels: true, logInputExamples: true, logModelSignatures: true });
  for (const program of Object.values(PROGRAMS)) await program();
  await mlflow.flushTraces({ timeoutMs: 60_000 });
  const traces = await collect(mlflow.searchTraces({ experimentIds: [experimentId] }));
  expect(traces.length).toBeGreaterThanOrEqual(Object.keys(PROGRAMS).length);
  expect(
    JSON.stringify(traces, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
  ).not.toContain(PLANTED);
  expect(bytesOfServer().includes(PLANTED)).toBe(false);

  await policied({}).invoke(PLANTED);
  await mlflow.flushTraces({ timeoutMs: 60_000 });
  expect(bytesOfServer().includes(PLANTED), "without a policy it is stored").toBe(true);
});
