import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { PromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as mlflow from "../../../src/index.js";
import {
  type FakeTrackingServer,
  MODEL_ID,
  RUN_ID,
  startFakeTrackingServer,
} from "../../support/fake-tracking-server.js";
import { temporaryDirectory } from "../file/temporary-directory.js";

const SECRET = "PRIVATE KEY";
const ALLOWED = "MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS";

let tracking: FakeTrackingServer;
/** A home folder, in the form of an experiment's so that nothing else could keep the client out. */
let home: string;
let secretFolder: string;
let stderr: string[];
let removeHome: () => void;

/** A store reads its settings when it is opened. */
function useServer(env: Record<string, string> = {}): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  mlflow.setTrackingUri(tracking.url);
}

beforeEach(async () => {
  home = temporaryDirectory({ whenOver: (remove) => (removeHome = remove) });
  secretFolder = join(home, ".ssh", "run", "artifacts");
  mkdirSync(secretFolder, { recursive: true });
  writeFileSync(join(secretFolder, "id_rsa"), SECRET);
  writeFileSync(join(secretFolder, "MLmodel"), SECRET);
  // A version whose OTLP route this server does not have: spans go to the place that it names.
  tracking = await startFakeTrackingServer("3.10.0");
  stderr = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => stderr.push(String(line)) > 0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await tracking.close();
  removeHome();
});

function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

/** What a user does with artifacts and models; gives everything that came back, as text. */
async function useArtifacts(): Promise<string> {
  const outcomes: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    outcomes.push(await work().catch((cause) => `${cause} ${cause.cause}`));
  };
  for (const artifactPath of ["id_rsa", "artifacts/id_rsa", undefined]) {
    const what = { runId: RUN_ID, ...(artifactPath && { artifactPath }) };
    await attempt(() => mlflow.listArtifacts(what));
    await attempt(async () => {
      const path = await mlflow.downloadArtifacts(what);
      return [path, ...tree(path).map((name) => readFileSync(join(path, name), "utf8"))];
    });
    await attempt(async () => readFileSync(await mlflow.downloadArtifacts(what), "utf8"));
  }
  for (const modelUri of [
    "models:/m/1",
    "models:/m@best",
    `models:/${MODEL_ID}`,
    `runs:/${RUN_ID}/m`,
  ]) {
    await attempt(() => mlflow.downloadArtifacts({ artifactUri: modelUri }));
    await attempt(() => mlflow.listArtifacts({ artifactUri: modelUri }));
    await attempt(() => mlflow.langchain.loadModel(modelUri, { allowRemoteCode: false }));
    await attempt(() => mlflow.pyfunc.loadModel(modelUri));
  }
  await attempt(async () => {
    await mlflow.startRun({ runId: RUN_ID }, async () => {
      await mlflow
        .logText("attacker's key", "authorized_keys")
        .catch((cause) => outcomes.push(String(cause)));
      await mlflow
        .logDict({ key: 1 }, "deep/er/file.json")
        .catch((cause) => outcomes.push(String(cause)));
    });
  });
  await attempt(() =>
    mlflow.langchain.logModel({ lcModel: PromptTemplate.fromTemplate("{a}"), name: "m" }),
  );
  return JSON.stringify(outcomes);
}

const PLACES: Record<string, (folder: string) => string> = {
  "a file URI": (folder) => pathToFileURL(folder).href,
  "an absolute path": (folder) => folder,
  "a relative path": (folder) => relative(".", folder),
  "a relative file URI": (folder) => `file:${encodeURI(relative(".", folder)).replace("#", "%23")}`,
  "a file URI with a host": (folder) => pathToFileURL(folder).href.replace("///", "//localhost/"),
  "a file URI in capitals": (folder) => pathToFileURL(folder).href.replace("file:", "FILE:"),
  "a path with dots": (folder) => `/tmp/..${folder}`,
  "another scheme": (folder) => `dbfs:${folder}`,
};

test.each(Object.entries(PLACES))(
  "a tracking server that names a local folder, %s, reads and writes nothing there",
  async (_how, placeOf) => {
    useServer();
    const before = tree(home);
    for (const folder of [
      secretFolder,
      join(home, ".ssh"),
      join(home, "new", "run", "artifacts"),
    ]) {
      tracking.place = placeOf(folder);
      expect(await useArtifacts()).not.toContain(SECRET);
    }
    expect(tree(home)).toEqual(before);
    expect(JSON.stringify(tracking.requests)).not.toContain(SECRET);
  },
);

test("a symbolic link in an allowed folder does not lead out of it", async () => {
  const allowed = temporaryDirectory();
  mkdirSync(join(allowed, "1"));
  symlinkSync(join(home, ".ssh"), join(allowed, "1", "link"));
  symlinkSync(join(home, ".ssh"), join(allowed, "2"));
  useServer({ [ALLOWED]: allowed });
  const before = tree(home);
  for (const folder of ["1/link/run/artifacts", "2/run/artifacts", "../.ssh"]) {
    tracking.place = join(allowed, folder);
    expect(await useArtifacts()).not.toContain(SECRET);
  }
  expect(tree(home)).toEqual(before);
});

