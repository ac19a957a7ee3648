import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrackingStore } from "../../src/store/store.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";
import { MLFLOW_VERSIONS } from "./versions.js";

describe.each(MLFLOW_VERSIONS)("experiments on MLflow %s", (version) => {
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

  it("are made and found by name and id", async () => {
    const name = "Übersetzung / 번역 & more?";
    const experimentId = await store.createExperiment(name);
    const expected = { experimentId, name, lifecycleStage: "active" };
    expect(await store.getExperimentByName(name)).toMatchObject(expected);
    const found = await store.getExperiment(experimentId);
    expect(found).toMatchObject(expected);
    expect(found?.artifactLocation).toContain(experimentId);
  });

  it("are undefined when no experiment has that name or id", async () => {
    expect(await store.getExperimentByName("nobody made this")).toBeUndefined();
    expect(await store.getExperiment("987654321")).toBeUndefined();
  });

  it("cannot be made twice, also not over a deleted one, which is still found", async () => {
    const experimentId = await store.createExperiment("taken");
    const error = { errorCode: "RESOURCE_ALREADY_EXISTS", status: 400, name: "RestException" };
    await expect(store.createExperiment("taken")).rejects.toMatchObject(error);
    await fetch(`${server.url}/api/2.0/mlflow/experiments/delete`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ experiment_id: experimentId }),
    });
    expect((await store.getExperimentByName("taken"))?.lifecycleStage).toBe("deleted");
    await expect(store.createExperiment("taken")).rejects.toMatchObject(error);
  });

  it("are listed", async () => {
    await store.createExperiment("listed");
    const { items, nextPageToken } = await store.searchExperiments();
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(["Default", "listed"]));
    expect(nextPageToken).toBeUndefined();
  });

  it("answer a wrong name with the server's own words", async () => {
    await expect(store.createExperiment("")).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
      message: expect.stringContaining(
        `POST ${server.url}/api/2.0/mlflow/experiments/create answered 400`,
      ),
    });
  });

  it("are refused a trace search that the server does not understand, with its list of what it does", async () => {
    const query = { experimentIds: ["0"], filter: "nonsense = 1" };
    await expect(store.searchTraceInfos(query)).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
  });
});
