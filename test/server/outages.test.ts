import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { listSpool, newEffects } from "../../src/delivery/spool/stored-spool.js";
import { type FaultyProxy, PASS, startFaultyProxy } from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { storedInputs } from "../support/stored-inputs.js";

let server: MlflowServer;
let proxy: FaultyProxy;
let name = "";
let count = 0;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server.close());

beforeEach(async () => {
  proxy = await startFaultyProxy(() => server.url);
  count += 1;
  name = `outage ${count}`;
  mlflow.setTrackingUri(proxy.url);
  await mlflow.setExperiment(name);
});
afterEach(async () => {
  proxy.faultOf = () => PASS;
  await mlflow.flushTraces();
  mlflow.autolog({ disable: true });
  await proxy.close();
});

const chain = RunnableLambda.from((text: string) => `${text}!`);
const numbers = (length: number) => Array.from({ length }, (_, index) => `${index}`);

/** Traces one call for each input. */
async function call(inputs: readonly string[]): Promise<void> {
  for (const input of inputs) await chain.invoke(input);
}

const stored = async () => (await storedInputs(server.url, name)).map(String).toSorted();

test("one request that gets no response loses nothing, and delays the rest for a quarter of retryTimeoutMs", async () => {
  let hung = 0;
  proxy.faultOf = ({ path }) => {
    if (path !== "/v1/traces" || hung > 0) return PASS;
    hung += 1;
    return { kind: "hang" };
  };
  mlflow.autolog({ retryTimeoutMs: 8000, durability: "memory", flushIntervalMs: 50 });
  await call(numbers(10));
  const startedAtMs = performance.now();
  const counts = await mlflow.flushTraces({ timeoutMs: 20_000 });
  expect(hung).toBe(1);
  expect(counts).toEqual({ sent: 10, spooled: 0, dropped: 0, pending: 0 });
  expect(performance.now() - startedAtMs).toBeLessThan(8000);
  expect(await stored()).toEqual(numbers(10));
});

test("what an outage has moved to disk is stored soon after it, while the app continues", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spool-"));
  const before = mlflow.stats().traces;
  mlflow.autolog({
    ...{ spoolDirectory: folder, maxQueueBytes: 200_000 },
    ...{ retryTimeoutMs: 1000, flushIntervalMs: 50 },
  });
  proxy.faultOf = () => ({ kind: "answer", status: 503, body: "unavailable" });
  await call(numbers(300));
  await sleep(4000);
  expect(mlflow.stats().traces.spooled).toBeGreaterThan(before.spooled);
  proxy.faultOf = ({ path }) => (path === "/v1/traces" ? { kind: "slow", ms: 300 } : PASS);
  const others = numbers(300).map((number) => `after ${number}`);
  for (const input of others) {
    await call([input]);
    await sleep(10);
  }
  // Within twice the time between two attempts. An item that a server does not accept rests for 5 minutes.
  await vi.waitFor(
    async () => {
      await mlflow.flushTraces({ timeoutMs: 1000 });
      expect(mlflow.stats().traces.sent).toBe(before.sent + 600);
    },
    { timeout: 60_000, interval: 500 },
  );
  expect(await stored()).toEqual([...numbers(300), ...others].toSorted());
  rmSync(folder, { recursive: true });
});

test("data of a run that is not accepted for retryTimeoutMs is kept on disk, and stored after the outage", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spool-"));
  mlflow.autolog({ spoolDirectory: folder, retryTimeoutMs: 1000 });
  const { info } = await mlflow.startRun();
  const before = mlflow.stats().runData;
  proxy.faultOf = () => ({ kind: "answer", status: 503, body: "unavailable" });
  const steps = [0, 1, 2, 3, 4];
  // The app does not wait for the end of the outage.
  await Promise.all(steps.map((step) => mlflow.logMetric("loss", step / 2, { step })));
  expect(mlflow.stats().runData).toEqual({ ...before, spooled: before.spooled + 5 });
  proxy.faultOf = () => PASS;
  await mlflow.logParam("size", "large");
  await vi.waitFor(async () => {
    const history = await new mlflow.MlflowClient().getMetricHistory({
      runId: info.runId,
      key: "loss",
    });
    expect(history.map(({ step, value }) => [step, value])).toEqual(
      steps.map((step) => [step, step / 2]),
    );
    expect(mlflow.stats().runData).toEqual({ ...before, sent: before.sent + 6 });
  }, 20_000);
  await mlflow.endRun();
  rmSync(folder, { recursive: true });
});

