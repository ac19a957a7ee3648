import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const CALL = `
import { readFileSync } from "node:fs";
import * as mlflow from "langchain-mlflow";
const example = JSON.parse(readFileSync("input_example.json", "utf8"));
const chain = await mlflow.langchain.loadModel(process.env.MODEL_URI);
const model = await mlflow.pyfunc.loadModel(process.env.MODEL_URI);
console.log(JSON.stringify([await chain.invoke(example), await model.predict(example)]));
`;

/**
 * What a stranger does with a model's folder in an empty one of their own: `npm ci` from the model's package.json and
 * lock file, then load and call in a new process that has the variables of environment_variables.txt and nothing else.
 */
export async function callFromEmptyFolder(options: {
  /** Where the files of the model are to be downloaded from, into a directory. */
  readonly download: (directory: string) => Promise<unknown>;
  readonly modelUri: string;
  readonly trackingUri: string;
  readonly registry: string;
  readonly variables: Readonly<Record<string, string>>;
}): Promise<unknown> {
  const { modelUri, trackingUri, registry, variables } = options;
  const directory = mkdtempSync(join(tmpdir(), "empty-folder-"));
  try {
    await options.download(directory);
    const system = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
    const flags = ["--registry", registry, "--prefer-offline", "--no-audit", "--no-fund"];
    const npm = { ...process.env, MLFLOW_TRACKING_URI: "" };
    await run("npm", ["ci", "--ignore-scripts", ...flags], { cwd: directory, env: npm });
    writeFileSync(join(directory, "call.mjs"), CALL);
    const names = readFileSync(join(directory, "environment_variables.txt"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    const env = Object.fromEntries(names.map((name) => [name, variables[name] ?? ""]));
    const { stdout } = await run(process.execPath, ["call.mjs"], {
      cwd: directory,
      env: { ...system, ...env, MODEL_URI: modelUri, MLFLOW_TRACKING_URI: trackingUri },
    });
    return JSON.parse(stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
