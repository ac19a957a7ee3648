import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

// A server that hands out folders of its own disk, as `--default-artifact-root` makes it.
const ALLOWED = "MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS";
let server: MlflowServer;

beforeAll(async () => {
  server = await startMlflowServer({
    args: ["--no-serve-artifacts", "--default-artifact-root", "./roots"],
  });
});
afterAll(() => server?.close());
afterEach(() => vi.unstubAllEnvs());

function logAndRead(): Promise<string> {
  return mlflow.startRun(async (run) => {
    await mlflow.logText("text", "d/a.txt");
    return mlflow.downloadArtifacts({ runId: run.info.runId, artifactPath: "d/a.txt" });
  });
}

test("artifacts of runs go by way of the server, and no local folder is touched for them", async () => {
  mlflow.setTrackingUri(server.url);
  expect(await logAndRead()).not.toContain(server.directory);
});

test("an allowed folder is used itself", async () => {
  vi.stubEnv(ALLOWED, join(server.directory, "roots"));
  mlflow.setTrackingUri(`${server.url}/`);
  expect(await logAndRead()).toContain(join(server.directory, "roots"));
});
