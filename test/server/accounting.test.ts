import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listSpool, newEffects } from "../../src/delivery/spool/stored-spool.js";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runSpooledApp } from "../support/spooled-app.js";
import { storedInputs } from "../support/stored-inputs.js";

const NOWHERE = "http://127.0.0.1:9";
const UNAUTHORIZED = { kind: "answer", status: 401, body: "You are not authenticated." } as const;

let server: MlflowServer;
let proxy: FaultyProxy;
let spool = "";

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  proxy = await startFaultyProxy(() => server.url);
  spool = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(async () => {
  await proxy.close();
  rmSync(spool, { recursive: true, force: true });
});

const inMemory = {
  MLFLOW_LANGCHAIN_DURABILITY: "memory",
  MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "1500",
};
const missing = () => ({ MLFLOW_TRACKING_URI: server.url, MLFLOW_EXPERIMENT_ID: "999999" });

function run(how: string, env: Readonly<Record<string, string>>, count = 4) {
  return runSpooledApp(how, count, { MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: spool, ...env });
}

/** The lines on stderr that say what is lost. */
const linesOfLosses = (stderr: string) =>
  stderr.split("\n").filter((line) => line.includes("lost in this process"));

describe("the last line of a process that loses traces names their number, the reason and what to do", () => {
  test("after process.exit()", async () => {
    const env = { ...inMemory, MLFLOW_TRACKING_URI: server.url };
    const { stderr } = await run("by process.exit()", env);
    expect(linesOfLosses(stderr)).toEqual([
      "langchain-mlflow: lost in this process: 4 traces (process_exit): the process was about to end, and it was not sent yet. Call `await flushTraces()` before process.exit()",
    ]);
  });

  test("if the server refuses connections", async () => {
    const { stderr } = await run("naturally", { ...inMemory, MLFLOW_TRACKING_URI: NOWHERE });
    const lines = linesOfLosses(stderr);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/4 traces \(send_failed\): .*No answer from .*ECONNREFUSED/);
    expect(stderr).not.toContain("exit_timeout");
  });

  test("if the experiment does not exist", async () => {
    const { stderr, tookMs } = await run("naturally", { ...inMemory, ...missing() });
    const lines = linesOfLosses(stderr);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/4 traces \(blocked\): the store rejects all requests\. .*999999/);
    expect(tookMs).toBeLessThan(30_000);
  });

  test("if the server never responds", async () => {
    proxy.faultOf = () => ({ kind: "hang" });
    const { stderr } = await run("naturally", { ...inMemory, MLFLOW_TRACKING_URI: proxy.url });
    const lines = linesOfLosses(stderr);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /4 traces \(exit_timeout\): the store did not respond within `exitTimeoutMs`\. Check/,
    );
  });
});

