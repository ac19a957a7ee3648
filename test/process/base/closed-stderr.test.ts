import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";

const folder = mkdtempSync(join(tmpdir(), "closed-stderr-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program that starts to write when its stderr is closed. Returns its stdout. */
async function runWithClosedStderr(program: string, env: Record<string, string> = {}) {
  const start = `
    import { once } from "node:events";
    import { setTimeout as sleep } from "node:timers/promises";
    import * as mlflow from "langchain-mlflow";
    await once(process.stdin, "data");
    process.stdin.destroy();
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", `${start}\n${program}`], {
    env: { ...process.env, MLFLOW_TRACKING_URI: `file:${folder}`, ...env },
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.destroy();
  await once(child.stderr, "close");
  child.stdin.end("start\n");
  const [code] = await once(child, "close");
  return { code, stdout };
}

const END = `
  await sleep(100);
  console.log("the app reached its end");
`;
const REACHED = { code: 0, stdout: "the app reached its end\n" };

test("an app whose stderr is closed gets the result of evaluate()", async () => {
  const program = `
    const { genai } = mlflow;
    const data = [{ inputs: { a: 1 } }];
    await genai.evaluate({ data, predictFn: () => 1, scorers: [() => true] });
    ${END}
  `;
  expect(await runWithClosedStderr(program)).toEqual(REACHED);
});

test("a warning does not end an app whose stderr is closed", async () => {
  const program = `
    mlflow.logMetric("is no name?", 1);
    mlflow.logMetric("is no name either?", 1);
    ${END}
    mlflow.updateCurrentTrace({ tags: { a: "b" } });
    await sleep(100);
  `;
  expect(await runWithClosedStderr(program)).toEqual(REACHED);
});

test("lines of NODE_DEBUG=mlflow do not end an app whose stderr is closed", async () => {
  const program = `mlflow.logMetric("is no name?", 1); ${END}`;
  expect(await runWithClosedStderr(program, { NODE_DEBUG: "mlflow" })).toEqual(REACHED);
});

test("the app receives the errors of its own writes to a closed stderr", async () => {
  const program = `
    process.on("uncaughtException", ({ code }) => console.log("uncaught", code));
    mlflow.logMetric("is no name?", 1);
    await sleep(100);
    process.stderr.write("a line of the app");
    ${END}
  `;
  expect(await runWithClosedStderr(program)).toEqual({
    code: 0,
    stdout: "uncaught EPIPE\nthe app reached its end\n",
  });
});
