import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import type { RunWrite } from "../../src/store/run-store.js";

/** What came to the server and was taken, in its order; every other request it answers with `status`. */
const taken: { path: string; body: RunWrite & Record<string, unknown> }[] = [];
let status = 503;
let isFaulty = true;
let requests = 0;
const sizes: number[] = [];

// No MLflow: what is looked at is what would come to one, and how a broken one is borne.
const server = createServer(async (request, response) => {
  const body = await jsonOf(request);
  const path = request.url?.split("/").at(-1)?.split("?")[0] ?? "";
  requests += 1;
  if (path === "log-batch") sizes.push((body.metrics as unknown[]).length);
  if (isFaulty && requests % 2 === 1) {
    response.writeHead(status, { "content-type": "application/json", "retry-after": "0" });
    response.end(JSON.stringify({ error_code: "TEMPORARILY_UNAVAILABLE", message: "busy" }));
    return;
  }
  taken.push({ path, body } as (typeof taken)[0]);
  response.writeHead(200, { "content-type": "application/json" });
  const info = { run_id: "r".repeat(32), experiment_id: "0", status: "RUNNING" };
  response.end(JSON.stringify(/create|get/.test(path) ? { run: { info, data: {} } } : {}));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  mlflow.setTrackingUri(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  taken.length = 0;
  sizes.length = 0;
  isFaulty = true;
  status = 503;
  requests = 0;
});

async function jsonOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await request.toArray()).join("");
  return text ? JSON.parse(text) : {};
}

test("data is stored once and in order when every other request fails", async () => {
  isFaulty = false;
  await mlflow.startRun();
  isFaulty = true;
  const logged: Promise<void>[] = [];
  for (let round = 0; round < 5; round++) {
    for (let at = 0; at < 20; at++)
      logged.push(mlflow.logMetric("m", at, { step: round * 20 + at }));
    logged.push(mlflow.setTag("t", round), mlflow.deleteTag("t"));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  void mlflow.flushTraces();
  await Promise.all(logged);
  isFaulty = false;
  await mlflow.endRun();
  const writes = taken.filter(({ path }) => !/create|get/.test(path));
  const steps = writes.flatMap(({ body }) =>
    ((body.metrics ?? []) as { step: number }[]).map(({ step }) => step),
  );
  expect(steps).toEqual(Array.from({ length: 100 }, (_, at) => at));
  const tags = writes.flatMap(({ path, body }) =>
    path === "delete-tag" ? ["-"] : ((body.tags ?? []) as { value: string }[]).map((t) => t.value),
  );
  expect(tags).toEqual(["0", "-", "1", "-", "2", "-", "3", "-", "4", "-"]);
  expect(writes.at(-1)?.path).toBe("update");
}, 60_000);

test("a run that could not be created at first is created once, and stores the logged data", async () => {
  const logged = mlflow.logParam("a", 1);
  await logged;
  isFaulty = false;
  await mlflow.endRun();
  expect(taken.map(({ path }) => path)).toEqual(["create", "log-batch", "update"]);
});

test("data that the server refuses is dropped without a retry, and endRun() rejects", async () => {
  isFaulty = false;
  await mlflow.startRun();
  isFaulty = true;
  status = 401;
  requests = 0;
  const started = performance.now();
  await mlflow.logParam("a", 1);
  expect(performance.now() - started).toBeLessThan(1000);
  isFaulty = false;
  await expect(mlflow.endRun()).rejects.toMatchObject({ name: "RestException", status: 401 });
});

test("simultaneous calls are one request, within MLflow's limits", async () => {
  isFaulty = false;
  await mlflow.startRun();
  const calls = Array.from({ length: 2500 }, (_, step) => mlflow.logMetric("m", 1, { step }));
  await Promise.all(calls);
  expect(sizes).toEqual([1000, 1000, 500]);
  await mlflow.endRun();
});

/** Logs 50 metrics at once to a queue that has room for a few. */
async function logAboveTheLimit(durability: "memory" | "on-failure"): Promise<void> {
  isFaulty = false;
  await mlflow.startRun();
  const { options } = getPipeline();
  const before = { ...options };
  getPipeline().configure({ ...options, maxQueueBytes: 5000, durability });
  try {
    const calls = Array.from({ length: 50 }, (_, step) => mlflow.logMetric("m", 1, { step }));
    await Promise.all(calls);
  } finally {
    getPipeline().configure(before);
  }
}

const stored = () => sizes.reduce((sum, size) => sum + size, 0);

test("without a spool, data above the limit of the queue is dropped, and endRun() rejects", async () => {
  await logAboveTheLimit("memory");
  await expect(mlflow.endRun()).rejects.toThrow(
    /`maxQueueBytes` were already waiting to be sent.*\(and \d+ more failures in this run\)/,
  );
  expect(stored()).toBeGreaterThan(0);
  expect(stored()).toBeLessThan(50);
});

test("data above the limit of the queue is left to the spool, and sent when there is room", async () => {
  await logAboveTheLimit("on-failure");
  await mlflow.endRun();
  await vi.waitFor(() => expect(stored()).toBe(50), 10_000);
});
