import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { callFromEmptyFolder, type ModelPlace } from "../support/empty-folder.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { PAGE_EXAMPLES, runExample } from "../support/page-examples.js";
import { runPython } from "../support/python.js";
import { type Registry, startRegistry } from "../support/registry.js";

const KEY = "sk-planted-0123456789abcdef";
let mlflow: MlflowServer;
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
let registry: Registry;
const local = mkdtempSync(join(tmpdir(), "page-models-"));

beforeAll(async () => {
  [mlflow, openai, registry] = await Promise.all([
    startMlflowServer(),
    startOpenAiServer(),
    startRegistry(),
  ]);
});
afterAll(async () => {
  await Promise.all([mlflow?.close(), openai?.close(), registry?.close()]);
  rmSync(local, { recursive: true, force: true });
});

const keys = () => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: openai.url });

const STORES = ["server", "local"] as const;
type Store = (typeof STORES)[number];
const trackingUriOf = (store: Store) => (store === "local" ? local : mlflow.url);
/** Where each example's model is, by example. */
const places = new Map<string, Record<Store, ModelPlace>>();

/** What Python's client reads of a model. */
interface Read {
  readonly flavors: readonly string[];
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly example: unknown;
  readonly runName: string;
  readonly files: readonly string[];
}

/** Of all models of one store, by URI: starting Python takes longest. */
const readModels = (trackingUri: string, uris: readonly string[]) =>
  runPython<Record<string, Read>>(
    `
import json, os, mlflow
from mlflow.models import Model
mlflow.set_tracking_uri("${trackingUri}")
def read(uri):
  path = mlflow.artifacts.download_artifacts(uri)
  model = Model.load(uri)
  return {
    "flavors": list(model.flavors), "inputs": model.signature.inputs.to_dict(),
    "outputs": model.signature.outputs.to_dict(), "example": model.load_input_example(path),
    "runName": mlflow.get_run(model.run_id).info.run_name,
    "files": sorted(os.path.relpath(os.path.join(d, f), path) for d, _, fs in os.walk(path) for f in fs)}
print(json.dumps({uri: read(uri) for uri in ${JSON.stringify(uris)}}))`,
    { env: { MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false", MLFLOW_ALLOW_FILE_STORE: "true" } },
  );

const FILES: Readonly<Record<string, readonly string[]>> = {
  "page-scenario-1": ["model/runnable.json"],
  "page-scenario-2": [
    ...["agent.mjs", "code/tools/calculator.mjs", "code/tools/facts.txt", "code/tools/search.mjs"],
  ],
  "rag-model": ["chain.mjs", "code/documents.json"],
};
const ALWAYS = [
  ...["MLmodel", "environment_variables.txt", "input_example.json"],
  ...["package-lock.json", "package.json", "serving_input_example.json"],
  // What Python needs. This package is in the model, since no registry has this version of it.
  ...["conda.yaml", "python_env.yaml", "requirements.txt", "python/runner.mjs"],
  ...["packages/langchain-mlflow-0.1.0.tgz"],
  ...["__init__", "node", "packages", "process", "settings", "values"].map(
    (name) => `python/loader/${name}.py`,
  ),
];
const STRING = { type: "string", required: true };
const columns = (...names: string[]) => names.map((name) => ({ ...STRING, name }));
const PAGE_INPUTS = columns("input_language", "output_language", "input");

describe.each(PAGE_EXAMPLES)("$example", ({ example, answer }) => {
  test("is logged, and answers the same when it is loaded both ways", async () => {
    const place = async (store: Store): Promise<ModelPlace> => {
      const trackingUri = trackingUriOf(store);
      const env = { ...keys(), MLFLOW_TRACKING_URI: trackingUri };
      const [modelUri = ""] = await runExample(`${example}/log-model.mjs`, { env });
      const lines = await runExample(`${example}/call-model.mjs`, { args: [modelUri], env });
      expect(lines.map((line) => JSON.parse(line))).toEqual([answer, [answer]]);
      return { modelUri, trackingUri };
    };
    places.set(example, { server: await place("server"), local: await place("local") });
  });

  test("answers the same from an empty folder, after npm ci", async () => {
    const { server, local } = places.get(example) ?? expect.fail("It was not logged.");
    const answers = await callFromEmptyFolder({
      ...{ places: [server, local], registry: registry.url, variables: keys() },
      download,
    });
    expect(answers).toEqual([
      [answer, [answer]],
      [answer, [answer]],
    ]);
  }, 120_000);
});

test.each(STORES)("Python's client reads the models of the %s store", async (store) => {
  const uris = PAGE_EXAMPLES.map(({ example }) => places.get(example)?.[store].modelUri ?? "");
  const read = await readModels(trackingUriOf(store), uris);
  for (const [index, { example }] of PAGE_EXAMPLES.entries()) {
    const model = read[uris[index] ?? ""];
    expect(model).toMatchObject({
      flavors: ["langchainjs", "python_function"],
      inputs: example === "page-scenario-1" ? PAGE_INPUTS : [STRING],
      outputs: [STRING],
      example: expect.anything(),
      runName: expect.stringMatching(/translation-chain|search-math-agent|rag-chain/),
    });
    const files = model?.files
      .filter((file) => file !== "registered_model_meta")
      .map((file) => file.replace(/langchain_mlflow_loader_[0-9a-f]{8}/, "loader"));
    expect(files?.toSorted()).toEqual([...ALWAYS, ...(FILES[example] ?? [])].toSorted());
  }
});

/** As a user would: in a process of its own, which is told where the store is. */
async function download({ modelUri, trackingUri }: ModelPlace, directory: string) {
  const program = `
    import { downloadArtifacts } from "langchain-mlflow";
    import { cpSync } from "node:fs";
    const from = await downloadArtifacts({ artifactUri: ${JSON.stringify(modelUri)} });
    cpSync(from, ${JSON.stringify(directory)}, { recursive: true });`;
  const args = ["--input-type=module", "-e", program];
  const env = { ...process.env, MLFLOW_TRACKING_URI: trackingUri };
  await promisify(execFile)(process.execPath, args, { env });
}

test("no logged byte contains a key, an address, or the place where it was logged", () => {
  const directories = [mlflow.directory, local];
  const files = directories.flatMap((directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/traces\.json$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const models = files.filter((file) => /artifacts/.test(file));
  expect(models.length).toBeGreaterThan(30);
  const planted = [KEY, new URL(openai.url).host, process.cwd(), tmpdir()];
  for (const file of models) {
    const text = readFileSync(file, "latin1");
    for (const secret of planted) expect(text.includes(secret), `${secret} in ${file}`).toBe(false);
  }
});
