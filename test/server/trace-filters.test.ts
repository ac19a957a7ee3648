import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { richTrace, START_MS } from "../store/file/rich-trace.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";

let server: MlflowServer;
let stores: { readonly store: TrackingStore; readonly experimentId: string }[];
const directory = temporaryDirectory({ whenOver: afterAll });

beforeAll(async () => {
  server = await startMlflowServer();
  stores = [];
  for (const store of [createFileStore({ directory }), openRestStore(server.url)]) {
    const experimentId = await store.createExperiment("filters");
    const tags = (name: string, more = {}) => ({ "mlflow.traceName": name, ...more });
    await store.logTraces(experimentId, [
      richTrace("plain", { tags: tags("plain") }),
      richTrace("tagged", { requestTime: START_MS + 1000, tags: tags("tagged", { team: "a" }) }),
    ]);
    stores.push({ store, experimentId });
  }
});
afterAll(() => server?.close());

test.each([
  ["tags.team IS NULL", ["plain"]],
  ["tags.team IS NOT NULL", ["tagged"]],
  ["tag.`team` is null", ["plain"]],
  ["metadata.`mlflow.sourceRun` IS NULL AND tags.team = 'a'", ["tagged"]],
  ["request_metadata.`no.such.key` IS NOT NULL", []],
])("the filter %s finds the same traces in both stores", async (filter, expected) => {
  for (const { store, experimentId } of stores) {
    const { items } = await store.searchTraceInfos({ experimentIds: [experimentId], filter });
    expect(items.map(({ tags }) => tags["mlflow.traceName"])).toEqual(expected);
  }
});
