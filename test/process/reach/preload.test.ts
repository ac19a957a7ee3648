import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { REGISTER, runApp } from "./run-app.js";

const IMPORT = ["--import", REGISTER];
const SILENCE = { code: 0, stdout: "", stderr: "", traces: [] };
const ONE_CALL = { code: 0, stdout: "hello esm", stderr: "", traces: ["esm"] };
const callOnce = (options: { flags?: string[]; env?: Record<string, string> }) =>
  runApp("app.mjs", { args: ["never", "esm"], flags: IMPORT, ...options });

describe("a program without LangChain", () => {
  test.each(["--import", "--require"])("prints nothing and ends under %s", async (flag) => {
    expect(await runApp("nothing.mjs", { flags: [flag, REGISTER] })).toEqual(SILENCE);
  });

  test("gets no error from wrong settings", async () => {
    const env = { MLFLOW_TRACKING_URI: "sqlite:///x.db", MLFLOW_LANGCHAIN_LOG_TRACES: "perhaps" };
    expect(await runApp("nothing.mjs", { flags: IMPORT, env })).toEqual(SILENCE);
  });

  test("gets no file written", async () => {
    const folder = temporaryFolder();
    const env = { HOME: folder, MLFLOW_TRACKING_URI: "" };
    const program = join(import.meta.dirname, "../../fixtures/reach/nothing.mjs");
    const flags = ["--import", import.meta.resolve("../../../dist/register.cjs")];
    expect(await runApp(program, { cwd: folder, flags, env })).toEqual(SILENCE);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what the environment says", () => {
  test("an empty variable counts as unset", async () => {
    const env = { MLFLOW_LANGCHAIN_DISABLE: "", MLFLOW_TRACE_SAMPLING_RATIO: " " };
    expect(await callOnce({ env })).toEqual(ONE_CALL);
  });

  test("a wrong variable is reported once, and its default is used", async () => {
    const run = await runApp("app.mjs", {
      args: ["never", "esm", "cjs"],
      flags: IMPORT,
      env: { MLFLOW_TRACE_SAMPLING_RATIO: "half", MLFLOW_LANGCHAIN_LOG_TRACES: "perhaps" },
    });
    expect(run).toMatchObject({ code: 0, stdout: "hello esm\nhello cjs", traces: ["cjs", "esm"] });
    expect(run.stderr.split("\n")).toEqual([
      "langchain-mlflow: The environment variable MLFLOW_LANGCHAIN_LOG_TRACES (option `logTraces`) takes true or false, got 'perhaps'. The default is used: true.",
      "langchain-mlflow: The environment variable MLFLOW_TRACE_SAMPLING_RATIO (option `samplingRatio`) takes a number from 0 to 1, got 'half'. The default is used: 1.",
    ]);
  });

  test("with MLFLOW_LANGCHAIN_SILENT nothing is logged", async () => {
    const wrong = { MLFLOW_TRACE_SAMPLING_RATIO: "half", MLFLOW_TRACKING_URI: "sqlite:///x.db" };
    const run = await callOnce({ env: { ...wrong, MLFLOW_LANGCHAIN_SILENT: "true" } });
    expect(run).toEqual({ ...ONE_CALL, traces: [] });
  });

  test("a tracking URI that is not supported is reported once, and the app runs untraced", async () => {
    const run = await callOnce({ env: { MLFLOW_TRACKING_URI: "sqlite:///x.db" } });
    expect(run).toMatchObject({ ...ONE_CALL, stderr: expect.anything(), traces: [] });
    expect(run.stderr).toMatch(/^langchain-mlflow: tracing is off: .*mlflow server[^\n]*$/);
  });

  test("MLFLOW_LANGCHAIN_DISABLE=true leaves the app alone", async () => {
    const env = { MLFLOW_LANGCHAIN_DISABLE: "true" };
    expect(await callOnce({ env })).toEqual({ ...ONE_CALL, traces: [] });
  });

  test("options of the environment are in force", async () => {
    const env = { MLFLOW_TRACE_SAMPLING_RATIO: "0" };
    expect(await callOnce({ env })).toEqual({ ...ONE_CALL, traces: [] });
  });
});

describe("variables that the app loads from a file after the preload", () => {
  // A file does not replace a variable that is set, also if it is empty.
  const env = { MLFLOW_TRACKING_URI: undefined };

  function envFile(lines: readonly string[]): string {
    const file = join(temporaryFolder(), ".env");
    writeFileSync(file, lines.join("\n"));
    return file;
  }

  test.each([
    ["preload", IMPORT],
    ["autolog", []],
    ["tracer", []],
  ])("count until the first span (%s)", async (use, flags) => {
    const store = temporaryFolder();
    const file = envFile([
      `MLFLOW_TRACKING_URI=${store}`,
      "MLFLOW_EXPERIMENT_NAME=from the file",
      'MLFLOW_LANGCHAIN_EXTRA_TAGS={"team":"ml"}',
    ]);
    const run = await runApp("env-file.mjs", { args: [file, use], flags, env });
    expect(run).toMatchObject({ code: 0, stdout: "hello one\nhello two", stderr: "" });
    const stored = createFileStore({ directory: store });
    const experiment = await stored.getExperimentByName("from the file");
    const experimentIds = [experiment?.experimentId ?? ""];
    const { items } = await stored.searchTraceInfos({ experimentIds });
    expect(items.map(({ tags }) => [tags["mlflow.traceName"], tags.team]).sort()).toEqual([
      ["one", "ml"],
      ["two", "ml"],
    ]);
  });

  test("switch tracing off", async () => {
    const store = temporaryFolder();
    const file = envFile([`MLFLOW_TRACKING_URI=${store}`, "MLFLOW_LANGCHAIN_DISABLE=true"]);
    const run = await runApp("env-file.mjs", { args: [file], flags: IMPORT, env });
    expect(run).toMatchObject({ code: 0, stdout: "hello one\nhello two", stderr: "" });
    expect(readdirSync(store)).toEqual([]);
  });

  test("are reported once if they are wrong, and the app runs untraced", async () => {
    const file = envFile(["MLFLOW_TRACKING_URI=127.0.0.1:5000"]);
    const run = await runApp("env-file.mjs", { args: [file], flags: IMPORT, env });
    expect(run).toMatchObject({ code: 0, stdout: "hello one\nhello two" });
    expect(run.stderr).toBe(
      "langchain-mlflow: tracing is off: The tracking URI 127.0.0.1:5000 has no scheme. Use http://127.0.0.1:5000 for the MLflow server at that address, or ./127.0.0.1:5000 for a local store in a folder of that name.",
    );
  });
});

describe("other threads and processes", () => {
  test("a worker thread is traced as well", async () => {
    const run = await runApp("worker.mjs", { flags: IMPORT });
    expect(run).toEqual({
      code: 0,
      stdout: "hello main\nhello worker",
      stderr: "",
      traces: ["main", "worker"],
    });
  });

  test("a forked process is traced as well", async () => {
    const run = await runApp("forks.mjs", { flags: IMPORT });
    expect(run).toEqual({
      code: 0,
      stdout: "hello parent\nhello child",
      stderr: "",
      traces: ["child", "parent"],
    });
  });
});

test("without hooks for ES modules, a copy is traced from its first call", async () => {
  const flags = ["--require", "./no-module-hooks.cjs", ...IMPORT];
  for (const kinds of [["esm"], ["esm", "cjs"]]) {
    const run = await runApp("app.mjs", { args: ["never", ...kinds], flags });
    const stdout = kinds.map((kind) => `hello ${kind}`).join("\n");
    expect(run).toEqual({ code: 0, stdout, stderr: "", traces: kinds.toSorted() });
  }
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "reach-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
