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
const isAgent = "graph" in chain;
const answer = await chain.invoke(isAgent ? { messages: [["user", example]] } : example);
const shown = isAgent ? answer.messages.at(-1).content : answer;
console.log(JSON.stringify([shown, await model.predict(example)]));
`;

/** A model in a store. */
export interface ModelPlace {
  readonly modelUri: string;
  readonly trackingUri: string;
}

/**
 * What a stranger does with a model's folder in an empty one of their own: `npm ci` from the model's package.json and
 * lock file, then load and call in a new process that has the variables of environment_variables.txt and nothing else.
 * Gives the answers of the model in each place; where its files tell npm the same it is installed once.
 */
export async function callFromEmptyFolder(options: {
  readonly places: readonly ModelPlace[];
  /** Downloads the files of a model into a directory. */
  readonly download: (place: ModelPlace, directory: string) => Promise<unknown>;
  readonly registry: string;
  readonly variables: Readonly<Record<string, string>>;
}): Promise<unknown[]> {
  const { places, registry, variables } = options;
  const directory = mkdtempSync(join(tmpdir(), "empty-folder-"));
  const answers: unknown[] = [];
  let installed: string | undefined;
  try {
    for (const place of places) {
      await options.download(place, directory);
      const wanted = ["package.json", "package-lock.json"].map((name) =>
        readFileSync(join(directory, name), "utf8"),
      );
      if (installed !== wanted.join()) await install(directory, registry);
      installed = wanted.join();
      answers.push(await call(directory, place, variables));
    }
    return answers;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function install(directory: string, registry: string): Promise<void> {
  const flags = ["--registry", registry, "--prefer-offline", "--no-audit", "--no-fund"];
  const env = { ...process.env, MLFLOW_TRACKING_URI: "" };
  await run("npm", ["ci", "--ignore-scripts", ...flags], { cwd: directory, env });
}

async function call(
  directory: string,
  { modelUri, trackingUri }: ModelPlace,
  variables: Readonly<Record<string, string>>,
): Promise<unknown> {
  writeFileSync(join(directory, "call.mjs"), CALL);
  const names = readFileSync(join(directory, "environment_variables.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const named = Object.fromEntries(names.map((name) => [name, variables[name] ?? ""]));
  const system = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const env = { ...system, ...named, MODEL_URI: modelUri, MLFLOW_TRACKING_URI: trackingUri };
  const { stdout } = await run(process.execPath, ["call.mjs"], { cwd: directory, env });
  return JSON.parse(stdout);
}
