import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createModelApp, type ModelApp } from "../../support/model-app.js";
import { nodeVersions } from "../../support/other-programs.js";

let app: ModelApp;
beforeAll(() => {
  app = createModelApp();
  app.write("lib/count.mjs", "let count = 0; export const next = () => ++count;");
  app.write("lib/count.cjs", "let count = 0; exports.next = () => ++count;");
});
afterAll(() => app.close());

const MAIN = `
import * as mlflow from "langchain-mlflow";
const { saveModel, loadModel } = mlflow.langchain;
const show = (value) => console.log(JSON.stringify(value));
const failure = (promise) => promise.then(() => "no error", (error) => error.message);
`;
const ESM = `
import * as mlflow from "langchain-mlflow";
import { RunnableLambda } from "@langchain/core/runnables";
import { next } from "../lib/count.mjs";
const config = new mlflow.models.ModelConfig({ developmentConfig: { greeting: "hello" } });
mlflow.models.setModel(RunnableLambda.from((text) => \`\${config.get("greeting")} \${text} \${next()}\`));
`;
const CJS = `
const mlflow = require("langchain-mlflow");
const { RunnableLambda } = require("@langchain/core/runnables");
const { next } = require("../lib/count.cjs");
mlflow.models.setModel(RunnableLambda.from((text) => \`\${text} \${next()}\`));
`;
const TS = `
import * as mlflow from "langchain-mlflow";
import { RunnableLambda } from "@langchain/core/runnables";
import { next } from "../lib/counted.js";
enum Word { Greeting = "hello" }
const greet = (text: string): string => \`\${Word.Greeting} \${text} \${next()}\`;
mlflow.models.setModel(RunnableLambda.from(greet));
`;
/** Saves, moves to another working directory, and loads twice. */
const twice = (file: string, codePaths: readonly string[], name: string) => `${MAIN}
const codePaths = ${JSON.stringify(codePaths)};
await saveModel({ lcModel: ${JSON.stringify(file)}, codePaths, path: "saved/${name}" });
const folder = process.cwd() + "/saved/${name}";
process.chdir("/");
const [one, two] = [await loadModel(folder), await loadModel(folder)];
show([await one.invoke("a"), await one.invoke("b"), await two.invoke("c")]);
`;

describe("each load has its own modules", () => {
  test("ES modules with their code paths, also above the model file", async () => {
    app.write("agents/agent.mjs", ESM);
    const { value } = await app.run(twice("agents/agent.mjs", ["lib/count.mjs"], "esm"));
    expect(value).toEqual(["hello a 1", "hello b 2", "hello c 1"]);
  });

  test("CommonJS with its code paths", async () => {
    app.write("agents/agent.cjs", CJS);
    const { value } = await app.run(twice("agents/agent.cjs", ["lib"], "cjs"));
    expect(value).toEqual(["a 1", "b 2", "c 1"]);
  });

  test("TypeScript that Node does not run is compiled by the app's own esbuild", async () => {
    app.write("agents/agent.ts", TS);
    app.write(
      "lib/counted.ts",
      "let count: number = 0; export const next = (): number => ++count;",
    );
    const { value } = await app.run(twice("agents/agent.ts", ["lib/counted.ts"], "ts"));
    expect(value).toEqual(["hello a 1", "hello b 2", "hello c 1"]);
  });
});

/** What `npm init` and an editor write for TypeScript. */
const COMMONJS_APP = '{ "name": "app", "private": true, "type": "commonjs" }';
const ANNOTATED = `
import * as mlflow from "langchain-mlflow";
import { RunnableLambda } from "@langchain/core/runnables";
const greet = (text: string): string => \`hello \${text}\`;
mlflow.models.setModel(RunnableLambda.from(greet));
`;
const stripsTypes = ({ version, isOurs }: (typeof nodeVersions)[number]) =>
  isOurs ? "typescript" in process.features : Number.parseInt(version, 10) >= 22;