test("an allowed folder is read and written", async () => {
  useServer({ [ALLOWED]: `https://artifacts.example, ${join(home, ".ssh")}` });
  tracking.place = pathToFileURL(secretFolder).href;
  expect(await mlflow.downloadArtifacts({ runId: RUN_ID, artifactPath: "id_rsa" })).toBe(
    join(secretFolder, "id_rsa"),
  );
  expect(await mlflow.downloadArtifacts({ artifactUri: "models:/m/1" })).toBe(secretFolder);
  await mlflow.startRun({ runId: RUN_ID }, () => mlflow.logText("text", "d/a.txt"));
  expect(readFileSync(join(secretFolder, "d", "a.txt"), "utf8")).toBe("text");
  const names = (await mlflow.listArtifacts({ runId: RUN_ID })).map(({ path }) => path);
  expect(names).toEqual(["MLmodel", "d", "id_rsa"]);
});

test("the error for an artifact that cannot be reached names the variable and the folder", async () => {
  useServer();
  tracking.place = pathToFileURL(secretFolder).href;
  const bytes = Buffer.alloc(11 * 1024 * 1024);
  const file = join(temporaryDirectory(), "long.bin");
  writeFileSync(file, bytes);
  const how = `set ${ALLOWED}=${join(home, ".ssh")}, or a folder above it`;
  const logging = mlflow.startRun({ runId: RUN_ID }, () => mlflow.logArtifact(file));
  await expect(logging).rejects.toThrow(how);
  const version = mlflow.downloadArtifacts({ artifactUri: "models:/m/1", dstPath: home });
  await expect(version).rejects.toThrow(how);
});

async function trace(): Promise<void> {
  const handler = new mlflow.MlflowLangchainTracer();
  const echo = RunnableLambda.from((text: string) => text);
  await echo.invoke("secret prompt", { callbacks: [handler] });
}

test("spans are not written to a local folder that the server names; the loss is counted and printed once", async () => {
  const folder = join(home, ".ssh", "autostart", "evil");
  const places = [
    pathToFileURL(folder).href,
    folder,
    `FILE://localhost${pathToFileURL(folder).pathname}`,
  ];
  useServer();
  const before = tree(home);
  for (const place of places) {
    tracking.place = place;
    await trace();
    const counts = await mlflow.flushTraces();
    expect(counts).toMatchObject({ sent: 0, dropped: 1 });
  }
  expect(tree(home)).toEqual(before);
  const lines = stderr.filter((line) => /lost/.test(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`set ${ALLOWED}=${folder}, or a folder above it`);
  expect(lines[0]).toContain("--serve-artifacts");
});

test("spans are written to an allowed folder, and a link there is replaced, not followed", async () => {
  const store = temporaryDirectory();
  const spans = join(store, "1", "traces", "tr-1", "artifacts");
  mkdirSync(spans, { recursive: true });
  symlinkSync(join(secretFolder, "id_rsa"), join(spans, "traces.json"));
  useServer({ [ALLOWED]: store });
  tracking.place = pathToFileURL(spans).href;
  await trace();
  const { sent } = await mlflow.flushTraces();
  expect(sent).toBeGreaterThan(0);
  expect(readFileSync(join(spans, "traces.json"), "utf8")).toContain("secret prompt");
  expect(readFileSync(join(secretFolder, "id_rsa"), "utf8")).toBe(SECRET);
});

test("a folder that the app names is read and written without permission", async () => {
  useServer();
  const path = join(secretFolder, "id_rsa");
  for (const artifactUri of [path, pathToFileURL(path).href, relative(".", path)]) {
    expect(await mlflow.downloadArtifacts({ artifactUri })).toBe(path);
  }
  const dstPath = join(home, "downloads");
  const copy = await mlflow.downloadArtifacts({ artifactUri: secretFolder, dstPath });
  expect(readFileSync(join(copy, "id_rsa"), "utf8")).toBe(SECRET);
});

test("a local store reaches its own folders, and others only if they are allowed", async () => {
  const first = join(home, "store");
  mlflow.setTrackingUri(first);
  const runId = await mlflow.startRun(async (run) => {
    await mlflow.logText("text", "a.txt");
    return run.info.runId;
  });
  const own = await mlflow.downloadArtifacts({ runId, artifactPath: "a.txt" });
  expect(readFileSync(own, "utf8")).toBe("text");
  // A copy still names the folders of the first.
  const second = join(home, "copy");
  cpSync(first, second, { recursive: true });
  mlflow.setTrackingUri(second);
  const refused = {
    errorCode: "PERMISSION_DENIED",
    message: expect.stringContaining(`set ${ALLOWED}=${join(first, "0")}`),
  };
  await expect(mlflow.downloadArtifacts({ runId, artifactPath: "a.txt" })).rejects.toMatchObject(
    refused,
  );
  const logging = mlflow.startRun({ runId }, () => mlflow.logText("text", "b.txt"));
  await expect(logging).rejects.toMatchObject(refused);
  expect(tree(first).filter((name) => name.endsWith("b.txt"))).toEqual([]);
  vi.stubEnv(ALLOWED, first);
  mlflow.setTrackingUri(`${second}/`);
  expect(await mlflow.downloadArtifacts({ runId, artifactPath: "a.txt" })).toBe(own);
});
