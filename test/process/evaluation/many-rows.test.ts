import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { searchRuns, searchTraces, setExperiment, setTrackingUri } from "../../../src/index.js";

/** The judge fails for 5 % of the rows, does not answer for 2 %, and returns broken JSON for 3 %. */
const FAILS = (row: number) => row % 100 < 5;
const IS_SILENT = (row: number) => row % 100 === 5 || row % 100 === 6;
const IS_BROKEN = (row: number) => row % 100 >= 7 && row % 100 < 10;

let folder: string;
let server: Server;
let url: string;
let isHealthy: boolean;
/** How long the model takes. */
let answerMs: number;
/** The rows for which the model and the judge were called. */
let calls: { app: number[]; judge: number[] };
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "many-rows-"));
  isHealthy = false;
  answerMs = 0;
  calls = { app: [], judge: [] };
  server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString("utf8"));
    const row = Number(/row (\d+)\./.exec(JSON.stringify(body.messages))?.[1]);
    calls[body.model as "app" | "judge"].push(row);
    const reply = (status: number, content: string) => {
      const message = { role: "assistant", content };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: `c${row}`, object: "chat.completion", choices, usage }));
    };
    if (body.model === "app") {
      await sleep(answerMs);
      return reply(200, `Good day, ${row}.`);
    }
    if (isHealthy) return reply(200, JSON.stringify({ rationale: "polite", result: true }));
    if (FAILS(row)) return reply(500, "");
    if (IS_SILENT(row)) return;
    reply(200, IS_BROKEN(row) ? '{"result": ' : '{"rationale":"polite","result":true}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`;
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, maxRetries: 5 });
});

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [resolve("test/fixtures/evaluation/many-rows.mjs")], {
    env: {
      ...process.env,
      OPENAI_API_KEY: "none",
      OPENAI_BASE_URL: url,
      MLFLOW_TRACKING_URI: `file:${folder}`,
      MLFLOW_LANGCHAIN_CACHE_DIR: join(folder, "cache"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const ended = once(child, "close").then(() => ({ stdout, stderr }));
  return { child, ended };
}

interface Outcome {
  readonly runId: string;
  readonly rows: number;
  readonly errors: number;
  readonly feedback: number;
  readonly failed: number;
  readonly passed: boolean;
  readonly metrics: Record<string, number>;
}

async function outcomeOf({ ended }: ReturnType<typeof start>): Promise<Outcome> {
  const { stdout, stderr } = await ended;
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout);
}

/** The rows of a run that are stored with an answer, and those that are judged. */
async function storedRows(runId: string) {
  const answered = new Set<string>();
  const judged = new Set<string>();
  for await (const { info } of searchTraces({ runId, maxResults: 500, includeSpans: false })) {
    const rowId = info.tags["mlflow.eval.requestId"] ?? "";
    if (info.state === "OK") answered.add(rowId);
    const isDone = info.assessments.some(
      (one) => one.name === "polite" && !one.error && one.valid !== false,
    );
    if (isDone) judged.add(rowId);
  }
  return { answered: answered.size, judged: judged.size };
}

test("1 000 rows whose judge fails at times are all accounted for", async () => {
  const outcome = await outcomeOf(start({ ROWS: "1000" }));
  expect(outcome).toMatchObject({ rows: 1000, failed: 0, errors: 100, feedback: 2000 });
  expect(outcome.passed).toBe(false);
  expect(outcome.metrics["polite/mean"]).toBe(1);
  setTrackingUri(`file:${folder}`);
  await setExperiment("many rows");
  expect(await storedRows(outcome.runId)).toEqual({ answered: 1000, judged: 900 });

  const before = { app: calls.app.length, judge: calls.judge.length };
  isHealthy = true;
  const again = await outcomeOf(start({ ROWS: "1000", RUN_ID: outcome.runId }));
  expect(again).toMatchObject({ rows: 1000, failed: 0, errors: 0, feedback: 2000, passed: true });
  expect(calls.app.length - before.app).toBe(0);
  expect(calls.judge.length - before.judge).toBe(100);
});

test("an evaluation that was killed runs only missing rows and failed scorers again", async () => {
  // So that the first traces are stored long before the last row is answered.
  answerMs = 200;
  const first = start({ ROWS: "1000" });
  setTrackingUri(`file:${folder}`);
  let runId = "";
  let stored = { answered: 0, judged: 0 };
  // Until the judge has failed for a row.
  while (stored.judged === stored.answered) {
    await sleep(200);
    await setExperiment("many rows");
    const { items } = await searchRuns().page();
    runId = items[0]?.info.runId ?? "";
    if (runId !== "") stored = await storedRows(runId);
  }
  first.child.kill("SIGKILL");
  await first.ended;
  stored = await storedRows(runId);
  expect(stored.answered).toBeLessThan(1000);
  expect(stored.judged).toBeLessThan(stored.answered);

  calls = { app: [], judge: [] };
  isHealthy = true;
  const outcome = await outcomeOf(start({ ROWS: "1000", RUN_ID: runId }));
  expect(outcome).toMatchObject({ runId, rows: 1000, errors: 0, feedback: 2000, passed: true });
  expect(calls.app.length).toBe(1000 - stored.answered);
  expect(calls.judge.length).toBe(1000 - stored.judged);
  expect(await storedRows(runId)).toEqual({ answered: 1000, judged: 1000 });
});

test("with the cache, an evaluation that is repeated calls no model", async () => {
  isHealthy = true;
  const first = await outcomeOf(start({ ROWS: "200", CACHE: "true" }));
  expect(first).toMatchObject({ rows: 200, passed: true });
  expect([calls.app.length, calls.judge.length]).toEqual([200, 200]);
  calls = { app: [], judge: [] };
  const second = await outcomeOf(start({ ROWS: "200", CACHE: "true" }));
  expect(second).toMatchObject({ rows: 200, passed: true, feedback: 400 });
  expect(second.runId).not.toBe(first.runId);
  expect([calls.app.length, calls.judge.length]).toEqual([0, 0]);
});
