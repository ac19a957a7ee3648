import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import { type FaultyProxy, PASS, startFaultyProxy } from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { storedInputs } from "../support/stored-inputs.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/delivery/serverless.mjs", import.meta.url));
/** A server closes a connection that is idle for 5 seconds. */
const FROZEN_MS = 7_000;

let server: MlflowServer;
let proxy: FaultyProxy;
let fn: ReturnType<typeof startFunction>;
let spool = "";
let count = 0;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  proxy = await startFaultyProxy(() => server.url);
  spool = mkdtempSync(join(tmpdir(), "spool-"));
  count += 1;
  fn = startFunction();
});
afterEach(async () => {
  fn.child.kill("SIGKILL");
  await proxy.close();
  rmSync(spool, { recursive: true, force: true });
});

/** A function of a platform that freezes its process after the response. */
function startFunction() {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: proxy.url,
      MLFLOW_EXPERIMENT_NAME: `function ${count}`,
      MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: spool,
    },
  });
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("The function has no pipes.");
  let problems = "";
  stderr.on("data", (chunk) => {
    problems += chunk;
  });
  const responses = createInterface({ input: stdout });
  return {
    child,
    problems: () => problems,
    async invoke(line: string): Promise<Readonly<Record<string, unknown>>> {
      const answered = once(responses, "line");
      stdin.write(`${line}\n`);
      const [response] = await answered;
      return JSON.parse(response);
    },
    async freeze(ms = FROZEN_MS) {
      child.kill("SIGSTOP");
      await sleep(ms);
      child.kill("SIGCONT");
    },
  };
}

const stored = async () =>
  (await storedInputs(server.url, `function ${count}`)).map(String).toSorted();
const ALL = { sent: 1, spooled: 0, dropped: 0, pending: 0 };

test("a function that flushes before it responds has stored its trace, also after it was frozen", async () => {
  expect(await fn.invoke("flushed a")).toEqual({ answer: "a!", ...ALL });
  expect(await stored()).toEqual(["a"]);
  await fn.freeze();
  expect(await fn.invoke("flushed b")).toEqual({ answer: "b!", ...ALL });
  expect(await stored()).toEqual(["a", "b"]);
  expect(fn.problems()).toBe("");
});

test("a trace of a function that was frozen before its delivery is stored by the next invocation", async () => {
  await fn.invoke("unflushed a");
  await fn.freeze();
  expect(await fn.invoke("flushed b")).toMatchObject({ dropped: 0, pending: 0 });
  expect(await stored()).toEqual(["a", "b"]);
});

test("a function that is frozen during its delivery, and loses its connection, stores each trace once", async () => {
  await fn.invoke("flushed a");
  let isSent = false;
  proxy.faultOf = ({ path }) => {
    if (path !== "/v1/traces" || isSent) return PASS;
    isSent = true;
    return { kind: "reset", when: "after" };
  };
  await fn.invoke("later b");
  await fn.freeze();
  await fn.invoke("flushed c");
  expect(isSent).toBe(true);
  expect(await stored()).toEqual(["a", "b", "c"]);
});