describe("TypeScript with `import`, in an app whose package.json has the type commonjs", () => {
  test.each(nodeVersions.filter(stripsTypes))(
    "is loaded without a compiler by Node $version",
    async ({ node }) => {
      const logging = createModelApp();
      logging.write("package.json", COMMONJS_APP);
      logging.write("agents/agent.ts", ANNOTATED);
      await logging.run(`${MAIN}
      await saveModel({ lcModel: "agents/agent.ts", path: "saved" });`);
      const bare = createModelApp({ without: ["esbuild", "@esbuild"] });
      const load = `${MAIN}
      show(await (await loadModel("${logging.directory}/saved")).invoke("Ada"));`;
      const { value } = await bare.run(load, { node });
      logging.close();
      bare.close();
      expect(value).toBe("hello Ada");
    },
  );

  test.each(nodeVersions)(
    "is compiled on Node $version if it has an import without an extension",
    async ({ node }) => {
      const logging = createModelApp();
      logging.write("package.json", COMMONJS_APP);
      logging.write("agents/agent.ts", TS.replace("counted.js", "counted"));
      logging.write("lib/counted.ts", "let count: number = 0; export const next = () => ++count;");
      const { value } = await logging.run<[string[], string]>(
        `${MAIN}
      import { readFileSync } from "node:fs";
      await saveModel({ lcModel: "agents/agent.ts", codePaths: ["lib"], path: "saved" });
      const { dependencies } = JSON.parse(readFileSync("saved/package.json", "utf8"));
      show([Object.keys(dependencies), await (await loadModel("saved")).invoke("Ada")]);`,
        { node },
      );
      logging.close();
      // Also the process that loads the model has the compiler.
      expect(value[0]).toContain("esbuild");
      expect(value[1]).toBe("hello Ada 1");
    },
  );
});

test("without a compiler TypeScript is refused, and the error names both compilers", async () => {
  const bare = createModelApp({ without: ["esbuild", "@esbuild"] });
  bare.write("agents/agent.ts", TS);
  const { value } = await bare.run(`${MAIN}
    show(await failure(saveModel({ lcModel: "agents/agent.ts", path: "out" })));`);
  bare.close();
  expect(value).toMatch(
    /^\/.*agents\/agent\.ts contains TypeScript that Node\.js \S+ does not run without a compiler\. Install tsx or esbuild/,
  );
});

test("without a compiler, the error in Python names what to log the model with", async () => {
  app.write("agents/compiled.ts", TS.replace("../lib/counted.js", "../lib/count.mjs"));
  await app.run(`${MAIN}
    await saveModel({ lcModel: "agents/compiled.ts", codePaths: ["lib/count.mjs"], path: "saved/compiled" });`);
  const bare = createModelApp({ without: ["esbuild", "@esbuild"] });
  const settings = { model: `${app.directory}/saved/compiled`, modelConfig: null, usedFile: "" };
  const loading = bare.run(`
    import { startPythonProcess } from "langchain-mlflow/python-process";
    await startPythonProcess(${JSON.stringify(JSON.stringify(settings))});`);
  const answer = await loading.then(String, ({ stdout }) => JSON.parse(stdout));
  bare.close();
  expect(answer.error.message).toMatch(
    /compiled\.ts contains TypeScript that Node\.js \S+ does not run without a compiler\. Log the model with extraDependencies: \["esbuild"\] or bundle: true/,
  );
});

test("a model file is bound to the app's own copies, in either format", async () => {
  app.write(
    "agents/same.mjs",
    `
    import * as mlflow from "langchain-mlflow";
    import { Runnable, RunnableLambda } from "@langchain/core/runnables";
    globalThis.seen.push(Runnable, mlflow.models.setModel);
    mlflow.models.setModel(RunnableLambda.from((text) => text));`,
  );
  app.write(
    "agents/same.cjs",
    `
    const mlflow = require("langchain-mlflow");
    const { Runnable, RunnableLambda } = require("@langchain/core/runnables");
    globalThis.seen.push(Runnable, mlflow.models.setModel);
    mlflow.models.setModel(RunnableLambda.from((text) => text));`,
  );
  const { value } = await app.run(`${MAIN}
    import { createRequire } from "node:module";
    import * as esm from "@langchain/core/runnables";
    const require = createRequire(import.meta.url);
    globalThis.seen = [];
    await saveModel({ lcModel: "agents/same.mjs", path: "saved/same-esm" });
    await saveModel({ lcModel: "agents/same.cjs", path: "saved/same-cjs" });
    const cjs = require("@langchain/core/runnables");
    const expected = [
      [esm.Runnable, mlflow.models.setModel],
      [cjs.Runnable, require("langchain-mlflow").models.setModel],
    ].flat();
    show(globalThis.seen.map((one, index) => one === expected[index]));`);
  expect(value).toEqual([true, true, true, true]);
});

