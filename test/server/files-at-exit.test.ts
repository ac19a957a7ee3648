import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import { createDoor, type Door } from "../support/door.js";
import { type FaultyProxy, PASS, startFaultyProxy } from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/delivery/files.mjs", import.meta.url));

let server: MlflowServer;
let door: Door;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startMlflowServer();
  proxy = await startFaultyProxy(() => server.url);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

let folder: string;
let experiment = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
  door = await createDoor(server.url);
  experiment += 1;
});
afterEach(() => {
  door.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

function run(how: string, uri: string, env: Record<string, string> = {}): Promise<Ended> {
  return runProgram([PROGRAM, how, join(folder, "to-log")], uri, env);
}

function runProgram(args: string[], uri: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    const ours = {
      MLFLOW_TRACKING_URI: uri,
      MLFLOW_EXPERIMENT_NAME: `files ${experiment}`,
      MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: join(folder, "spool"),
    };
    const child = execFile(
      process.execPath,
      args,
      { env: { ...process.env, ...ours, ...env }, timeout: CHILD_LIMIT_MS },
      (_failure, _stdout, stderr) => resolve({ code: child.exitCode, stderr }),
    );
  });
}

/** A process that logs one value elsewhere, and sends what the first one left. */
const runNext = (uri: string) =>
  runProgram(
    [
      "--input-type=module",
      "--eval",
      'import * as mlflow from "langchain-mlflow"; await mlflow.logMetric("next", 1);',
    ],
    uri,
    { MLFLOW_EXPERIMENT_NAME: "the next process", MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "60000" },
  );

/** The artifacts of the only run of this test, by path, and its tags. */
async function stored(uri: string) {
  const isLocal = !uri.startsWith("http");
  const store = isLocal ? createFileStore({ directory: uri }) : openRestStore(server.url);
  const found = await store.getExperimentByName(`files ${experiment}`);
  const { experimentId } = found!;
  const { items } = await store.searchRuns({ experimentIds: [experimentId] });
  await store.close();
  expect(items).toHaveLength(1);
  const { info, data } = items[0]!;
  const root = isLocal
    ? fileURLToPath(info.artifactUri)
    : join(server.directory, "artifacts", experimentId, info.runId, "artifacts");
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const artifacts = new Map(files.map((file) => [relative(root, file), file]));
  return { artifacts, tags: data.tags };
}

const UNUSUAL = "größe 😀 \u2028 \u0085 \u007f";

async function expectAll(uri: string): Promise<void> {
  const { artifacts, tags } = await stored(uri);
  expect([...artifacts.keys()].sort()).toEqual(
    [
      ...["dict.json", "dict.yaml", "image.png", "notes/text.txt", "second.json", "table.json"],
      ...["folder/a.txt", "folder/nested/c.txt", "folder/nested/empty.txt", "single/a.txt"],
      ...["whole/nested/c.txt", "whole/nested/empty.txt"],
    ].sort(),
  );
  const textOf = (path: string) => readFileSync(artifacts.get(path)!, "utf8");
  expect(textOf("notes/text.txt")).toBe(UNUSUAL);
  expect(JSON.parse(textOf("dict.json"))).toEqual({ unusual: UNUSUAL });
  expect(
    await runPython(
      `import json, yaml; print(json.dumps(yaml.safe_load(open(${JSON.stringify(artifacts.get("dict.yaml"))}, encoding="utf8"))))`,
    ),
  ).toEqual({ unusual: UNUSUAL, list: [1, { b: true }] });
  expect(JSON.parse(textOf("table.json"))).toEqual({
    columns: ["question", "score", "other"],
    data: [
      ["a", 1, null],
      ["b", null, 2],
      ["b", null, 2],
    ],
  });
  expect(JSON.parse(textOf("second.json"))).toEqual({ columns: ["x"], data: [[1], [2]] });
  expect(JSON.parse(tags["mlflow.loggedArtifacts"]!)).toEqual([
    { path: "table.json", type: "table" },
    { path: "second.json", type: "table" },
  ]);
  expect(textOf("folder/nested/c.txt")).toBe("c");
  expect(statSync(artifacts.get("image.png")!).size).toBe(7);
}

const ENDINGS: [string, number][] = [
  ["process.exit()", 3],
  ["throw", 1],
];

test.each([...ENDINGS, ["natural end", 0] as [string, number]])(
  "while the server is down, tables, folders, YAML and other files are left by a process that ends by %s, and stored once",
  async (how, code) => {
    door.close();
    const ended = await run(how, door.url);
    expect(ended.code).toBe(code);
    expect(ended.stderr).not.toContain("lost");
    expect(ended.stderr).not.toContain("not logged");
    expect(ended.stderr).toContain("of runs");
    await door.open();
    expect(await runNext(door.url)).toEqual({ code: 0, stderr: "" });
    await expectAll(door.url);
  },
);

test("while the server is up, they are left by process.exit() too", async () => {
  expect((await run("process.exit()", door.url)).code).toBe(3);
  expect(await runNext(door.url)).toEqual({ code: 0, stderr: "" });
  await expectAll(door.url);
});

test.each(ENDINGS)("a local store has all of them after %s", async (how, code) => {
  const ended = await run(how, join(folder, "store"));
  expect(ended.code).toBe(code);
  expect(ended.stderr).not.toContain("langchain-mlflow");
  await expectAll(join(folder, "store"));
});

test("rows of a table whose upload has succeeded without a response are appended once", async () => {
  const isUpload = (path: string) => path.endsWith("/table.json");
  proxy.faultOf = ({ method, path }) =>
    method === "PUT" && isUpload(path) ? { kind: "reset", when: "after" } : PASS;
  const env = { MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "4000", MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1" };
  const ended = await run("natural end", proxy.url, env);
  expect(ended.code).toBe(0);
  proxy.faultOf = () => PASS;
  await runNext(proxy.url);
  await expectAll(proxy.url);
});

test("rows that several processes have left for a table are all appended, also if several processes send them", async () => {
  const runId = await newRun();
  door.close();
  const log = (row: number) =>
    runProgram(
      [
        "--input-type=module",
        "--eval",
        `import * as mlflow from "langchain-mlflow"; void mlflow.logTable([{ row: ${row} }], "table.json", { runId: "${runId}" }); process.exit();`,
      ],
      door.url,
      {},
    );
  await Promise.all([0, 1, 2, 3, 4, 5].map(log));
  await door.open();
  await Promise.all([1, 2, 3].map(() => runNext(door.url)));
  await runNext(door.url);
  const { artifacts } = await stored(door.url);
  const { data } = JSON.parse(readFileSync(artifacts.get("table.json")!, "utf8"));
  expect(data.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

/** Creates a run in the experiment of this test. */
async function newRun(): Promise<string> {
  const store = openRestStore(server.url);
  await store.createExperiment(`files ${experiment}`);
  const { experimentId } = (await store.getExperimentByName(`files ${experiment}`))!;
  const { info } = await store.createRun({ experimentId, userId: "", startTimeMs: 1, tags: {} });
  await store.close();
  return info.runId;
}
