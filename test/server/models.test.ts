import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";

let server: MlflowServer;
const directory = temporaryDirectory({ whenOver: afterAll });
beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server?.close());

const STORES = {
  rest: { uri: () => server.url, open: () => openRestStore(server.url) },
  file: { uri: () => pathToFileURL(directory).href, open: () => createFileStore({ directory }) },
};

/** Python's client beside our store: `client`, and `out`, which comes back. */
function python<T>(uri: string, program: string): Promise<T> {
  return runPython<T>(
    `
import json, mlflow
from mlflow import MlflowClient
mlflow.set_tracking_uri("${uri}")
client = MlflowClient()
out = {}
${program}
print(json.dumps(out))`,
    { env: { MLFLOW_ALLOW_FILE_STORE: "true" } },
  );
}

describe.each(Object.entries(STORES))("the models of a %s store", (kind, { uri, open }) => {
  let store: TrackingStore;
  let experimentId: string;
  let runId: string;

  beforeAll(async () => {
    store = open();
    experimentId = await store.createExperiment("models");
    const run = { experimentId, userId: "me", startTimeMs: Date.now(), tags: {} };
    runId = (await store.createRun(run)).info.runId;
  });
  afterAll(() => store?.close());

  test("are registered, with versions, tags and aliases, as Python reads them", async () => {
    const source = `runs:/${runId}/model`;
    await store.createRegisteredModel("한국어 agent", { team: "search" });
    expect(await store.getLatestModelVersion("한국어 agent")).toBeUndefined();
    const first = await store.createModelVersion({ name: "한국어 agent", source, runId });
    const second = await store.createModelVersion({
      name: "한국어 agent",
      source,
      runId,
      tags: { stage: "test" },
    });
    await store.setRegisteredModelAlias("한국어 agent", "champion", "1");
    await store.setRegisteredModelAlias("한국어 agent", "challenger", "2");
    await store.setRegisteredModelAlias("한국어 agent", "champion", "2");

    const version = { name: "한국어 agent", source, runId, modelId: undefined, status: "READY" };
    const unset = { currentStage: "None", description: undefined };
    const { creationTimestampMs } = first;
    expect(Math.abs(Date.now() - creationTimestampMs)).toBeLessThan(3_600_000);
    const created = { ...version, ...unset, creationTimestampMs };
    expect(first).toEqual({ ...created, version: "1", aliases: [], tags: {} });
    expect(second).toEqual({
      ...created,
      creationTimestampMs: second.creationTimestampMs,
      version: "2",
      aliases: [],
      tags: { stage: "test" },
    });
    const aliased = { ...second, aliases: ["challenger", "champion"] };
    const sorted = async (found: ReturnType<TrackingStore["getModelVersion"]>) => {
      const one = await found;
      return one && { ...one, aliases: [...one.aliases].sort() };
    };
    expect(await sorted(store.getModelVersion("한국어 agent", "2"))).toEqual(aliased);
    expect(await sorted(store.getModelVersionByAlias("한국어 agent", "champion"))).toEqual(aliased);
    expect(await sorted(store.getLatestModelVersion("한국어 agent"))).toEqual(aliased);

    const seen = await python(
      uri(),
      `
m = client.get_registered_model("한국어 agent")
out["model"] = [m.name, m.tags, dict(m.aliases)]
versions = [client.get_model_version("한국어 agent", v) for v in ["1", "2"]]
out["versions"] = [[str(v.version), v.source, v.run_id, v.status, v.tags, sorted(v.aliases)] for v in versions]
out["created"] = [v.creation_timestamp for v in versions]
out["champion"] = str(client.get_model_version_by_alias("한국어 agent", "champion").version)
v = client.create_model_version("한국어 agent", "${source}", run_id="${runId}")
client.set_registered_model_alias("한국어 agent", "python", v.version)`,
    );
    const tagged = { challenger: "2", champion: "2" };
    expect(seen).toEqual({
      model: ["한국어 agent", { team: "search" }, tagged],
      created: [creationTimestampMs, second.creationTimestampMs],
      versions: [
        ["1", source, runId, "READY", {}, []],
        ["2", source, runId, "READY", { stage: "test" }, ["challenger", "champion"]],
      ],
      champion: "2",
    });
    // And the other way round.
    expect(await store.getModelVersionByAlias("한국어 agent", "python")).toMatchObject({
      version: "3",
      source,
      aliases: ["python"],
    });
    expect((await store.getLatestModelVersion("한국어 agent"))?.version).toBe("3");
    await store.deleteRegisteredModelAlias("한국어 agent", "champion");
    await store.deleteRegisteredModelAlias("한국어 agent", "champion");
    expect(await store.getModelVersionByAlias("한국어 agent", "champion")).toBeUndefined();
  });

  test("say where their files are", async () => {
    await store.createRegisteredModel("located");
    await store.createModelVersion({ name: "located", source: `runs:/${runId}/model` });
    const copied = await store.createModelVersion({ name: "located", source: "models:/located/1" });
    expect(copied.version).toBe("2");
    for (const version of ["1", "2"]) {
      const found = await store.getModelVersionDownloadUri("located", version);
      expect(found).toMatch(kind === "file" ? /^file:.*\/artifacts\/model$/ : /\/model$/);
    }
    await expect(store.getModelVersionDownloadUri("located", "9")).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
  });

  test("that do not exist are undefined, or throw an error with their name", async () => {
    expect(await store.getModelVersion("nobody", "1")).toBeUndefined();
    expect(await store.getLatestModelVersion("nobody")).toBeUndefined();
    const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
    const version = { name: "nobody", source: `runs:/${runId}/model` };
    await expect(store.createModelVersion(version)).rejects.toMatchObject(missing);
    await expect(store.setRegisteredModelAlias("nobody", "a", "1")).rejects.toMatchObject(missing);
  });

  test("have names that are taken once, and reserved names", async () => {
    await store.createRegisteredModel("taken");
    await expect(store.createRegisteredModel("taken")).rejects.toMatchObject({
      errorCode: "RESOURCE_ALREADY_EXISTS",
    });
    await store.createModelVersion({ name: "taken", source: `runs:/${runId}/model` });
    const wrong = { errorCode: "INVALID_PARAMETER_VALUE" };
    for (const name of ["", "a/b", "a:b", "../../x", ".."]) {
      await expect(store.createRegisteredModel(name), name).rejects.toMatchObject(wrong);
    }
    for (const alias of ["latest", "v1", "V22", "a b", "a/b", ""]) {
      const set = store.setRegisteredModelAlias("taken", alias, "1");
      await expect(set, alias).rejects.toMatchObject(wrong);
    }
  });

  test("get a version each, also when several are made at once", async () => {
    await store.createRegisteredModel("busy");
    const version = { name: "busy", source: `runs:/${runId}/model` };
    const count = kind === "file" ? 8 : 2;
    const made = await Promise.all(
      Array.from({ length: count }, () => store.createModelVersion(version)),
    );
    const versions = made.map((one) => Number(one.version)).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });

  test("are noted in the run whose artifacts hold them", async () => {
    const mlModel = (path: string) => ({
      run_id: runId,
      artifact_path: path,
      utc_time_created: "2026-11-23 19:12:30.959801",
      model_uuid: "5b3a2ce57f8d4ad7bcdbeca188e04217",
      flavors: { langchainjs: { model_code_path: "agent.ts" } },
      signature: { inputs: "of a type that MLflow does not know" },
    });
    await Promise.all(["one", "two"].map((path) => store.recordLoggedModel(runId, mlModel(path))));
    const { history } = await python<{ history: Record<string, unknown>[] }>(
      uri(),
      `out["history"] = json.loads(client.get_run("${runId}").data.tags["mlflow.log-model.history"])`,
    );
    const { signature: _, ...kept } = mlModel("one");
    expect(history).toEqual([kept, { ...kept, artifact_path: "two" }]);
    const unknown = store.recordLoggedModel("0".repeat(32), mlModel("one"));
    await expect(unknown).rejects.toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST" });
  });

  test.skipIf(kind === "file")("have an id and artifacts of their own", async () => {
    const params = Object.fromEntries(
      Array.from({ length: 230 }, (_, index) => [`param ${index}`, `${index}`]),
    );
    const made = await store.createLoggedModel({
      experimentId,
      name: "agent",
      modelType: "agent",
      sourceRunId: runId,
      params,
      tags: { a: "b" },
    });
    if (!made) throw new Error("This server knows logged models.");
    expect(made).toMatchObject({ experimentId, name: "agent", status: "PENDING", params });
    const root = { uri: made.artifactUri, modelId: made.modelId };
    await store.uploadArtifact(root, "MLmodel", { bytes: Buffer.from("flavors: {}\n") });
    await store.setLoggedModelTags(made.modelId, { c: "d" });
    await store.logModelOutput(runId, made.modelId, 3);
    await store.logModelOutput(runId, made.modelId, 3);
    const ready = await store.finalizeLoggedModel(made.modelId, "READY");
    expect(ready).toMatchObject({ status: "READY", tags: { a: "b", c: "d" } });
    expect(await store.getLoggedModel(made.modelId)).toEqual({ ...ready, params });
    const filter = "name = 'agent'";
    const found = await store.searchLoggedModels({ experimentIds: [experimentId], filter });
    expect(found.map(({ modelId }) => modelId)).toEqual([made.modelId]);

    const failed = await store.createLoggedModel({ experimentId, name: "failed" });
    expect(await store.finalizeLoggedModel(failed?.modelId ?? "", "FAILED")).toMatchObject({
      status: "FAILED",
      modelType: undefined,
      sourceRunId: undefined,
    });
    expect(await store.getLoggedModel(`m-${"0".repeat(32)}`)).toBeUndefined();
    const limited = await store.searchLoggedModels({
      experimentIds: [experimentId],
      maxResults: 1,
    });
    expect(limited).toHaveLength(1);

    const seen = await python(
      uri(),
      `
m = client.get_logged_model("${made.modelId}")
out["model"] = [m.name, m.model_type, m.source_run_id, m.status.value, len(m.params), m.tags["c"]]
out["outputs"] = [[o.model_id, o.step] for o in client.get_run("${runId}").outputs.model_outputs]
out["files"] = [f.path for f in client.list_logged_model_artifacts(m.model_id)]`,
    );
    expect(seen).toEqual({
      model: ["agent", "agent", runId, "READY", 230, "d"],
      outputs: [[made.modelId, 3]],
      files: ["MLmodel"],
    });
    await store.createRegisteredModel("from a logged model");
    const registered = await store.createModelVersion({
      name: "from a logged model",
      source: `models:/${made.modelId}`,
      runId,
      modelId: made.modelId,
    });
    expect(await store.getModelVersion("from a logged model", "1")).toEqual(registered);
    expect(registered.modelId).toBe(made.modelId);
    expect(await store.getModelVersionDownloadUri("from a logged model", "1")).toBe(
      made.artifactUri,
    );
  });

  test.runIf(kind === "file")("are in the artifacts of runs, and nowhere else", async () => {
    expect(await store.createLoggedModel({ experimentId, name: "agent" })).toBeUndefined();
    expect(await store.getLoggedModel("m-1")).toBeUndefined();
    expect(await store.searchLoggedModels({ experimentIds: [experimentId] })).toEqual([]);
    for (const attempt of [
      store.finalizeLoggedModel("m-1", "READY"),
      store.setLoggedModelTags("m-1", {}),
      store.logModelOutput(runId, "m-1", 0),
    ]) {
      await expect(attempt).rejects.toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST" });
    }
  });
});
