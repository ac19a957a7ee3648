import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";

let server: MlflowServer;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(async () => {
  mlflow.autolog({ disable: true });
  await mlflow.flushTraces();
  await server?.close();
});

const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
const taken = { errorCode: "RESOURCE_ALREADY_EXISTS" };

describe.each([
  { place: "a server", isServer: true },
  { place: "a local folder", isServer: false },
])("MlflowClient on $place", ({ isServer }) => {
  let uri: string;
  let client: mlflow.MlflowClient;
  /** Runs a program of Python's client on the same store; prints `out`. */
  const python = <T>(program: string) =>
    runPython<T>(
      `import json, mlflow\nclient = mlflow.MlflowClient()\nout = None\n${program}\nprint(json.dumps(out))`,
      { env: { MLFLOW_TRACKING_URI: uri, MLFLOW_ALLOW_FILE_STORE: "true" } },
    );

  beforeAll(() => {
    const directory = join(temporaryDirectory({ whenOver: afterAll }), "store");
    uri = isServer ? server.url : pathToFileURL(directory).href;
    // The client names its store; this one must stay unused.
    mlflow.setTrackingUri(temporaryDirectory({ whenOver: afterAll }));
    client = new mlflow.MlflowClient({ trackingUri: uri });
  });

  test("manages experiments as Python's client does", async () => {
    const experimentId = await client.createExperiment({ name: "one", tags: { team: "docs" } });
    const second = await client.createExperiment("two", undefined, { team: "ml" });
    await expect(client.createExperiment({ name: "one" })).rejects.toMatchObject(taken);
    expect(await client.getExperiment({ experimentId })).toMatchObject({
      ...{ name: "one", tags: { team: "docs" }, lifecycleStage: "active" },
    });
    await client.renameExperiment({ experimentId, newName: "first" });
    await client.setExperimentTag({ experimentId, key: "team", value: "search" });
    await client.setExperimentTag({ experimentId, key: "gone", value: "x" });
    await client.deleteExperimentTag({ experimentId, key: "gone" });
    expect((await client.getExperimentByName({ name: "first" }))?.experimentId).toBe(experimentId);
    expect(await client.getExperimentByName({ name: "one" })).toBeUndefined();
    const { runId } = (await client.createRun({ experimentId: second })).info;
    await client.deleteExperiment({ experimentId: second });
    expect((await client.getRun({ runId })).info.lifecycleStage).toBe("deleted");
    const deleted = await client.searchExperiments({ viewType: "DELETED_ONLY" });
    expect(deleted.experiments.map(({ name }) => name)).toEqual(["two"]);
    await client.restoreExperiment({ experimentId: second });
    expect((await client.getRun({ runId })).info.lifecycleStage).toBe("active");
    const names = async (options: mlflow.SearchExperimentsOptions) => {
      const { experiments } = await client.searchExperiments(options);
      return experiments.map(({ name }) => name);
    };
    expect(await names({ filterString: "tags.team = 'search'" })).toEqual(["first"]);
    expect(await names({ filter: "name LIKE 't%'" })).toEqual(["two"]);
    expect(await names({ orderBy: ["name ASC"] })).toEqual(["Default", "first", "two"]);
    const page = await client.searchExperiments({ maxResults: 2, orderBy: ["name"] });
    expect(page.experiments).toHaveLength(2);
    const pageToken = page.nextPageToken ?? "";
    expect(await names({ maxResults: 2, orderBy: ["name"], pageToken })).toEqual(["two"]);
    await expect(client.getExperiment({ experimentId: "987654" })).rejects.toMatchObject(missing);
    expect(
      await python(`
e = client.get_experiment("${experimentId}")
out = [e.name, e.tags["team"], "gone" in e.tags, client.get_experiment_by_name("two").lifecycle_stage]`),
    ).toEqual(["first", "search", false, "active"]);
  });

  test("manages runs as Python's client does", async () => {
    const experimentId = await client.createExperiment({ name: "runs" });
    const tags = { "mlflow.parentRunId": "0".repeat(32), purpose: "test" };
    const run = await client.createRun({ experimentId, runName: "first", tags, startTimeMs: 5 });
    const { runId } = run.info;
    expect(run.info).toMatchObject({ runName: "first", status: "RUNNING", startTimeMs: 5 });
    const many = Array.from({ length: 1_500 }, (_, step) => ({
      key: "loss",
      value: 1 / step,
      step,
    }));
    await client.logBatch({ runId, metrics: many, params: { depth: 3 }, tags: { a: true } });
    await client.logMetric({ runId, key: "accuracy", value: 0.9 });
    await client.logParam({ runId, key: "size", value: { large: true } });
    await client.setTag({ runId, key: "b", value: 2 });
    await client.deleteTag({ runId, key: "a" });
    await expect(client.deleteTag({ runId, key: "a" })).rejects.toMatchObject(missing);
    await client.updateRun({ runId, name: "renamed" });
    await client.setTerminated({ runId, status: "FAILED", endTimeMs: 9 });
    const found = await client.getRun({ runId });
    expect(found.info).toMatchObject({ runName: "renamed", status: "FAILED", endTimeMs: 9 });
    expect(found.data.params).toEqual({ depth: "3", size: '{"large":true}' });
    expect(found.data.tags).toMatchObject({ purpose: "test", b: "2" });
    expect(await client.getMetricHistory({ runId, key: "loss" })).toHaveLength(1_500);
    await expect(client.getParentRun({ runId })).rejects.toMatchObject(missing);
    await client.createRun({ experimentId, runName: "second" });
    const all = await client.searchRuns({ experimentIds: [experimentId], maxResults: 1 });
    expect(all.runs.map(({ info }) => info.runName)).toEqual(["second"]);
    const next = { experimentIds: [experimentId], pageToken: all.nextPageToken ?? "" };
    expect((await client.searchRuns(next)).runs.map(({ info }) => info.runId)).toEqual([runId]);
    await client.deleteRun({ runId });
    await client.restoreRun({ runId });
    await expect(client.getRun({ runId: "f".repeat(32) })).rejects.toMatchObject(missing);
    await expect(client.logBatch({ runId, params: { depth: 4 } })).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
    expect(
      await python(`
r = client.get_run("${runId}")
out = [r.info.run_name, r.info.status, r.data.params["depth"], r.data.metrics["accuracy"], len(client.get_metric_history("${runId}", "loss"))]`),
    ).toEqual(["renamed", "FAILED", "3", 0.9, 1_500]);
  });

  test("manages registered models and their versions as Python's client does", async () => {
    const experimentId = await client.createExperiment({ name: "models" });
    const run = await client.createRun({ experimentId });
    const { runId } = run.info;
    const source = `runs:/${runId}/model`;
    const tags = { team: "docs" };
    const created = await client.createRegisteredModel({ name: "agent", tags, description: "d" });
    expect(created).toMatchObject({ name: "agent", description: "d", tags });
    expect(created.creationTimeMs).toBeGreaterThan(Date.now() - 600_000);
    await expect(client.createRegisteredModel({ name: "agent" })).rejects.toMatchObject(taken);
    for (const version of ["1", "2"]) {
      const one = { name: "agent", source, runId, tags: { n: version } };
      expect(await client.createModelVersion(one)).toMatchObject({ version, tags: { n: version } });
    }
    const first = { name: "agent", version: 1 };
    const second = { name: "agent", version: "2" };
    await client.setRegisteredModelAlias({ ...first, alias: "champion" });
    expect(await client.getModelVersionByAlias({ name: "agent", alias: "champion" })).toMatchObject(
      {
        ...{ version: "1", aliases: ["champion"], currentStage: "None" },
      },
    );
    await client.updateModelVersion({ ...first, description: "the first" });
    await client.setModelVersionTag({ ...first, key: "k", value: "v" });
    await client.deleteModelVersionTag({ ...first, key: "n" });
    await client.transitionModelVersionStage({ ...first, stage: "production" });
    await client.transitionModelVersionStage({
      ...{ ...second, stage: "Production", archiveExistingVersions: true },
    });
    expect(await client.getModelVersion(first)).toMatchObject({
      ...{ description: "the first", tags: { k: "v" }, currentStage: "Archived" },
    });
    const latest = await client.getLatestVersions({ name: "agent", stages: ["Production"] });
    expect(latest.map(({ version }) => version)).toEqual(["2"]);
    const { modelVersions } = await client.searchModelVersions({ filter: "name = 'agent'" });
    expect(modelVersions.map(({ version }) => version).sort()).toEqual(["1", "2"]);
    expect(await client.getModelVersionDownloadUri(first)).toContain("model");
    await client.deleteModelVersion(second);
    await expect(client.getModelVersion(second)).rejects.toMatchObject(missing);
    await client.setRegisteredModelTag({ name: "agent", key: "team", value: "search" });
    await client.setRegisteredModelTag({ name: "agent", key: "gone", value: "x" });
    await client.deleteRegisteredModelTag({ name: "agent", key: "gone" });
    await client.updateRegisteredModel({ name: "agent", description: "changed" });
    const renamed = await client.renameRegisteredModel({ name: "agent", newName: "helper" });
    expect(renamed).toMatchObject({
      ...{ name: "helper", description: "changed", tags: { team: "search" } },
      aliases: { champion: "1" },
    });
    await client.createRegisteredModel({ name: "another" });
    const page = await client.searchRegisteredModels({ maxResults: 1, orderBy: ["name ASC"] });
    expect(page.registeredModels.map(({ name }) => name)).toEqual(["another"]);
    const filter = "name LIKE 'hel%'";
    expect((await client.searchRegisteredModels({ filter })).registeredModels).toEqual([renamed]);
    expect(
      await python(`
m = client.get_registered_model("helper")
v = client.get_model_version("helper", "1")
out = [m.description, m.tags, m.aliases, v.description, v.tags, v.current_stage, v.run_id]`),
    ).toEqual([
      "changed",
      { team: "search" },
      { champion: "1" },
      "the first",
      { k: "v" },
      "Archived",
      runId,
    ]);
    await client.deleteRegisteredModelAlias({ name: "helper", alias: "champion" });
    await client.deleteRegisteredModel({ name: "helper" });
    await expect(client.getRegisteredModel({ name: "helper" })).rejects.toMatchObject(missing);
  });

  test("reads traces, which the app sends to this store", async () => {
    const { experimentId } = await client.getExperiment({ experimentId: "0" });
    mlflow.setTrackingUri(uri);
    mlflow.autolog({ silent: true });
    for (const text of ["a", "b", "c"]) {
      await RunnableLambda.from((input: string) => input).invoke(text);
    }
    const traceId = mlflow.getLastActiveTraceId() ?? "";
    await client.logFeedback({ traceId, value: true });
    await client.logExpectation({ traceId, name: "answer", value: "c" });
    await client.setTraceTag({ traceId, key: "a", value: "b" });
    await client.deleteTraceTag({ traceId, key: "a" });
    const trace = await client.getTrace(traceId);
    expect(trace.data.spans).toHaveLength(1);
    expect(trace.info.assessments.map(({ name }) => name).sort()).toEqual(["answer", "feedback"]);
    expect(await client.getTraceInfo(traceId)).toEqual(trace.info);
    const search = { locations: [experimentId], maxResults: 2, includeSpans: false };
    const page = await client.searchTraces({ ...search, orderBy: ["timestamp_ms ASC"] });
    expect(page.traces.map(({ data }) => data.spans.length)).toEqual([0, 0]);
    const pageToken = page.nextPageToken ?? "";
    const more = { ...search, orderBy: ["timestamp_ms ASC"], pageToken };
    const rest = await client.searchTraces(more);
    expect(rest).toMatchObject({ traces: [{ info: {} }], nextPageToken: undefined });
    await expect(client.getTrace(`tr-${"0".repeat(32)}`)).rejects.toMatchObject(missing);
    await expect(client.getTraceInfo(`tr-${"0".repeat(32)}`)).rejects.toMatchObject(missing);
    expect(await client.deleteTraces({ experimentId, traceIds: [traceId] })).toBe(1);
    mlflow.autolog({ disable: true });
  });

  test.runIf(isServer)("manages logged models as Python's client does", async () => {
    const experimentId = await client.createExperiment({ name: "logged models" });
    const params = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`p${n}`, String(n)]));
    const created = await client.createLoggedModel({ experimentId, name: "agent", params });
    const { modelId } = created;
    expect(created).toMatchObject({ name: "agent", status: "PENDING" });
    await client.logModelParams({ modelId, params: { late: "1" } });
    await client.setLoggedModelTags({ modelId, tags: { a: "b", gone: "x" } });
    await client.deleteLoggedModelTag({ modelId, key: "gone" });
    await client.finalizeLoggedModel({ modelId, status: "READY" });
    const found = await client.getLoggedModel({ modelId });
    expect(found).toMatchObject({ status: "READY", tags: { a: "b" } });
    expect(found.params).toEqual({ ...params, late: "1" });
    await client.createLoggedModel({ experimentId, name: "second" });
    const orderBy = [{ fieldName: "creation_timestamp", ascending: true }];
    const search = { experimentIds: [experimentId], orderBy, maxResults: 1 };
    const page = await client.searchLoggedModels(search);
    expect(page.loggedModels.map(({ name }) => name)).toEqual(["agent"]);
    const next = await client.searchLoggedModels({
      ...search,
      pageToken: page.nextPageToken ?? "",
    });
    expect(next.loggedModels.map(({ name }) => name)).toEqual(["second"]);
    expect(await python(`out = client.get_logged_model("${modelId}").tags`)).toEqual({ a: "b" });
    await client.deleteLoggedModel({ modelId });
    await expect(client.getLoggedModel({ modelId })).rejects.toMatchObject(missing);
  });

  test.runIf(!isServer)("says which store has logged models", async () => {
    const error = {
      errorCode: "NOT_IMPLEMENTED",
      message: expect.stringContaining("MLflow server"),
    };
    const modelId = `m-${"0".repeat(32)}`;
    const create = client.createLoggedModel({ experimentId: "0", name: "agent" });
    await expect(create).rejects.toMatchObject(error);
    await expect(client.searchLoggedModels({ experimentIds: ["0"] })).rejects.toMatchObject(error);
    await expect(client.deleteLoggedModel({ modelId })).rejects.toMatchObject(error);
  });
});
