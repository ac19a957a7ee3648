import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import { type RecordingServer, startRecordingServer } from "../../support/recording-server.js";

let server: RecordingServer;
let store: TrackingStore;
let version: string;

beforeEach(async () => {
  version = "3.4.0";
  server = await startRecordingServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, server.url);
    if (pathname === "/version") {
      response.end(version);
      return undefined;
    }
    if (!pathname.endsWith("/metrics/get-history")) {
      response.statusCode = 404;
      return {};
    }
    if (!searchParams.has("max_results")) {
      response.statusCode = 400;
      return { error_code: "INVALID_PARAMETER_VALUE", message: "Invalid page token" };
    }
    const page = Number(searchParams.get("page_token") ?? 0);
    const metrics = [{ key: "m", value: page / 2, step: page, timestamp: 1 }];
    return { metrics, ...(page < 2 && { next_page_token: String(page + 1) }) };
  });
  const settings = readSettings({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0" });
  store = createRestStore({ uri: server.url, settings });
});
afterEach(async () => {
  await store.close();
  await server.close();
});

test("the history of a metric contains the points of every page, and each request names a page size", async () => {
  const points = await store.getMetricHistory("a", "m");
  expect(points.map(({ value, step }) => [value, step])).toEqual([
    [0, 0],
    [0.5, 1],
    [1, 2],
  ]);
});

describe("a server that is too old for traces", () => {
  const message = /is MLflow 2\.22\.5, which is too old: traces need MLflow 3\.2 or newer/;
  beforeEach(() => {
    version = "2.22.5";
  });

  test("is named by a search", async () => {
    await expect(store.searchTraceInfos({ experimentIds: ["1"] })).rejects.toThrow(message);
  });

  test("is named when a trace is read", async () => {
    await expect(store.getTrace(`tr-${"a".repeat(32)}`)).rejects.toThrow(message);
  });
});
