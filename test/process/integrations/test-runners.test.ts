import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { REGISTER, runApp } from "../reach/run-app.js";

// `npm run test:apps` runs Jest itself, and other versions of vitest.
const cwd = join(import.meta.dirname, "../../fixtures/test-runners");
const VITEST = join(import.meta.dirname, "../../../node_modules/vitest/vitest.mjs");

const OUTSIDE = { VITEST: "", VITEST_POOL_ID: "", VITEST_WORKER_ID: "", NODE_V8_COVERAGE: "" };
const PRELOAD = `--import ${REGISTER}`;

describe("vitest with the set-up file", () => {
  test.each(["forks", "threads", "vmThreads"])("stores the traces in the pool %s", async (pool) => {
    const args = ["run", `--pool=${pool}`, "--config=vitest.config.mjs", "--root=."];
    const run = await runApp(VITEST, { cwd, args, env: OUTSIDE });
    expect(run).toMatchObject({ code: 0, stderr: "", traces: ["in a test"] });
  });

  test("logs nothing if the preload is loaded too", async () => {
    const args = ["run", "--pool=vmThreads", "--config=vitest.config.mjs", "--root=."];
    const env = { ...OUTSIDE, NODE_OPTIONS: PRELOAD };
    const run = await runApp(VITEST, { cwd, args, env });
    expect(run).toMatchObject({ code: 0, stderr: "", traces: ["in a test"] });
  });
});

describe("the preload in vitest, without the set-up file", () => {
  const run = async (pool: string, file: string, env = {}) => {
    const args = ["run", `--pool=${pool}`, "--config=bare.config.mjs", "--root=.", file];
    const all = { ...OUTSIDE, NODE_OPTIONS: PRELOAD, ...env };
    const { code, stderr } = await runApp(VITEST, { cwd, args, env: all });
    expect(code).toBe(0);
    return stderr;
  };

  test.each([
    ["threads", /^langchain-mlflow: vitest ends its worker threads without .*$/],
    ["vmThreads", /^langchain-mlflow: the preload traces nothing in vitest's pools vmThreads .*$/],
    ["vmForks", /^langchain-mlflow: the preload traces nothing in vitest's pools vmThreads .*$/],
  ])("logs one line in the pool %s if LangChain is used", async (pool, line) => {
    expect(await run(pool, "answer.test.mjs")).toMatch(line);
  });

  test("logs nothing without LangChain, or if autolog is disabled", async () => {
    expect(await run("vmThreads", "nothing.test.mjs")).toBe("");
    expect(await run("threads", "nothing.test.mjs")).toBe("");
    const disabled = { MLFLOW_LANGCHAIN_DISABLE: "true" };
    expect(await run("vmThreads", "answer.test.mjs", disabled)).toBe("");
  });
});

test.each([
  { title: "logs a line if LangChain is used", args: ["@langchain/core/runnables"], lines: 1 },
  { title: "logs nothing without LangChain", args: ["semver"], lines: 0 },
  {
    title: "logs nothing if this package is used first",
    args: ["langchain-mlflow", "@langchain/core/runnables"],
    lines: 0,
  },
])("the preload in Jest $title", async ({ args, lines }) => {
  const run = await runApp("jest-worker.cjs", {
    cwd,
    args,
    env: { NODE_OPTIONS: PRELOAD },
  });
  expect(run.code).toBe(0);
  const line =
    "langchain-mlflow: the preload traces nothing in Jest: add langchain-mlflow/jest to setupFilesAfterEnv.";
  expect(run.stderr).toBe(lines === 1 ? line : "");
});

test("the CommonJS build works where import() throws, as in Jest", async () => {
  const run = await runApp("without-import.cjs", { cwd });
  expect(run).toEqual({
    code: 0,
    stdout: "{ sent: 1, spooled: 0, dropped: 0, pending: 0 }\nOK\nRestException",
    stderr: "",
    traces: ["FakeListChatModel"],
  });
});
