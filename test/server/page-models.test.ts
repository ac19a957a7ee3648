import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { callFromEmptyFolder } from "../support/empty-folder.js";
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

/** What Python's client reads of a model. */
interface Read {
  readonly flavors: readonly string[];
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly example: unknown;
  readonly runName: string;
  readonly size: number;
  readonly files: readonly string[];
}

const readModel = (uri: string, trackingUri: string) =>
  runPython<Read>(
    `
import json, os, mlflow
from mlflow.models import Model
mlflow.set_tracking_uri("${trackingUri}")
path = mlflow.artifacts.download_artifacts("${uri}")
model = Model.load("${uri}")
run = mlflow.get_run(model.run_id)
print(json.dumps({
  "flavors": list(model.flavors), "inputs": model.signature.inputs.to_dict(),
  "outputs": model.signature.outputs.to_dict(), "example": model.load_input_example(path),
  "runName": run.info.run_name, "size": model.model_size_bytes,
  "files": sorted(os.path.relpath(os.path.join(d, f), path) for d, _, fs in os.walk(path) for f in fs)}))`,
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
];
const STRING = { type: "string", required: true };
const columns = (...names: string[]) => names.map((name) => ({ ...STRING, name }));
const PAGE_INPUTS = columns("input_language", "output_language", "input");

describe.each(["an MLflow server", "a local store"])("on %s", (kind) => {
  const trackingUri = () => (kind === "a local store" ? local : mlflow.url);

  test.each(PAGE_EXAMPLES)(
    "$example is logged, read by Python, and called from an empty folder",
    async ({ example, answer }) => {
      const env = { ...keys(), MLFLOW_TRACKING_URI: trackingUri() };
      const [modelUri = ""] = await runExample(`${example}/log-model.mjs`, { env });
      const here = await runExample(`${example}/call-model.mjs`, { args: [modelUri], env });
      expect(here.map((line) => JSON.parse(line))).toEqual([answer, [answer]]);

      const read = await readModel(modelUri, trackingUri());
      expect(read).toMatchObject({
        flavors: ["langchainjs"],
        inputs: example === "page-scenario-1" ? PAGE_INPUTS : [STRING],
        outputs: [STRING],
        runName: expect.stringMatching(/translation-chain|search-math-agent|rag-chain/),
      });
      const written = read.files.filter((file) => file !== "registered_model_meta");
      expect(written).toEqual([...ALWAYS, ...(FILES[example] ?? [])].toSorted());

      const there = await callFromEmptyFolder({
        ...{ modelUri, trackingUri: trackingUri(), registry: registry.url, variables: keys() },
        download: (directory) => downloadWithUs(modelUri, directory, trackingUri()),
      });
      expect(there).toEqual([answer, [answer]]);
    },
    180_000,
  );
});

/** As a user would: in a process of its own, which is told where the store is. */
async function downloadWithUs(uri: string, directory: string, trackingUri: string) {
  const program = `
    import { downloadArtifacts } from "langchain-mlflow";
    import { cpSync } from "node:fs";
    const from = await downloadArtifacts({ artifactUri: ${JSON.stringify(uri)} });
    cpSync(from, ${JSON.stringify(directory)}, { recursive: true });`;
  const args = ["--input-type=module", "-e", program];
  const env = { ...process.env, MLFLOW_TRACKING_URI: trackingUri };
  await promisify(execFile)(process.execPath, args, { env });
}

test("no byte of what was logged tells a key, an address, or where it was logged", () => {
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
