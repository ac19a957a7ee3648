import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ArtifactRoot } from "../../src/store/artifact-store.js";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { describeDownloads } from "../artifacts/download-cases.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { harmlessPaths, hostilePaths } from "../store/hostile-paths.js";
import { startCuttingProxy } from "../support/cutting-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";

let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server?.close());

const MEBIBYTE = 1024 * 1024;
let roots = 0;

/** A new root, on either kind of store. */
const BACKENDS = {
  rest: () => ({
    store: openRestStore(server.url),
    root: { uri: `mlflow-artifacts:/0/test-${roots++}/artifacts` },
  }),
  file: () => {
    const directory = temporaryDirectory();
    const root = { uri: pathToFileURL(join(directory, "0", "run", "artifacts")).href };
    return { store: createFileStore({ directory }), root };
  },
};

describe.each(Object.entries(BACKENDS))("artifacts of a %s store", (kind, open) => {
  let store: TrackingStore;
  let root: ArtifactRoot;
  let here: string;
  const upload = (path: string, text: string) =>
    store.uploadArtifact(root, path, { bytes: Buffer.from(text) });
  const download = async (path: string) => {
    await store.downloadArtifact(root, path, join(here, "got"));
    return readFileSync(join(here, "got"), "utf8");
  };

  const begin = () => {
    ({ store, root } = open());
    here = temporaryDirectory();
    onTestFinished(() => store.close());
  };

  test("are written from memory and from files, read back, listed, and replaced", async () => {
    begin();
    writeFileSync(join(here, "source.bin"), "from a file");
    await upload("a.txt", "from memory");
    await store.uploadArtifact(root, "d/e/b.bin", { file: join(here, "source.bin") });
    await store.uploadArtifact(root, "d/empty", { bytes: new Uint8Array() });
    expect(await download("a.txt")).toBe("from memory");
    expect(await download("d/e/b.bin")).toBe("from a file");
    expect(await download("d/empty")).toBe("");
    expect(await store.listArtifacts(root)).toEqual([
      { path: "a.txt", isDirectory: false, fileSize: 11 },
      { path: "d", isDirectory: true, fileSize: undefined },
    ]);
    expect(await store.listArtifacts(root, "d")).toEqual([
      { path: "d/e", isDirectory: true, fileSize: undefined },
      { path: "d/empty", isDirectory: false, fileSize: 0 },
    ]);
    await upload("a.txt", "anew");
    expect(await download("a.txt")).toBe("anew");
  });

  test("that do not exist are named in errors, and listed as empty", async () => {
    begin();
    await upload("there/a.txt", "x");
    await expect(download("there/b.txt")).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
    expect(await store.listArtifacts(root, "nowhere")).toEqual([]);
    expect(await store.listArtifacts(root, "there/a.txt")).toEqual([]);
    expect(readdirSync(here)).toEqual([]);
  });

  test("keep odd names", async () => {
    begin();
    // The server decodes `%c3%bc` to a name it was not given.
    const names = harmlessPaths.filter((path) => !/%c3|^a$/.test(path));
    for (const path of names) await upload(path, `of ${path}`);
    for (const path of names) expect(await download(path)).toBe(`of ${path}`);
    const listed = (await store.listArtifacts(root)).map(({ path }) => path);
    expect(listed).toEqual([...new Set(names.map((path) => path.split("/")[0]))].sort());
  });

  test("stream: a long file is downloaded unchanged", async () => {
    begin();
    const bytes = randomBytes(40 * MEBIBYTE + 7);
    writeFileSync(join(here, "long.bin"), bytes);
    await store.uploadArtifact(root, "long.bin", { file: join(here, "long.bin") });
    await store.downloadArtifact(root, "long.bin", join(here, "back.bin"));
    expect(digest(readFileSync(join(here, "back.bin")))).toBe(digest(bytes));
    expect(readdirSync(here).sort()).toEqual(["back.bin", "long.bin"]);
  });

  test("take no hostile path, in no method, and write nothing", async () => {
    begin();
    await upload("there.txt", "x");
    for (const path of hostilePaths) {
      const refused = { errorCode: "INVALID_PARAMETER_VALUE" };
      await expect(upload(path, "evil"), path).rejects.toMatchObject(refused);
      await expect(download(path), path).rejects.toMatchObject(refused);
      if (path === "") continue;
      await expect(store.listArtifacts(root, path), path).rejects.toMatchObject(refused);
    }
    expect(readdirSync(here)).toEqual([]);
    expect(await store.listArtifacts(root)).toHaveLength(1);
  });

  test("a source that does not exist, or is a directory, is an error", async () => {
    begin();
    const from = (file: string) => store.uploadArtifact(root, "x", { file });
    await expect(from(join(here, "none"))).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
      message: `No such file: '${join(here, "none")}'.`,
    });
    await expect(from(here)).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
    expect(await store.listArtifacts(root)).toEqual([]);
  });

  test("a download that cannot be written leaves nothing", async () => {
    begin();
    await upload("a.txt", "x");
    mkdirSync(join(here, "taken", "by a folder"), { recursive: true });
    await expect(store.downloadArtifact(root, "a.txt", join(here, "taken"))).rejects.toMatchObject({
      name: "MlflowException",
      message: expect.stringContaining(join(here, "taken")),
    });
    expect(readdirSync(here)).toEqual(["taken"]);
  });

  test.skipIf(kind === "rest")("a symbolic link does not lead out of the root", async () => {
    begin();
    await upload("inside/a.txt", "x");
    const folder = new URL(root.uri);
    writeFileSync(join(here, "secret"), "secret");
    symlinkSync(here, new URL(`${folder.href}/out`));
    const refused = { errorCode: "INVALID_PARAMETER_VALUE" };
    await expect(download("out/secret")).rejects.toMatchObject(refused);
    await expect(upload("out/new", "x")).rejects.toMatchObject(refused);
    await expect(upload("out/deep/new", "x")).rejects.toMatchObject(refused);
    await expect(store.listArtifacts(root, "out")).rejects.toMatchObject(refused);
    expect(readdirSync(here)).toEqual(["secret"]);
    rmSync(new URL(`${folder.href}/out`));
  });
});

