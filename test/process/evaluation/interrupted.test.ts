import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { searchRuns, searchTraces, setExperiment, setTrackingUri } from "../../../src/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "interrupted-"));
});
afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

async function run(mode: string) {
  const child = spawn(process.execPath, [resolve("test/fixtures/evaluation/interrupted.mjs")], {
    env: {
      ...process.env,
      MODE: mode,
      MLFLOW_TRACKING_URI: `file:${folder}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), 120_000);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const [code, signal] = await once(child, "close");
  clearTimeout(limit);
  return { code, signal, stdout, stderr };
}

async function storedRows() {
  setTrackingUri(`file:${folder}`);
  await setExperiment("interrupted");
  let [stored, scored] = [0, 0];
  for await (const { info } of searchTraces({ includeSpans: false })) {
    stored += info.state === "OK" ? 1 : 0;
    scored += info.assessments.some(({ name }) => name === "good") ? 1 : 0;
  }
  const { items } = await searchRuns().page();
  return { stored, scored, statuses: items.map(({ info }) => info.status) };
}

test("after SIGINT no more rows start, and the calls that were running are stored before the process ends", async () => {
  const { signal, code, stdout, stderr } = await run("signal");
  expect({ code, signal }).toEqual({ code: null, signal: "SIGINT" });
  // The signal arrives a moment after it is raised: calls that end until then start others.
  const [before = "", after = ""] = stdout.split("|");
  expect(before).toHaveLength(10);
  expect(after.length, stderr).toBeLessThan(100);
  expect(stderr).not.toContain("was stopped");
  const { stored } = await storedRows();
  expect(stored).toBe(before.length + after.length);
});

test("a model that never settles does not keep the process alive", async () => {
  const { code, signal } = await run("hang");
  expect({ code, signal }).toEqual({ code: 13, signal: null });
  expect((await storedRows()).scored).toBeGreaterThanOrEqual(8);
});

test("after an abort, a model that never settles does not keep the process alive", async () => {
  const { code, signal, stderr } = await run("abort");
  expect({ code, signal }, stderr).toEqual({ code: 1, signal: null });
  expect(stderr).toContain("evaluate() was stopped by its signal: enough.");
  expect((await storedRows()).stored).toBeGreaterThanOrEqual(8);
});
