import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSettings } from "../../src/settings/settings.js";
import { createFileStore } from "../../src/store/file/file-store.js";
import { createRestStore } from "../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { pushTraces } from "../../src/tracing/push.js";
import { richTrace, START_MS, traceIdOf } from "../store/file/rich-trace.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { freePort, type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

let server: MlflowServer;
let to: TrackingStore;

beforeAll(async () => {
  server = await startMlflowServer();
  to = createRestStore({ uri: server.url, settings: readSettings({}) });
});
afterAll(async () => {
  await to?.close();
  await server?.close();
});

/** A local store with traces in Default and in experiments of these names. */
async function localStore(counts: Record<string, number>) {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  for (const [name, count] of Object.entries(counts)) {
    const experimentId = name === "Default" ? "0" : await store.createExperiment(name);
    const traces = Array.from({ length: count }, (_, at) =>
      richTrace(`${name} ${at}`, { requestTime: START_MS + at }),
    );
    await store.logTraces(experimentId, traces);
  }
  return { directory, store };
}

async function countOf(name: string): Promise<number> {
  const experiment = await to.getExperimentByName(name);
  if (!experiment) return 0;
  const query = { experimentIds: [experiment.experimentId], maxResults: 500 };
  return (await to.searchTraceInfos(query)).items.length;
}

test("every trace arrives once with its id, however often it is pushed", async () => {
  const { store } = await localStore({ Default: 3, "push one": 30, "push empty": 0 });
  const steps: string[] = [];
  for (let round = 0; round < 2; round++) {
    const result = await pushTraces({
      from: store,
      to,
      onProgress: ({ done, total }) => steps.push(`${done}/${total}`),
    });
    expect(result).toEqual({ total: 33, stored: 33, skipped: 0, failed: [] });
    expect(await countOf("Default")).toBe(3);
    expect(await countOf("push one")).toBe(30);
  }
  expect(steps.slice(0, 4)).toEqual(["0/33", "25/33", "30/33", "33/33"]);
  expect(await to.getExperimentByName("push empty")).toBeUndefined();
});

test("a pushed trace is the same on the server", async () => {
  const { store } = await localStore({ "push same": 1 });
  await pushTraces({ from: store, to });
  const before = await store.getTrace(traceIdOf("push same 0"));
  const after = await to.getTrace(traceIdOf("push same 0"));
  const [root, model] = before?.data.spans ?? [];
  expect(after?.data.spans[0]).toEqual(root);
  // The server adds the model's price, and its database takes no NUL.
  const outputs = { ...(model?.outputs as object), text: "\u2028  end" };
  expect(after?.data.spans[1]).toMatchObject({ ...model, outputs });
  const { "mlflow.artifactLocation": local, ...tags } = before?.info.tags ?? {};
  expect(after?.info.tags).toMatchObject(tags);
  expect(after?.info.tags["mlflow.artifactLocation"]).not.toBe(local);
  expect(after?.info).toMatchObject({
    clientRequestId: "req-1",
    state: "ERROR",
    requestTime: START_MS,
    executionDuration: 1500,
    responsePreview: "no",
    traceMetadata: { "mlflow.trace.session": "thread 9" },
  });
});

test("half a trace is reported and left where it is, and the others arrive", async () => {
  const { directory, store } = await localStore({ "push broken": 3 });
  const experiment = await store.getExperimentByName("push broken");
  const folder = join(
    directory,
    experiment?.experimentId ?? "",
    "traces",
    traceIdOf("push broken 1"),
  );
  writeFileSync(join(folder, "trace_info.yaml"), 'request_time: "2026-11-23T18:41:10.023Z"\n');
  const { total, stored, failed } = await pushTraces({ from: store, to });
  const reason = expect.stringContaining("cannot be read");
  expect({ total, stored }).toEqual({ total: 3, stored: 2 });
  expect(failed).toEqual([{ traceId: traceIdOf("push broken 1"), reason }]);
  expect(await countOf("push broken")).toBe(2);
});

test("an empty or missing store pushes nothing", async () => {
  const directory = temporaryDirectory();
  rmSync(directory, { recursive: true });
  const from = createFileStore({ directory });
  expect(await pushTraces({ from, to })).toEqual({ total: 0, stored: 0, skipped: 0, failed: [] });
});

test("a server that is not there ends the push with its address", async () => {
  const { store } = await localStore({ Default: 1 });
  const uri = `http://127.0.0.1:${await freePort()}`;
  const nowhere = createRestStore({ uri, settings: readSettings({}) });
  await expect(pushTraces({ from: store, to: nowhere })).rejects.toThrow(uri);
  await nowhere.close();
});
