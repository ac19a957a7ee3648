import { afterAll, beforeAll, describe } from "vitest";
import type { TrackingStore } from "../../src/store/store.js";
import { describeDatasets } from "../store/dataset-store-cases.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";
import { MLFLOW_VERSIONS } from "./versions.js";

describe.each(MLFLOW_VERSIONS)("evaluation datasets on MLflow %s", (version) => {
  let server: MlflowServer;
  let store: TrackingStore;
  beforeAll(async () => {
    server = await startMlflowServer({ version });
    store = openRestStore(server.url);
  });
  afterAll(async () => {
    await store?.close();
    await server?.close();
  });

  describeDatasets(() => store);
});