test("what the app logs after an outage is not replaced by what the outage has left on disk", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spool-"));
  mlflow.autolog({ spoolDirectory: folder, retryTimeoutMs: 500 });
  const { info } = await mlflow.startRun();
  const { runId } = info;
  await Promise.all([mlflow.setTag("kept", "before"), mlflow.setTag("deleted", "before")]);
  const before = mlflow.stats().runData;
  proxy.faultOf = () => ({ kind: "answer", status: 503, body: "unavailable" });
  await Promise.all([
    mlflow.setTag("kept", "during"),
    mlflow.setTag("team", "old"),
    mlflow.setTag("deleted", "old"),
    mlflow.logText("old", "notes.txt"),
    mlflow.endRun("FAILED"),
  ]);
  expect(mlflow.stats().runData.spooled).toBe(before.spooled + 5);
  proxy.faultOf = () => PASS;
  await mlflow.startRun({ runId });
  await Promise.all([
    mlflow.setTag("team", "new"),
    mlflow.deleteTag("deleted"),
    mlflow.logText("new", "notes.txt"),
    mlflow.endRun(),
  ]);
  await vi.waitFor(() => {
    expect(mlflow.stats().runData).toMatchObject({ spooled: before.spooled, pending: 0 });
    expect(listSpool(folder, newEffects())).toEqual([]);
  }, 20_000);
  const run = await mlflow.getRun(runId);
  expect(run.info.status).toBe("FINISHED");
  expect(run.data.tags).toMatchObject({ kept: "during", team: "new" });
  expect(run.data.tags).not.toHaveProperty("deleted");
  const artifactUri = `runs:/${runId}/notes.txt`;
  const file = await mlflow.artifacts.downloadArtifacts({ artifactUri });
  expect(readFileSync(file, "utf8")).toBe("new");
  rmSync(folder, { recursive: true });
});

test("a tag of a trace that is set twice without await has the second value, also if the first request is repeated", async () => {
  mlflow.autolog();
  await call(["tagged"]);
  await mlflow.flushTraces();
  const traceId = mlflow.getLastActiveTraceId()!;
  let failed = 0;
  proxy.faultOf = ({ path }) => {
    if (!path.endsWith("/tags") || failed > 0) return PASS;
    failed += 1;
    return { kind: "answer", status: 503, body: "unavailable" };
  };
  const calls = [
    mlflow.setTraceTag(traceId, "reviewed", "no"),
    mlflow.setTraceTag(traceId, "reviewed", "yes"),
  ];
  await Promise.all(calls);
  expect(failed).toBe(1);
  expect((await mlflow.getTrace(traceId))?.info.tags).toMatchObject({ reviewed: "yes" });
});

test("a second outage is logged too, when the server has accepted something after the first one", async () => {
  const lines: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  const realNow = performance.now.bind(performance);
  let aheadMs = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => realNow() + aheadMs);
  mlflow.autolog({ durability: "memory", flushIntervalMs: 50 });
  const failures = () => lines.filter((line) => line.includes(`traces for ${proxy.url}`));
  for (const outage of [1, 2]) {
    proxy.faultOf = () => ({ kind: "answer", status: 503, body: "unavailable" });
    await call(["one", "two"]);
    await mlflow.flushTraces({ timeoutMs: 1000 });
    expect(failures()).toHaveLength(outage);
    proxy.faultOf = () => PASS;
    expect(await mlflow.flushTraces()).toMatchObject({ sent: 2 });
    aheadMs += 120_000;
  }
  now.mockRestore();
  stderr.mockRestore();
});

describe("a proxy that answers 413 above a size", () => {
  const limitTo = (maxBytes: number) => {
    proxy.faultOf = ({ bytes }) =>
      bytes > maxBytes ? { kind: "answer", status: 413, body: "too large" } : PASS;
  };
  const echo = RunnableLambda.from((text: string) => text.length);

  test("stores all traces of a batch that is too large, none twice, in smaller requests", async () => {
    limitTo(20_000);
    mlflow.autolog({ durability: "memory" });
    await call(numbers(120));
    expect(await mlflow.flushTraces()).toMatchObject({ sent: 120, dropped: 0, pending: 0 });
    expect(proxy.requests.some(({ bytes }) => bytes > 20_000)).toBe(true);
    expect(await stored()).toEqual(numbers(120).toSorted());
  });

  test("stores a trace that is too large with its largest value shortened, and counts it", async () => {
    limitTo(20_000);
    mlflow.autolog({ durability: "memory" });
    const before = mlflow.stats().losses.shortened ?? 0;
    const long = `start ${"a b c ".repeat(20_000)} end`;
    await echo.invoke(long);
    const traceId = mlflow.getLastActiveTraceId() ?? "";
    await call(["short"]);
    expect(await mlflow.flushTraces()).toMatchObject({ sent: 2, dropped: 0, pending: 0 });
    const trace = await mlflow.getTrace(traceId);
    const input = String(trace?.data.spans[0]?.inputs);
    expect(input).toMatch(/^start a b c .*\[cut: \d+ of 120010 characters\].* end$/);
    expect(trace?.data.spans[0]?.outputs).toBe(120_010);
    expect((mlflow.stats().losses.shortened ?? 0) - before).toBe(1);
  });

  test("drops a trace that stays too large, keeps it on disk with the answer, and stores the others", async () => {
    const folder = mkdtempSync(join(tmpdir(), "spool-"));
    limitTo(2_000);
    mlflow.autolog({ spoolDirectory: folder });
    const wide = Object.fromEntries(numbers(500).map((key) => [`key ${key}`, key]));
    await RunnableLambda.from(() => wide).invoke("wide");
    await call(["short"]);
    expect(await mlflow.flushTraces()).toMatchObject({ sent: 1, dropped: 1, pending: 0 });
    const [server] = listSpool(folder, newEffects());
    expect(server).toMatchObject({ waiting: 0, refused: 1 });
    expect(server?.answers.join()).toContain("413");
    rmSync(folder, { recursive: true });
  });
});
