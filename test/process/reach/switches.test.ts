import { expect, test } from "vitest";
import { REGISTER, runApp } from "./run-app.js";

test.each([[[]], [["--import", REGISTER]]])(
  "autolog() can be called again and again, flags %j",
  async (flags) => {
    const run = await runApp("switches.mjs", { flags });
    const traced = [
      "after a wrong option: yes",
      "again: yes",
      "all defaults: yes",
      "replaced: yes",
      "twice: yes",
    ];
    expect(run).toEqual({
      code: 0,
      stdout: [
        "tags [ 'test.one', 'test.two' ]",
        "tags [ 'test.three' ]",
        "MlflowException INVALID_PARAMETER_VALUE",
        "tags [ 'test.three' ]",
        "tags []",
      ].join("\n"),
      stderr: "",
      // The preload traces from the start.
      traces: flags.length > 0 ? [...traced, "before: no"].sort() : traced,
    });
  },
);

test("disable takes the hooks out of Node", async () => {
  const { code, stdout } = await runApp("hooks.cjs");
  expect(code).toBe(0);
  const [on, off, onAgain, offAgain] = stdout.split("\n");
  expect(on).toMatch(/^on: require .*sink$/);
  expect(off).toBe("off: as it was");
  expect(onAgain).toMatch(/^on again: require .*sink$/);
  expect(offAgain).toBe("off again: as it was");
});

test("under the preload autolog({ disable: true }) switches tracing off", async () => {
  const run = await runApp("disables.mjs", { flags: ["--import", REGISTER] });
  expect(run).toEqual({ code: 0, stdout: "hello esm\nhello cjs", stderr: "", traces: ["esm"] });
});

test.each([
  { what: "option", env: {}, args: ['{"samplingRatio":"0.5"}'], names: "option `samplingRatio`" },
  {
    what: "variable",
    env: { MLFLOW_LANGCHAIN_SILENT: "loud" },
    args: ["{}"],
    names: "MLFLOW_LANGCHAIN_SILENT",
  },
  {
    what: "tracking URI",
    env: { MLFLOW_TRACKING_URI: "sqlite:///x.db" },
    args: ["{}"],
    names: "sqlite:///x.db",
  },
])("in code a wrong $what throws", async ({ env, args, names }) => {
  const run = await runApp("wrong-option.mjs", { env, args });
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(/^MlflowException INVALID_PARAMETER_VALUE /);
  expect(run.stdout).toContain(names);
});

test.each(["esm", "cjs"])(
  "on a runtime without AsyncLocalStorage the %s build stays off",
  async (build) => {
    const app = build === "esm" ? "app.mjs" : "app.cjs";
    const flags = ["--require", "./without-async-context.cjs"];
    const run = await runApp(app, { flags, args: ["first", build] });
    expect(run).toMatchObject({ code: 0, stdout: `hello ${build}`, traces: [] });
    expect(run.stderr).toMatch(
      /^langchain-mlflow: tracing is off: this runtime has no Async[^\n]*$/,
    );
  },
);

test.each([false, true])(
  "a version of core that is not supported is reported; off: %s",
  async (isOff) => {
    const env = isOff ? { MLFLOW_LANGCHAIN_DISABLE_FOR_UNSUPPORTED_VERSIONS: "true" } : {};
    const run = await runApp("future-core.mjs", { flags: ["--import", REGISTER], env });
    expect(run).toMatchObject({ code: 0, stdout: "hello future", traces: isOff ? [] : ["future"] });
    const what = isOff ? "it is not traced" : "tracing it may fail";
    expect(run.stderr).toMatch(
      new RegExp(`^langchain-mlflow: @langchain/core 2\\.0\\.0 .*: ${what}\\.$`),
    );
  },
);