describe("flushTraces() and stats() agree", () => {
  interface Printed {
    readonly flushed: Readonly<Record<string, unknown>>;
    readonly stats: {
      readonly open: number;
      readonly traces: Readonly<Record<string, number>>;
      readonly losses: Readonly<Record<string, number>>;
    };
  }
  async function printed(env: Readonly<Record<string, string>>): Promise<Printed> {
    return JSON.parse((await run("with stats", env)).stdout);
  }

  test("about a server that is up", async () => {
    const { flushed, stats } = await printed({
      MLFLOW_TRACKING_URI: server.url,
      FLUSH_MS: "60000",
    });
    expect(flushed).toEqual({ sent: 4, spooled: 0, dropped: 0, pending: 0 });
    expect(stats.traces).toEqual(flushed);
    expect(stats).toMatchObject({ open: 0, losses: {} });
  });

  test("about a server that is down: traces are on disk, with the cause", async () => {
    const { flushed, stats } = await printed({ MLFLOW_TRACKING_URI: NOWHERE });
    expect(flushed).toMatchObject({
      sent: 0,
      dropped: 0,
      cause: expect.stringContaining("ECONNREFUSED"),
    });
    expect(stats.traces).toEqual({ sent: 0, dropped: 0, spooled: 4, pending: 0 });
    expect(flushed).toMatchObject(stats.traces);
  });

  test("about a server that does not answer: traces are on disk, with the cause", async () => {
    proxy.faultOf = () => ({ kind: "hang" });
    const env = { MLFLOW_TRACKING_URI: proxy.url, FLUSH_MS: "5000" };
    const { flushed, stats } = await printed(env);
    expect(stats.traces).toEqual({ sent: 0, dropped: 0, spooled: 4, pending: 0 });
    expect(flushed).toEqual({
      ...stats.traces,
      cause: expect.stringMatching(/^The store has not responded for 5\.\d s\.$/),
    });
  });

  test("about a server that does not answer, without a spool: traces are pending, with the cause", async () => {
    proxy.faultOf = () => ({ kind: "hang" });
    const env = { MLFLOW_TRACKING_URI: proxy.url, MLFLOW_LANGCHAIN_DURABILITY: "memory" };
    const { flushed, stats } = await printed(env);
    expect(stats.traces).toEqual({ sent: 0, dropped: 0, spooled: 0, pending: 4 });
    expect(flushed).toEqual({
      ...stats.traces,
      cause: expect.stringMatching(/^The store has not responded for 1\.\d s\.$/),
    });
  });

  test("about an experiment that does not exist: traces are pending or on disk, with the cause", async () => {
    const { flushed, stats } = await printed(missing());
    expect(flushed).toMatchObject({
      sent: 0,
      dropped: 0,
      cause: expect.stringContaining("999999"),
    });
    const { pending = 0, spooled = 0, dropped } = stats.traces;
    expect([pending + spooled, dropped]).toEqual([4, 0]);
  });

  test("about traces that are larger than all the disk may hold: they are dropped, and not written", async () => {
    const { stats } = await printed({
      MLFLOW_TRACKING_URI: NOWHERE,
      MLFLOW_LANGCHAIN_MAX_SPOOL_BYTES: "1",
      MLFLOW_LANGCHAIN_RETRY_TIMEOUT_MS: "100",
    });
    expect(stats.traces).toEqual({ sent: 0, dropped: 4, spooled: 0, pending: 0 });
    expect(stats.losses).toEqual({ retry_timeout: 4 });
  });

  test("traces that the server refuses count for the limit of the spool, since they are kept", async () => {
    proxy.faultOf = ({ path }) =>
      path.endsWith("/traces") ? { kind: "answer", status: 413 } : { kind: "pass" };
    const env = {
      MLFLOW_TRACKING_URI: proxy.url,
      MLFLOW_LANGCHAIN_MAX_SPOOL_BYTES: "20000",
      FLUSH_MS: "30000",
    };
    const { stats } = JSON.parse((await run("with stats", env, 60)).stdout) as Printed;
    expect(stats.traces).toEqual({ sent: 0, dropped: 60, spooled: 0, pending: 0 });
    const [server] = listSpool(spool, newEffects());
    expect(server?.refused).toBeGreaterThan(5);
    expect(server?.bytes).toBeLessThanOrEqual(20_000);
  });

  test("about what the end of the process has written: what a limit has removed at once is not among it", async () => {
    const env = { MLFLOW_TRACKING_URI: NOWHERE, MLFLOW_LANGCHAIN_MAX_SPOOL_BYTES: "20000" };
    const { stderr } = await run("by process.exit()", env, 60);
    const [, written] = /: (\d+) traces for \S+ written to /.exec(stderr) ?? [];
    const [, removed] = /lost in this process: (\d+) traces \(spool_full\)/.exec(stderr) ?? [];
    expect(Number(written) + Number(removed)).toBe(60);
    const [server] = listSpool(spool, newEffects());
    expect(server?.traces).toBe(Number(written));
  });

  test("a spool that is smaller than the traces of a request keeps the newest traces", async () => {
    const env = {
      MLFLOW_TRACKING_URI: NOWHERE,
      MLFLOW_LANGCHAIN_MAX_SPOOL_BYTES: "20000",
      MLFLOW_LANGCHAIN_RETRY_TIMEOUT_MS: "100",
    };
    const { stats } = JSON.parse((await run("with stats", env, 60)).stdout) as Printed;
    const { spooled = 0, dropped = 0, ...others } = stats.traces;
    expect(others).toEqual({ sent: 0, pending: 0 });
    expect([spooled + dropped, stats.losses]).toEqual([60, { spool_full: dropped }]);
    expect(spooled).toBeGreaterThan(5);
    const [server] = listSpool(spool, newEffects());
    expect(server?.waiting).toBe(spooled);
    expect(server?.bytes).toBeLessThanOrEqual(20_000);
  });
});

test.each([
  ["an experiment that does not exist", missing, /999999/],
  ["wrong credentials", () => ({ MLFLOW_TRACKING_URI: proxy.url }), /requires credentials/],
])(
  "feedback on a trace that waits because of %s fails at once, with the cause",
  async (_, env, cause) => {
    proxy.faultOf = () => UNAUTHORIZED;
    const { stdout } = await run("with feedback", env());
    const { failure, tookMs } = JSON.parse(stdout);
    expect(failure).toMatch(cause);
    expect(tookMs).toBeLessThan(15_000);
  },
);

test("wrong credentials: traces go to disk, few requests are sent, and the right credentials deliver all of them", async () => {
  proxy.faultOf = () => UNAUTHORIZED;
  const env = { MLFLOW_TRACKING_URI: proxy.url, MLFLOW_EXPERIMENT_NAME: "credentials" };
  const ended = await run("with stats", env, 200);
  const { traces } = JSON.parse(ended.stdout).stats;
  expect(traces.dropped).toBe(0);
  expect(traces.pending + traces.spooled).toBe(200);
  expect(ended.stderr).not.toContain("lost");
  expect(proxy.requests.length).toBeLessThan(20);
  proxy.faultOf = () => ({ kind: "pass" });
  const next = await run("naturally", { ...env, MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "60000" }, 1);
  expect(next.stderr).toBe("");
  expect(await storedInputs(server.url, "credentials")).toHaveLength(201);
});
