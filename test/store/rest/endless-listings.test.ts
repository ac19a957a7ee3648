import { afterEach, beforeEach, expect, test } from "vitest";
import { traces } from "../../../src/cli/traces.js";
import * as mlflow from "../../../src/index.js";
import { downloadDirectory } from "../../../src/runs/artifacts/directory.js";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import { pushTraces } from "../../../src/tracing/push.js";
import { type RecordingServer, startRecordingServer } from "../../support/recording-server.js";
import { temporaryDirectory } from "../file/temporary-directory.js";

let server: RecordingServer;
let store: TrackingStore;
/** The token of the next page, on every page. */
let next: () => string;

beforeEach(async () => {
  server = await startRecordingServer(({ url }, response) => {
    if (server.requests.length > 20_000) response.destroy();
    if (url === "/version") {
      response.end("3.17.0");
      return undefined;
    }
    return {
      files: [{ path: "f", is_dir: false, file_size: 1 }],
      ...{ runs: [{}], traces: [{ trace_id: "tr-1" }], experiments: [{ experiment_id: "1" }] },
      ...{ models: [{ info: { model_id: "m-1" } }], metrics: [{ key: "m", value: 1 }] },
      next_page_token: next(),
    };
  });
  next = () => "again";
  const settings = readSettings({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0" });
  store = createRestStore({ uri: server.url, settings });
});
afterEach(async () => {
  await store.close();
  await server.close();
});

async function iterate(search: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of search);
}

const bucket = { uri: "s3://bucket", runId: "a" };
const LISTINGS: Record<string, () => Promise<unknown>> = {
  "the artifacts of a run": () => store.listArtifacts(bucket),
  "the artifacts of a run to download": () =>
    downloadDirectory(store, bucket, "", temporaryDirectory()),
  "the points of a metric": () => store.getMetricHistory("a", "m"),
  "logged models": () => store.searchLoggedModels({ experimentIds: ["1"] }),
  "runs, searched by the app": () => {
    mlflow.setTrackingUri(server.url);
    return iterate(mlflow.searchRuns({ experimentIds: ["1"] }));
  },
  "traces, searched by the app": () => {
    mlflow.setTrackingUri(server.url);
    return iterate(mlflow.searchTraces({ experimentIds: ["1"] }));
  },
  "traces to push": () => pushTraces({ from: store, to: store }),
};

test.each(Object.entries(LISTINGS))(
  "a page token that comes again ends the listing of %s",
  async (_what, list) => {
    await expect(list()).rejects.toMatchObject({
      name: "MlflowException",
      errorCode: "INVALID_STATE",
      message: expect.stringContaining("the same page token again"),
    });
    expect(server.requests.length).toBeLessThan(10);
  },
);

test("the command line stops as well", async () => {
  const written: string[] = [];
  const list = traces.run({
    options: { "tracking-uri": server.url },
    positionals: [],
    env: {},
    terminal: { write: (text: string) => written.push(text) } as never,
  } as never);
  await expect(list).rejects.toThrow("the same page token again");
  expect(written).toEqual([]);
});

test("an endless tree of directories is not read further", async () => {
  const names = Array.from({ length: 100_000 }, (_, at) => `d${at}`);
  let listings = 0;
  const wide: TrackingStore = {
    ...store,
    async listArtifacts(_root, path = "") {
      listings++;
      // Only two levels: deeper ones are rejected for their depth.
      if (path.includes("/")) return [];
      const prefix = path && `${path}/`;
      return names.map((name) => ({
        path: prefix + name,
        isDirectory: true,
        fileSize: undefined,
      }));
    },
  };
  const download = downloadDirectory(wide, bucket, "", temporaryDirectory());
  await expect(download).rejects.toThrow(/more than 1000000 files and directories/);
  expect(listings).toBeGreaterThan(50);
});
