import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

test("a copy that the app does not resolve is named when it runs a call", async () => {
  // The entry file is CommonJS, and the copy is of a dependency that is an ES module.
  const greet = `${GREET} import "@langchain/langgraph";`;
  const app = `
    import("./greet.mjs").then(async ({ greet }) => {
      require("langchain-mlflow").autolog();
      console.log(await greet.invoke("app"));
    });`;
  const cwd = createApp({ "greet.mjs": greet, "app.cjs": app });
  const run = await runApp(join(cwd, "app.cjs"), { cwd });
  expect(run).toMatchObject({ code: 0, stdout: "hello app", traces: [] });
  expect(run.stderr).toBe(
    `langchain-mlflow: some calls are not traced: the copy of @langchain/core in ${join(OLD_CORE, "core")} was loaded before autolog(), or by a loader other than that of Node.js. Call autolog() before it is imported, start the program with node --import langchain-mlflow/register, or install only one copy (npm ls @langchain/core).`,
  );
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
