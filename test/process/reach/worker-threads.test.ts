import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { nodeVersions } from "../../support/other-programs.js";
import { REGISTER, runApp } from "./run-app.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const START = `
  autolog();
  const worker = new Worker(new URL("./worker.mjs", import.meta.url));
  worker.once("message", (text) => console.log(text, worker instanceof Worker, worker.constructor === Worker));`;
const MAIN = `
  import { Worker } from "node:worker_threads";
  import { autolog } from "langchain-mlflow";${START}`;
const CHAIN = `
  import { RunnableLambda } from "@langchain/core/runnables";
  export const greet = RunnableLambda.from(() => "hello").withConfig({ runName: "greet" });`;
const WORKER = `
  import { parentPort } from "node:worker_threads";
  import { greet } from "./chain.mjs";
  parentPort.postMessage(await greet.invoke("app"));`;
const TRACED_WORKER = `import { autolog } from "langchain-mlflow";
  autolog();${WORKER}`;
const OTHER_WORKER = `
  import { parentPort } from "node:worker_threads";
  parentPort.postMessage("hello");`;

function createApp(files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/langchain-mlflow"), "dir");
  symlinkSync(join(root, "node_modules/@langchain"), join(folder, "node_modules/@langchain"));
  for (const [name, text] of Object.entries({ "chain.mjs": CHAIN, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe.each(nodeVersions)("on Node $version", ({ node }) => {
  test("a worker thread with LangChain and without autolog() is named, with the fix", async () => {
    const cwd = createApp({ "main.mjs": MAIN, "worker.mjs": WORKER });
    const run = await runApp("main.mjs", { cwd, node });
    expect(run).toEqual({
      code: 0,
      stdout: "hello true true",
      stderr: `langchain-mlflow: nothing is traced in the worker thread ${join(cwd, "worker.mjs")}: call autolog() in it too, or start the program with node --import langchain-mlflow/register.`,
      traces: [],
    });
  });
});

test.each([
  { what: "with autolog()", files: { "worker.mjs": TRACED_WORKER }, traces: ["greet"] },
  { what: "with the preload", flags: ["--import", REGISTER], traces: ["greet"] },
  { what: "without LangChain", files: { "worker.mjs": OTHER_WORKER }, traces: [] },
  {
    what: "of a package",
    files: {
      "main.mjs": MAIN.replace("./worker.mjs", "./node_modules/pool/worker.mjs"),
      "node_modules/pool/worker.mjs": WORKER.replace("./chain", "../../chain"),
    },
    traces: [],
  },
  {
    what: "after autolog({ disable: true })",
    files: { "main.mjs": MAIN.replace("autolog();", "autolog(); autolog({ disable: true });") },
    traces: [],
  },
])("nothing is logged about a worker thread $what", async ({ files, flags = [], traces }) => {
  const cwd = createApp({ "main.mjs": MAIN, "worker.mjs": WORKER, ...files });
  const run = await runApp("main.mjs", { cwd, flags });
  expect(run).toEqual({ code: 0, stdout: "hello true true", stderr: "", traces });
});

test("a class that extends Worker, and Worker of require(), start the same threads", async () => {
  const cwd = createApp({
    "main.mjs": `
      import { createRequire } from "node:module";
      import { Worker } from "node:worker_threads";
      import { autolog } from "langchain-mlflow";
      autolog();
      const required = createRequire(import.meta.url)("node:worker_threads").Worker;
      class Mine extends Worker {
        constructor(file) { super(file); this.once("message", (text) => console.log(text, this instanceof Mine, this instanceof Worker)); }
      }
      new Mine(new URL("./worker.mjs", import.meta.url));
      console.log(required === Worker, Worker.name, Object.getPrototypeOf(Mine) === Worker);`,
    "worker.mjs": OTHER_WORKER,
  });
  const { stdout, stderr } = await runApp("main.mjs", { cwd });
  expect(stdout.split("\n").sort()).toEqual(["hello true true", "true Worker true"]);
  expect(stderr).toBe("");
});
