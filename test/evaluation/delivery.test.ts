import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { genai, searchTraces, setExperiment, setTrackingUri } from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { resolveOptions } from "../../src/settings/options.js";
import {
  type FakeTrackingServer,
  startFakeTrackingServer,
} from "../support/fake-tracking-server.js";

let folder: string;
let server: FakeTrackingServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "evaluate-"));
  server = await startFakeTrackingServer();
  server.place = `mlflow-artifacts:/1`;
});
afterEach(async () => {
  getPipeline().configure(resolveOptions({}));
  setTrackingUri(`file:${folder}`);
  await server.close();
  rmSync(folder, { recursive: true });
});

function good() {
  return true;
}

function rowsOf(count: number) {
  return Array.from({ length: count }, (_, row) => ({ inputs: { row } }));
}

async function useFolder() {
  setTrackingUri(`file:${folder}`);
  await setExperiment("delivery");
}

test("rows that together are larger than the queue wait for room, and all are stored", async () => {
  getPipeline().configure(resolveOptions({ maxQueueBytes: 200_000 }));
  await useFolder();
  const result = await genai.evaluate({
    data: rowsOf(60),
    predictFn: ({ row }) => `${row} `.repeat(10_000),
    scorers: [good],
  });
  expect(result.reason).toBe("");
  expect(result.passed).toBe(true);
  const stored = new Set<string>();
  for await (const { info } of searchTraces({ includeSpans: false })) stored.add(info.traceId);
  expect(stored.size).toBe(60);
  expect(result.rows.every(({ traceId }) => stored.has(traceId ?? ""))).toBe(true);
});

test("a row whose trace is larger than the queue is lost, and the result says so", async () => {
  getPipeline().configure(resolveOptions({ maxQueueBytes: 100_000 }));
  await useFolder();
  const result = await genai.evaluate({
    data: rowsOf(3),
    predictFn: ({ row }) => "x".repeat(row === 1 ? 90_000 : 10),
    scorers: [good],
  });
  expect(result.passed).toBe(false);
  expect(result.reason).toContain("the results of 1 row are not stored");
  expect(result.reason).toContain("row 1");
  expect(result.rows.map(({ traceId }) => typeof traceId)).toEqual([
    ...["string", "undefined", "string"],
  ]);
});

test("rows whose traces the server refuses are not stored, and the result and the report say so", async () => {
  getPipeline().configure(resolveOptions({ retryTimeoutMs: 0 }));
  server.before = ({ method, url }, response) => {
    if (method !== "POST" || !/traces$/.test(url)) return undefined;
    response.statusCode = 400;
    return { error_code: "INVALID_PARAMETER_VALUE", message: "no such field" };
  };
  setTrackingUri(server.url);
  const lines: string[] = [];
  const write = process.stderr.write;
  process.stderr.write = (text) => lines.push(String(text)) > 0;
  const result = await genai
    .evaluate({ data: rowsOf(2), predictFn: () => "yes", scorers: [good] })
    .finally(() => {
      process.stderr.write = write;
    });
  expect(result.passed).toBe(false);
  expect(result.reason).toContain("the results of 2 rows are not stored");
  expect(result.reason).toContain("no such field");
  expect(result.rows.map(({ traceId }) => traceId)).toEqual([undefined, undefined]);
  expect(lines.join("")).toContain("the results of 2 rows are not stored");
});
