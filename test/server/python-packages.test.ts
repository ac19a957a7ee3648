import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PythonSession, startPythonSession } from "../support/python-session.js";

const folder = mkdtempSync(join(tmpdir(), "python-packages-"));
const cache = join(folder, "cache", "models");
const model = join(folder, "model");
let python: PythonSession;

/** A model that imports a package, which is complete only after its install script. */
const MODEL = `import { build } from "needs-build";
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
mlflow.models.setModel(RunnableLambda.from(() => build));
`;

/** Adds the package to a model that was saved without it. */
function addPackage(): void {
  const source = join(folder, "needs-build");
  mkdirSync(source);
  const scripts = { install: "node install.cjs" };
  const manifest = { name: "needs-build", version: "1.0.0", main: "index.cjs", scripts };
  const files = {
    "package.json": JSON.stringify(manifest),
    "install.cjs": `require("fs").writeFileSync("build.json", '"built"');`,
    "index.cjs": `exports.build = require("./build.json");`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
  execFileSync("npm", ["pack", source, "--pack-destination", join(model, "packages")], {
    stdio: "ignore",
  });
  writeFileSync(join(model, "hard-model.mjs"), MODEL);
  rmSync(join(model, "package-lock.json"));
  const own = readdirSync(join(model, "packages")).find((name) => name.startsWith("langchain"));
  const dependencies = {
    "@langchain/core": mlflowCore,
    "langchain-mlflow": `file:packages/${own}`,
    "needs-build": "file:packages/needs-build-1.0.0.tgz",
  };
  writeFileSync(join(model, "package.json"), JSON.stringify({ private: true, dependencies }));
}

let mlflowCore = "";

beforeAll(async () => {
  const { flavors } = await mlflow.langchain.saveModel({
    lcModel: fileURLToPath(new URL("../fixtures/python-function/hard-model.mjs", import.meta.url)),
    path: model,
  });
  const { packages } = flavors.langchainjs as { packages: Record<string, string> };
  mlflowCore = packages["@langchain/core"] ?? "";
  addPackage();
  python = startPythonSession({
    version: "3.18.0",
    env: {
      MLFLOW_LANGCHAIN_CACHE_DIR: join(folder, "cache"),
      MLFLOW_TRACKING_URI: join(folder, "store"),
      npm_config_prefer_offline: "true",
    },
  });
  await python.run(`
import mlflow, os

def error_of(**environment):
    os.environ.update(environment)
    try:
        mlflow.pyfunc.load_model("${model}")
    except Exception as error:
        return str(error)
    finally:
        for name in environment:
            del os.environ[name]`);
});
afterAll(async () => {
  await python?.close();
  rmSync(folder, { recursive: true, force: true });
});

const installed = () => readdirSync(cache).filter((name) => !name.startsWith("install-"));

/** The installed packages: first those whose install script has run. */
const builtFirst = () => {
  const isBuilt = (name: string) =>
    existsSync(join(cache, name, "node_modules/needs-build/build.json"));
  return installed().sort((one, other) => Number(isBuilt(other)) - Number(isBuilt(one)));
};

test("an installation that takes too long, or that npm refuses, is an error that says what to do", async () => {
  const [late, refused] = await python.run<string[]>(`
out = [error_of(MLFLOW_LANGCHAIN_NODE_INSTALL_TIMEOUT_SECONDS="0.05"), error_of(npm_config_registry="http://127.0.0.1:9", npm_config_cache="${folder}/npm", npm_config_fetch_retries="0")]`);
  expect(late).toMatch(/`npm install` of the model's packages did not end within 0\.05 seconds/);
  expect(late).toContain("MLFLOW_LANGCHAIN_NODE_INSTALL_TIMEOUT_SECONDS");
  expect(refused).toMatch(/`npm install` of the model's packages failed:\nnpm error/);
  for (const way of ["npm_config_registry", "bundle: true", "npm ci"]) {
    expect(refused).toContain(way);
  }
  expect(await python.stderr()).toMatch(/INFO .*Installing the packages of the model with `npm /);
  expect(readdirSync(cache)).toEqual([]);
});

test("install scripts do not run; the error names the package, and the variable that allows it", async () => {
  const message = await python.run<string>("out = error_of()");
  expect(message).toMatch(/Node\.js could not load the model: .*build\.json/);
  expect(message).toMatch(/node_modules\/needs-build\/index\.cjs/);
  expect(message).toContain(
    "The install scripts of these packages did not run: needs-build. If you trust them, set MLFLOW_LANGCHAIN_NODE_INSTALL_SCRIPTS=needs-build",
  );
  const out = await python.run(`
os.environ["MLFLOW_LANGCHAIN_NODE_INSTALL_SCRIPTS"] = "needs-build"
loaded = mlflow.pyfunc.load_model("${model}")
out = loaded.predict("x")`);
  expect(out).toBe("built");
  expect(installed()).toHaveLength(2);
});

test("packages are installed once, also for two processes, and not while requests are answered", async () => {
  const before = installed();
  const out = await python.run(`
os.environ["npm_config_registry"] = "http://127.0.0.1:9"
other = mlflow.pyfunc.load_model("${model}")
out = [other.predict("x"), loaded.predict(["x", "y"])]
del os.environ["npm_config_registry"]`);
  expect(out).toEqual(["built", ["built", "built"]]);
  expect(installed()).toEqual(before);
});

test("packages that were not used for a month are removed at the next installation", async () => {
  const [other = "", one = ""] = builtFirst();
  expect(one).not.toBe("");
  const long = new Date(Date.now() - 31 * 86_400_000);
  utimesSync(join(cache, one, ".used"), long, long);
  mkdirSync(join(cache, "install-killed"));
  utimesSync(join(cache, "install-killed"), long, long);
  await python.run(
    `out = error_of(MLFLOW_LANGCHAIN_NODE_INSTALL_SCRIPTS="other", MLFLOW_LANGCHAIN_NODE_INSTALL_TIMEOUT_SECONDS="0.05")`,
  );
  expect(readdirSync(cache)).toEqual([other]);
});

test("a model with its own node_modules is not installed: it needs no registry", async () => {
  const [one = ""] = builtFirst();
  renameSync(join(cache, one, "node_modules"), join(model, "node_modules"));
  const out = await python.run(`
os.environ.update(npm_config_registry="http://127.0.0.1:9", MLFLOW_LANGCHAIN_CACHE_DIR="${folder}/unused")
out = mlflow.pyfunc.load_model("${model}").predict("x")`);
  expect(out).toBe("built");
  expect(existsSync(join(folder, "unused"))).toBe(false);
  rmSync(join(model, "node_modules"), { recursive: true });
});

test("a wrong variable, and a Node.js that is too old, are named", async () => {
  const old = join(folder, "old-node");
  writeFileSync(old, "#!/bin/sh\necho 18.20.0 linux x64\n", { mode: 0o755 });
  const [wrong, tooOld] = await python.run<string[]>(`
out = [error_of(MLFLOW_LANGCHAIN_NODE_MEMORY_MB="much"), error_of(MLFLOW_LANGCHAIN_NODE="${old}")]`);
  expect(wrong).toContain("MLFLOW_LANGCHAIN_NODE_MEMORY_MB must be a number that is not negative");
  expect(tooOld).toContain(`The model needs Node.js 20.19 or newer. ${old} is Node.js 18.20.0.`);
});