describe("over a connection that breaks", () => {
  const SIZE = 12 * MEBIBYTE;
  const bytes = randomBytes(SIZE);

  async function begin(env: Record<string, string> = {}) {
    const proxy = await startCuttingProxy(server.url);
    const store = openRestStore(proxy.url, env);
    onTestFinished(async () => {
      await store.close();
      await proxy.close();
    });
    const root = { uri: `mlflow-artifacts:/0/test-${roots++}/artifacts` };
    await store.uploadArtifact(root, "long.bin", { bytes });
    await store.close();
    const here = temporaryDirectory();
    return { proxy, store, root, here, file: join(here, "long.bin") };
  }

  test("a download goes on where it broke, and what comes is whole", async () => {
    const { proxy, store, root, file } = await begin();
    proxy.cutAfter(5 * MEBIBYTE, 3 * MEBIBYTE);
    await store.downloadArtifact(root, "long.bin", file);
    expect(digest(readFileSync(file))).toBe(digest(bytes));
    const ranges = [...proxy.received().matchAll(/range: bytes=(\d+)-/gi)].map(
      ([, start]) => start,
    );
    expect(ranges).toHaveLength(2);
    expect(Number(ranges[0])).toBeGreaterThan(4 * MEBIBYTE);
    expect(Number(ranges[1])).toBeGreaterThan(7 * MEBIBYTE);
  });

  test("a file that changed meanwhile is taken from the start", async () => {
    const { proxy, store, root, file } = await begin();
    const changed = randomBytes(SIZE);
    proxy.cutAfter(5 * MEBIBYTE);
    const direct = openRestStore(server.url);
    onTestFinished(() => direct.close());
    proxy.beforeCut = () => direct.uploadArtifact(root, "long.bin", { bytes: changed });
    await store.downloadArtifact(root, "long.bin", file);
    expect(digest(readFileSync(file))).toBe(digest(changed));
    expect(proxy.received()).toMatch(/range: bytes=\d+-/i);
  });

  test("a download that fails leaves no partial file and keeps the earlier file", async () => {
    const { proxy, store, root, file, here } = await begin({
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
    });
    writeFileSync(file, "the earlier one");
    proxy.cutAfter(...Array.from({ length: 50 }, () => 400));
    await expect(store.downloadArtifact(root, "long.bin", file)).rejects.toMatchObject({
      errorCode: "TEMPORARILY_UNAVAILABLE",
    });
    expect(readdirSync(here)).toEqual(["long.bin"]);
    expect(readFileSync(file, "utf8")).toBe("the earlier one");
  });

  test("an upload is retried, and the stored file is complete", async () => {
    const { proxy, store, root } = await begin();
    proxy.cutAfter(0, 0);
    await store.uploadArtifact(root, "again.bin", { bytes: bytes.subarray(0, 1000) });
    const file = join(temporaryDirectory(), "again.bin");
    await store.downloadArtifact(root, "again.bin", file);
    expect(readFileSync(file)).toEqual(bytes.subarray(0, 1000));
  });

  test("a download that the caller aborts ends at once", async () => {
    const { store, root, file, here } = await begin();
    const controller = new AbortController();
    const downloaded = store.downloadArtifact(root, "long.bin", file, controller.signal);
    controller.abort();
    await expect(downloaded).rejects.toMatchObject({ errorCode: "CANCELLED" });
    expect(readdirSync(here)).toEqual([]);
  });
});

describeDownloads(() => server.url);

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