test("the configuration of the load overrides that of the log, which overrides that of the file", async () => {
  app.write("agents/agent.mjs", ESM);
  const { value } = await app.run(`${MAIN}
    const options = { lcModel: "agents/agent.mjs", codePaths: ["lib"] };
    await saveModel({ ...options, path: "saved/none" });
    await saveModel({ ...options, path: "saved/own", modelConfig: { greeting: "bye", other: 1 } });
    const say = async (path, modelConfig) =>
      (await loadModel(path, modelConfig && { modelConfig })).invoke("a");
    show([
      await say("saved/none"), await say("saved/own"), await say("saved/own", { greeting: "hi" }),
      await say("saved/own", { other: 2 }), await failure(say("saved/none", { other: 2 })),
      await failure(saveModel({ ...options, path: "saved/bad", modelConfig: { apiKey: "planted" } })),
    ]);`);
  expect(value).toEqual([
    ...["hello a 1", "bye a 1", "hi a 1", "bye a 1"],
    expect.stringMatching(/Key 'greeting' is not in the model's configuration: other\./),
    expect.stringMatching(
      /`modelConfig` is stored with the model, and its field 'apiKey' looks like/,
    ),
  ]);
});

test("a file that is missing, throws, sets nothing or sets no model is reported with Python's text", async () => {
  app.write("bad/throws.mjs", "throw new Error('boom at import');");
  app.write("bad/silent.mjs", "export default 1;");
  app.write(
    "bad/text.mjs",
    `
    import * as mlflow from "langchain-mlflow";
    mlflow.models.setModel("agent");`,
  );
  app.write("bad/forgets.mjs", 'import "./beside.mjs";');
  app.write("bad/beside.mjs", "");
  app.write(
    "good.mjs",
    `
    import * as mlflow from "langchain-mlflow";
    mlflow.models.setModel({ invoke: async (text) => text });`,
  );
  const { value } = await app.run<string[]>(`${MAIN}
    await saveModel({ lcModel: "good.mjs", path: "saved/good" });
    const why = (lcModel, more) => failure(saveModel({ lcModel, path: "saved/bad", ...more }));
    show([
      await why("bad/missing.mjs"), await why("bad/throws"), await why("bad/throws.mjs"),
      await why("bad/silent.mjs"), await why("bad/text.mjs"), await why("bad/forgets.mjs"),
      await why("package.json"), await why("good.mjs", { codePaths: ["nowhere"] }),
      await failure(saveModel({ lcModel: "good.mjs", path: "saved/good" })),
      await failure(loadModel("saved")), await failure(loadModel("saved/bad")),
    ]);`);
  const at = (path: string) => join(app.directory, path);
  expect(value).toEqual([
    `The provided model path '${at("bad/missing.mjs")}' does not exist. Ensure the file path is valid and try again.`,
    `The provided model path '${at("bad/throws")}' does not exist. Ensure the file path is valid and try again. Perhaps you meant 'throws.mjs'?`,
    `Failed to run user code from ${at("bad/throws.mjs")}. Error: boom at import. Review the stack trace for more information.`,
    "If the model is logged as code, ensure the model is set using mlflow.models.setModel() within the code file.",
    expect.stringMatching(/Error: Model should be a LangChain object: .*Got 'agent'\./),
    expect.stringMatching(/Error: Cannot find module '\.\/beside\.mjs'.*Add it to `codePaths`/),
    expect.stringMatching(/is not a file of code that Node\.js runs/),
    `The code path '${at("nowhere")}' does not exist.`,
    "Path 'saved/good' already exists and is not empty",
    expect.stringMatching(/Could not find an "MLmodel" configuration file at "saved"/),
    expect.stringMatching(/Failed to download artifacts from path 'bad'/),
  ]);
});

test("concurrent loads do not mix, and setModel has no effect in a program", async () => {
  for (const name of ["one", "two"]) {
    app.write(
      `slow/${name}.mjs`,
      `
      import * as mlflow from "langchain-mlflow";
      import { setTimeout } from "node:timers/promises";
      await setTimeout(${name === "one" ? 60 : 20});
      mlflow.models.setModel({ invoke: async () => "${name}" });`,
    );
  }
  const { value } = await app.run(`${MAIN}
    mlflow.models.setModel({ invoke: async () => "by itself" });
    const names = ["one", "two"];
    await Promise.all(names.map((name) => saveModel({ lcModel: \`slow/\${name}.mjs\`, path: \`saved/\${name}\` })));
    const loaded = await Promise.all(names.map((name) => loadModel(\`saved/\${name}\`)));
    show(await Promise.all(loaded.map((model) => model.invoke())));`);
  expect(value).toEqual(["one", "two"]);
});

test("package versions that differ from the logged ones are reported once, in a table", async () => {
  const { value, stderr } = await app.run(`${MAIN}
    import { readFileSync, writeFileSync } from "node:fs";
    await saveModel({ lcModel: "good.mjs", path: "saved/old", extraDependencies: ["pg@8.11.0"] });
    const file = "saved/old/MLmodel";
    const text = readFileSync(file, "utf8").replace(/langchain-mlflow: .*/, "langchain-mlflow: 0.0.1");
    writeFileSync(file, text);
    await loadModel("saved/old");
    await loadModel("saved/old");
    show(JSON.parse(readFileSync("saved/old/package.json", "utf8")).dependencies);`);
  expect(value).toMatchObject({ pg: "8.11.0" });
  expect(stderr.trim().split("\n").slice(-3)).toEqual([
    expect.stringMatching(/^ {2}package +logged with +here$/),
    expect.stringMatching(/^ {2}langchain-mlflow +0\.0\.1 +\d/),
    expect.stringMatching(/^ {2}pg +8\.11\.0 +not installed$/),
  ]);
  expect(stderr.match(/was logged with other package versions/g)).toHaveLength(1);
});

test("a path outside of the model's folder is refused", async () => {
  mkdirSync(join(app.directory, "evil"), { recursive: true });
  const { value } = await app.run<string[]>(`${MAIN}
    import { cpSync, readFileSync, writeFileSync } from "node:fs";
    await saveModel({ lcModel: "good.mjs", path: "saved/evil" });
    const file = "saved/evil/MLmodel";
    const text = readFileSync(file, "utf8");
    const errors = [];
    for (const path of ["../../good.mjs", "/etc/passwd", "a/../../good.mjs"]) {
      writeFileSync(file, text.replace(/model_code_path: .*/, "model_code_path: " + path));
      errors.push(await failure(loadModel("saved/evil")));
    }
    show(errors);`);
  for (const message of value) expect(message).toMatch(/names a path outside of itself/);
});

describe("a program that logs itself", () => {
  /** Counts its runs, and stops itself after five. */
  const logsItself = (call: string) => `
import { appendFileSync, readFileSync } from "node:fs";
import * as mlflow from "langchain-mlflow";
const runs = ${JSON.stringify(join(app.directory, "runs"))};
appendFileSync(runs, ".");
if (readFileSync(runs, "utf8").length > 5) process.exit(9);
mlflow.models.setModel({ invoke: async (text) => "ran " + text });
const save = (lcModel) => mlflow.langchain.saveModel({ lcModel, path: ${JSON.stringify(join(app.directory, "saved/self"))} });
${call}
`;
  beforeEach(() => {
    app.write("runs", "");
    rmSync(join(app.directory, "saved/self"), { recursive: true, force: true });
  });

  test.each([
    ["by its path", `await save("program.mjs");`],
    ["by import.meta", "await save(import.meta.filename);"],
    ["without await", `save("program.mjs");`],
    ["with logModel", `await mlflow.langchain.logModel({ lcModel: "program.mjs" });`],
    ["through another model file", `await save("agents/logs-program.mjs");`],
  ])("%s is refused", async (_, call) => {
    app.write(
      "agents/logs-program.mjs",
      `import * as mlflow from "langchain-mlflow";
       await mlflow.langchain.logModel({ lcModel: "program.mjs" });`,
    );
    await expect(app.run(logsItself(call))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /The model file '.*\.mjs' logs itself: .*if \(process\.argv\[1\] === import\.meta\.filename\)/,
      ),
    });
  });

  test("only when it is the program is accepted", async () => {
    const { value } = await app.run(
      logsItself(`if (process.argv[1] === import.meta.filename) {
        const { modelUri } = await save("program.mjs");
        const model = await mlflow.langchain.loadModel(modelUri);
        console.log(JSON.stringify(await model.invoke("x")));
      }`),
    );
    expect(value).toBe("ran x");
  });
});

test("after loads have ended, Node.js does not observe the promises of the app", async () => {
  app.write("plain/plain.cjs", CJS);
  const { value } = await app.run<number[]>(
    `import { executionAsyncId } from "node:async_hooks";
${MAIN}
/** Zero in the continuation of a promise that no AsyncLocalStorage follows. */
const observed = async () => (await Promise.resolve(), executionAsyncId());
await new Promise((resolve) => setTimeout(resolve));
const before = await observed();
await saveModel({ lcModel: "plain/plain.cjs", codePaths: ["lib"], path: "saved/plain" });
const during = loadModel("saved/plain");
const [one] = await Promise.all([during, loadModel("saved/plain")]);
await new Promise((resolve) => setTimeout(resolve));
show([before, await observed(), await one.invoke("a")]);`,
    { env: { MLFLOW_LANGCHAIN_LOG_TRACES: "false" } },
  );
  expect(value[1]).toBe(value[0]);
  expect(value[2]).toBe("a 1");
});
