import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ArtifactRoot } from "../../src/store/artifact-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type Bucket, startBucket } from "../support/bucket.js";
import { startCuttingProxy } from "../support/cutting-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";

const MEBIBYTE = 1024 * 1024;
const directory = temporaryDirectory({ whenOver: afterAll, prefix: "bucket-" });
let bucket: Bucket;
let server: MlflowServer;

beforeAll(async () => {
  bucket = await startBucket(directory);
  server = await startMlflowServer({
    args: ["--artifacts-destination", "gs://proxied"],
    env: bucket.env,
  });
});
afterAll(async () => {
  await server?.close();
  await bucket?.close();
});

/** A run in an experiment that keeps its artifacts there. */
async function begin(location: string | undefined, env: Record<string, string> = {}) {
  const store = openRestStore(server.url, env);
  onTestFinished(() => store.close());
  const answer = await fetch(`${server.url}/api/2.0/mlflow/experiments/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: `e${Math.random()}`, artifact_location: location }),
  });
  const { experiment_id: experimentId } = (await answer.json()) as { experiment_id: string };
  const run = { experimentId, userId: "me", startTimeMs: Date.now(), tags: {} };
  const { info } = await store.createRun(run);
  const root: ArtifactRoot = { uri: info.artifactUri, runId: info.runId };
  return { store, root, experimentId, here: temporaryDirectory() };
}

async function download(store: TrackingStore, root: ArtifactRoot, path: string, here: string) {
  await store.downloadArtifact(root, path, join(here, "got"));
  return readFileSync(join(here, "got"));
}

describe("a long file, through a server whose storage takes parts", () => {
  const ENV = {
    MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(MEBIBYTE),
    MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: String(MEBIBYTE),
  };
  const bytes = randomBytes(3 * MEBIBYTE + 100);

  async function upload(env: Record<string, string>) {
    const { store, root, here } = await begin(undefined, env);
    writeFileSync(join(here, "long.bin"), bytes);
    const before = bucket.puts.length;
    const uploaded = store.uploadArtifact(root, "d/long.bin", { file: join(here, "long.bin") });
    const outcome = await uploaded.then(
      () => "done",
      (cause: unknown) => cause,
    );
    return { store, root, here, outcome, puts: bucket.puts.slice(before) };
  }

  test("goes to the storage itself, in parts, without our credentials", async () => {
    const env = { ...ENV, MLFLOW_TRACKING_TOKEN: "secret" };
    const { store, root, here, puts, outcome } = await upload(env);
    expect(outcome).toBe("done");
    expect(puts).toHaveLength(4);
    const names = puts.map(({ path }) => Number(path.split("/").at(-1))).sort();
    expect(names).toEqual([1, 2, 3, 4]);
    for (const put of puts) {
      expect(put).toMatchObject({
        query: "?signature=s%2Fecret",
        signed: "yes",
        authorization: "",
      });
    }
    expect((await download(store, root, "d/long.bin", here)).equals(bytes)).toBe(true);
  });

  test("has a part that failed sent again", async () => {
    bucket.failNext(503, 500);
    const { store, root, here, outcome } = await upload(ENV);
    expect(outcome).toBe("done");
    expect((await download(store, root, "d/long.bin", here)).equals(bytes)).toBe(true);
  });

  test("is taken back when a part is refused", async () => {
    bucket.failNext(403);
    const { store, root, outcome } = await upload(ENV);
    expect(outcome).toMatchObject({ name: "RestException", status: 403 });
    expect(String(outcome)).not.toContain("signature");
    expect(await store.listArtifacts(root)).toEqual([]);
    const uploads = readdirSync(join(directory, "parts"));
    expect(uploads.filter((name) => name.endsWith(".aborted"))).toHaveLength(1);
  });

  test("goes in one where the environment says so", async () => {
    const env = { ...ENV, MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: "false" };
    const { store, root, here, puts } = await upload(env);
    expect(puts).toEqual([]);
    expect((await download(store, root, "d/long.bin", here)).equals(bytes)).toBe(true);
  });
});

describe("artifacts in a bucket, which the server does not hand through", () => {
  test("go there by a signed address, and come back by way of the server", async () => {
    const { store, root, here } = await begin("gs://direct/runs", {
      MLFLOW_TRACKING_TOKEN: "secret",
    });
    const before = bucket.puts.length;
    const bytes = randomBytes(MEBIBYTE);
    await store.uploadArtifact(root, "d/한 b.bin", { bytes });
    await store.uploadArtifact(root, "empty", { bytes: new Uint8Array() });
    expect(bucket.puts.slice(before)).toMatchObject([
      {
        path: expect.stringMatching(/^\/direct\/runs\/.*\/artifacts\/d\/한 b\.bin$/),
        signed: "yes",
      },
      { path: expect.stringMatching(/\/artifacts\/empty$/), authorization: "" },
    ]);
    expect((await download(store, root, "d/한 b.bin", here)).equals(bytes)).toBe(true);
    expect(await store.listArtifacts(root)).toEqual([
      { path: "d", isDirectory: true, fileSize: undefined },
      { path: "empty", isDirectory: false, fileSize: 0 },
    ]);
    expect(await store.listArtifacts(root, "d")).toMatchObject([
      { path: "d/한 b.bin", fileSize: MEBIBYTE },
    ]);
    await expect(download(store, root, "nowhere", here)).rejects.toMatchObject({
      name: "RestException",
    });
    expect(readdirSync(here)).toEqual(["got"]);
  });

  test("of a logged model too", async () => {
    const { store, experimentId, here } = await begin("gs://direct/models");
    const model = await store.createLoggedModel({ experimentId, name: "agent" });
    const root = { uri: model?.artifactUri ?? "", modelId: model?.modelId ?? "" };
    expect(root.uri).toMatch(/^gs:/);
    await store.uploadArtifact(root, "code/agent.ts", { bytes: Buffer.from("// agent") });
    expect(String(await download(store, root, "code/agent.ts", here))).toBe("// agent");
    expect(await store.listArtifacts(root, "code")).toMatchObject([{ path: "code/agent.ts" }]);
  });

  test("that the server signs nothing for throw an error that says what to do", async () => {
    const { store, root } = await begin("s3://nowhere/runs");
    const bytes = Buffer.alloc(11 * MEBIBYTE);
    await expect(store.uploadArtifact(root, "long.bin", { bytes })).rejects.toMatchObject({
      errorCode: "NOT_IMPLEMENTED",
      message: expect.stringMatching(/s3:\/\/nowhere\/runs.*11534336 bytes.*--serve-artifacts/),
    });
    const nobodys = { uri: root.uri };
    await expect(store.listArtifacts(nobodys)).rejects.toMatchObject({
      errorCode: "NOT_IMPLEMENTED",
    });
    await expect(store.listArtifacts({ ...root, uri: "dbfs:/x" })).rejects.toThrow(
      /dbfs:\/x cannot be reached.*--serve-artifacts/,
    );
  });
});

describe("artifacts on the server's own disk", () => {
  const ALLOWED = "MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS";

  test("are read and written there, where the folder is here and allowed", async () => {
    const folder = temporaryDirectory();
    const { store, root, here } = await begin(pathToFileURL(folder).href, { [ALLOWED]: folder });
    const bytes = randomBytes(11 * MEBIBYTE);
    await store.uploadArtifact(root, "d/long.bin", { bytes });
    expect(await store.findLocally(root, "d")).toBe(join(folderOf(root), "d"));
    expect((await download(store, root, "d/long.bin", here)).equals(bytes)).toBe(true);
    expect(await store.listArtifacts(root, "d")).toEqual([
      { path: "d/long.bin", isDirectory: false, fileSize: bytes.length },
    ]);
  });

  test("go by way of the server, where the folder is here but not allowed", async () => {
    const folder = temporaryDirectory();
    const { store, root, here } = await begin(pathToFileURL(folder).href);
    await store.uploadArtifact(root, "d/small.txt", { bytes: Buffer.from("small") });
    expect(await store.findLocally(root, "d")).toBeUndefined();
    expect(await store.listArtifacts(root, "d")).toMatchObject([{ path: "d/small.txt" }]);
    expect(String(await download(store, root, "d/small.txt", here))).toBe("small");
    const bytes = Buffer.alloc(11 * MEBIBYTE);
    await expect(store.uploadArtifact(root, "long.bin", { bytes })).rejects.toMatchObject({
      errorCode: "NOT_IMPLEMENTED",
      message: expect.stringContaining(`set ${ALLOWED}=${folder}, or a folder above it`),
    });
    expect(readdirSync(folderOf(root))).toEqual(["d"]);
  });

  test("are sent through the server if the allowed folder is missing here and they are small", async () => {
    // Nobody has made this folder here: that is how another host's looks.
    const folder = join(temporaryDirectory(), "elsewhere");
    const { store, root, here } = await begin(pathToFileURL(folder).href, { [ALLOWED]: folder });
    expect(existsSync(folder)).toBe(false);
    const bytes = Buffer.alloc(11 * MEBIBYTE);
    await expect(store.uploadArtifact(root, "long.bin", { bytes })).rejects.toMatchObject({
      errorCode: "NOT_IMPLEMENTED",
      message: expect.stringMatching(/own disk.*11534336 bytes.*--serve-artifacts/),
    });
    await store.uploadArtifact(root, "d/small.txt", { bytes: Buffer.from("small") });
    expect(String(await download(store, root, "d/small.txt", here))).toBe("small");
    // The server has made the folder, and here it is ours.
    expect(existsSync(folder)).toBe(true);
  });

  test("of a logged model need the folder to be allowed", async () => {
    const folder = temporaryDirectory();
    const bytes = Buffer.from("// agent");
    const uploaded = async (env: Record<string, string>) => {
      const { store, experimentId, here } = await begin(pathToFileURL(folder).href, env);
      const model = await store.createLoggedModel({ experimentId, name: "agent" });
      const root = { uri: model?.artifactUri ?? "", modelId: model?.modelId ?? "" };
      await store.uploadArtifact(root, "agent.ts", { bytes });
      return String(await download(store, root, "agent.ts", here));
    };
    await expect(uploaded({})).rejects.toThrow(`set ${ALLOWED}=${folder}, or a folder above it`);
    expect(await uploaded({ [ALLOWED]: folder })).toBe("// agent");
  });
});

test("another artifact server gets our credentials where we allow it, and else none", async () => {
  mkdirSync(join(directory, "proxied", "shared"), { recursive: true });
  writeFileSync(join(directory, "proxied", "shared", "a.txt"), "A");
  const roots = [
    (host: string) => `mlflow-artifacts://${host}/shared`,
    (host: string) => `http://${host}/api/2.0/mlflow-artifacts/artifacts/shared`,
  ];
  for (const uriOf of roots) {
    for (const isAllowed of [false, true]) {
      const other = await startCuttingProxy(server.url);
      onTestFinished(() => other.close());
      const { store, here } = await begin(undefined, {
        MLFLOW_TRACKING_TOKEN: "secret",
        ...(isAllowed && { MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS: other.url }),
      });
      const root = { uri: uriOf(new URL(other.url).host) };
      expect(String(await download(store, root, "a.txt", here))).toBe("A");
      expect(await store.listArtifacts(root)).toMatchObject([{ path: "a.txt" }]);
      expect(other.requests).toHaveLength(2);
      expect(/authorization: Bearer secret/i.test(other.received())).toBe(isAllowed);
    }
  }
  const { store } = await begin(undefined);
  await expect(store.listArtifacts({ uri: "http://127.0.0.1:1/x" })).rejects.toMatchObject({
    errorCode: "INVALID_PARAMETER_VALUE",
  });
});

function folderOf({ uri }: ArtifactRoot): string {
  return decodeURIComponent(new URL(uri).pathname);
}
