import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { nodeVersions } from "../../support/other-programs.js";
import { runApp } from "./run-app.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const OLD_CORE = join(root, "test/langchain-0.3/node_modules/@langchain");

const GREET = `
  import { RunnableLambda } from "@langchain/core/runnables";
  export const greet = RunnableLambda.from((name) => "hello " + name).withConfig({ runName: "other" });`;
const APP = `
  import { autolog } from "langchain-mlflow";
  import { greet } from "./greet.js";
  autolog();
  console.log(await greet.invoke("app"));
  autolog({ disable: true });
  await greet.invoke("nobody");`;

/** An app with another copy of core than this package has, which is linked into it. */
function createApp(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "app-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules/@langchain"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/langchain-mlflow"), "dir");
  for (const name of ["core", "langgraph"]) {
    symlinkSync(join(OLD_CORE, name), join(folder, "node_modules/@langchain", name), "dir");
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe.each(nodeVersions)("on Node $version", ({ node }) => {
  test("autolog() traces the app's own copy of core, imported before", async () => {
    const cwd = createApp({
      "package.json": '{"type":"module"}',
      "greet.js": GREET,
      "app.js": APP,
    });
    const run = await runApp(join(cwd, "app.js"), { cwd, node });
    expect(run).toEqual({ code: 0, stdout: "hello app", stderr: "", traces: ["other"] });
  });
});

test("a copy of a dependency is traced from its first call, though the app does not resolve it", async () => {
  // The entry file is CommonJS, and the copy is of a dependency that is an ES module. The second call is like the first.
  const app = `
    import("./greet.mjs").then(async ({ greet }) => {
      require("langchain-mlflow").autolog();
      await greet.invoke("first");
      console.log(await greet.invoke("app"));
    });`;
  const cwd = createApp({ "greet.mjs": GREET, "app.cjs": app });
  const run = await runApp(join(cwd, "app.cjs"), { cwd });
  expect(run).toEqual({ code: 0, stdout: "hello app", stderr: "", traces: ["other", "other"] });
});

test("beside the app's copy, the copy of a package of the app is traced", async () => {
  const app = `
    import { autolog } from "langchain-mlflow";
    import { RunnableLambda } from "@langchain/core/runnables";
    import { greet } from "agents";
    autolog();
    await RunnableLambda.from(() => 1).withConfig({ runName: "own" }).invoke("app");
    console.log(await greet.invoke("app"));`;
  const cwd = createApp({ "package.json": '{"type":"module"}', "app.js": app });
  const agents = join(cwd, "node_modules/agents");
  mkdirSync(join(agents, "node_modules/@langchain"), { recursive: true });
  const core = "node_modules/@langchain/core";
  renameSync(join(cwd, core), join(agents, core));
  symlinkSync(join(root, core), join(cwd, core), "dir");
  writeFileSync(join(agents, "package.json"), '{"type":"module","main":"index.js"}');
  writeFileSync(join(agents, "index.js"), GREET);
  const run = await runApp(join(cwd, "app.js"), { cwd });
  expect(run).toEqual({ code: 0, stdout: "hello app", stderr: "", traces: ["other", "own"] });
});

test("a copy that another loader has loaded is named when it runs a call", async () => {
  const app = `
    const { join } = require("node:path");
    const vm = require("node:vm");
    const filename = join(__dirname, "node_modules/@langchain/core/dist/bundle.cjs");
    const text = require("node:fs").readFileSync(join(__dirname, "greet.cjs"), "utf8");
    const loaded = { exports: {} };
    vm.runInThisContext("(function (require, module, exports) {" + text + "})", { filename })(require, loaded, loaded.exports);
    require("langchain-mlflow").autolog();
    loaded.exports.greet.invoke("app").then(console.log);`;
  const cwd = createApp({ "greet.mjs": GREET, "app.cjs": app });
  const outfile = join(cwd, "greet.cjs");
  const entryPoints = [join(cwd, "greet.mjs")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "cjs" });
  const run = await runApp(join(cwd, "app.cjs"), { cwd });
  expect(run.stderr).toBe(
    `langchain-mlflow: some calls are not traced: the copy of @langchain/core in ${join(cwd, "node_modules/@langchain/core")} was loaded before autolog(), or by a loader other than that of Node.js. Call autolog() before it is imported, start the program with node --import langchain-mlflow/register, or install only one copy (npm ls @langchain/core).`,
  );
  expect(run).toMatchObject({ code: 0, stdout: "hello app", traces: [] });
});

test("nothing is logged if only langsmith uses the storage of calls", async () => {
  const app = `
    import { autolog } from "langchain-mlflow";
    import { traceable } from "langsmith/traceable";
    autolog();
    console.log(await traceable(async (name) => "hello " + name)("app"));`;
  const cwd = createApp({ "package.json": '{"type":"module"}', "app.js": app });
  symlinkSync(join(root, "node_modules/langsmith"), join(cwd, "node_modules/langsmith"), "dir");
  const run = await runApp(join(cwd, "app.js"), { cwd });
  expect(run).toEqual({ code: 0, stdout: "hello app", stderr: "", traces: [] });
});
