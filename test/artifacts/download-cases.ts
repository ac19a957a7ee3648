import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { setSilent } from "../../src/base/log.js";
import { artifacts, downloadArtifacts, listArtifacts, setTrackingUri } from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { uploadDirectory } from "../../src/runs/artifacts/directory.js";
import type { ArtifactRoot } from "../../src/store/artifact-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { hostilePaths } from "../store/hostile-paths.js";
import { writtenOnStderr } from "../support/fake-terminal.js";
import { runPython } from "../support/python.js";

const FILES = { "a.txt": "A", "d/b.txt": "B", "d/e/c d.txt": "C", "d/e/empty": "" };

/** What a developer gets back of the files of runs and models, from a server and from a local store. */
export function describeDownloads(serverUrl: () => string): void {
  const directory = temporaryDirectory({ whenOver: afterAll });
  const stores = { rest: serverUrl, file: () => pathToFileURL(directory).href };

  describe.each(Object.entries(stores))("artifacts of a run in a %s store", (kind, uri) => {
    let store: TrackingStore;
    let experimentId: string;
    let runId: string;
    let root: ArtifactRoot;

    beforeAll(async () => {
      setTrackingUri(uri());
      store = getPipeline().tracking.current().store;
      experimentId = await store.createExperiment("artifacts");
      const run = { experimentId, userId: "me", startTimeMs: Date.now(), tags: {} };
      const { info } = await store.createRun(run);
      runId = info.runId;
      root = { uri: info.artifactUri, runId };
      const source = temporaryDirectory({ whenOver: afterAll });
      for (const [name, text] of Object.entries(FILES)) write(source, name, text);
      mkdirSync(join(source, "an empty directory"));
      symlinkSync(join(source, "a.txt"), join(source, "link.txt"));
      symlinkSync(source, join(source, "link to a directory"));
      const uploaded = await uploadDirectory(store, root, source);
      expect(uploaded).toEqual([...Object.keys(FILES), "link.txt"]);
    });

    test("are downloaded one by one, by directory and all together, to the same paths as in Python", async () => {
      const cases = [
        { runId, artifactPath: "a.txt" },
        { runId, artifactPath: "d" },
        { runId, artifactPath: "d/e" },
        { runId, artifactPath: "d/e/c d.txt" },
        { runId },
        { artifactUri: `runs:/${runId}/d/e` },
        { artifactUri: `runs:/${runId}/d/b.txt` },
        { artifactUri: `${root.uri}/d` },
        { artifactUri: `${root.uri}/d/b.txt` },
      ];
      const ours = [];
      for (const options of cases) {
        const dstPath = join(temporaryDirectory(), "made");
        const path = await downloadArtifacts({ ...options, dstPath });
        ours.push([relative(dstPath, path), contentsOf(dstPath)]);
      }
      expect(ours[1]?.[1]).toEqual({ "d/b.txt": "B", "d/e/c d.txt": "C", "d/e/empty": "" });
      expect(ours[4]).toEqual(["", { ...FILES, "link.txt": "A" }]);
      const python = await runPython(
        `
import json, mlflow, os, tempfile
mlflow.set_tracking_uri("${uri()}")
out = []
for c in json.loads(${JSON.stringify(JSON.stringify(cases))}):
    dst = os.path.realpath(tempfile.mkdtemp())
    path = mlflow.artifacts.download_artifacts(artifact_uri=c.get("artifactUri"), run_id=c.get("runId"), artifact_path=c.get("artifactPath"), dst_path=dst)
    files = {}
    for folder, _, names in os.walk(dst):
        for name in names:
            files[os.path.relpath(os.path.join(folder, name), dst)] = open(os.path.join(folder, name)).read()
    relative = os.path.relpath(path, dst)
    out.append(["" if relative == "." else relative, files])
print(json.dumps(out))`,
        { env: { MLFLOW_ALLOW_FILE_STORE: "true", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false" } },
      );
      expect(python).toEqual(ours);
    });

    test("are listed with the same paths as in Python", async () => {
      const cases = [
        { runId },
        { runId, artifactPath: "d" },
        { runId, artifactPath: "d/e" },
        { runId, artifactPath: "a.txt" },
        { artifactUri: `runs:/${runId}/d` },
        { artifactUri: `runs:/${runId}/d/e` },
        { artifactUri: `${root.uri}/d/e` },
      ];
      const ours = [];
      for (const options of cases) ours.push(await listArtifacts(options));
      expect(ours[1]).toEqual([
        { path: "d/b.txt", isDirectory: false, fileSize: 1 },
        { path: "d/e", isDirectory: true, fileSize: undefined },
      ]);
      const python = await runPython(
        `
import json, mlflow
mlflow.set_tracking_uri("${uri()}")
out = []
for c in json.loads(${JSON.stringify(JSON.stringify(cases))}):
    found = mlflow.artifacts.list_artifacts(artifact_uri=c.get("artifactUri"), run_id=c.get("runId"), artifact_path=c.get("artifactPath"))
    out.append([{"path": f.path, "isDirectory": f.is_dir, "fileSize": None if f.is_dir else f.file_size or 0} for f in found])
print(json.dumps(out))`,
        { env: { MLFLOW_ALLOW_FILE_STORE: "true" } },
      );
      const withNull = ours.map((infos) =>
        infos.map((info) => ({ ...info, fileSize: info.fileSize ?? null })),
      );
      expect(python).toEqual(withNull);
    });

    test("need no destination", async () => {
      const path = await artifacts.downloadArtifacts({ runId, artifactPath: "d" });
      expect(contentsOf(path)).toEqual({ "b.txt": "B", "e/c d.txt": "C", "e/empty": "" });
      expect(path.startsWith(directory)).toBe(kind === "file");
      const whole = await artifacts.downloadArtifacts({ runId });
      expect(readFileSync(join(whole, "a.txt"), "utf8")).toBe("A");
    });

    test("on this machine have a path or file URI", async () => {
      const here = temporaryDirectory();
      write(here, "x/y.txt", "Y");
      const dstPath = temporaryDirectory();
      const path = join(here, "x");
      expect(await downloadArtifacts({ artifactUri: path })).toBe(path);
      const copied = await downloadArtifacts({ artifactUri: pathToFileURL(path).href, dstPath });
      expect(copied).toBe(join(dstPath, "x"));
      expect(contentsOf(dstPath)).toEqual({ "x/y.txt": "Y" });
      expect(await listArtifacts({ artifactUri: path })).toEqual([
        { path: "x/y.txt", isDirectory: false, fileSize: 1 },
      ]);
    });

    test("of registered models are found by version, alias and the latest", async () => {
      await store.createRegisteredModel("registered");
      const source = `runs:/${runId}/d`;
      await store.createModelVersion({ name: "registered", source, runId });
      await store.createModelVersion({ name: "registered", source: "models:/registered/1" });
      await store.setRegisteredModelAlias("registered", "best", "1");
      for (const suffix of ["/1", "/2", "/latest", "@best"]) {
        const dstPath = temporaryDirectory();
        const path = await downloadArtifacts({
          artifactUri: `models:/registered${suffix}`,
          dstPath,
        });
        expect(path, suffix).toBe(dstPath);
        expect(contentsOf(path), suffix).toEqual({ "b.txt": "B", "e/c d.txt": "C", "e/empty": "" });
      }
      const one = await downloadArtifacts({
        artifactUri: "models:/registered@best/e/c d.txt",
        dstPath: temporaryDirectory(),
      });
      expect(readFileSync(one, "utf8")).toBe("C");
      expect(await listArtifacts({ artifactUri: "models:/registered/1/e" })).toMatchObject([
        { path: "e/c d.txt" },
        { path: "e/empty" },
      ]);
    });

    test.skipIf(kind === "file")(
      "of logged models are found by id and through their run",
      async () => {
        const made = await store.createLoggedModel({
          experimentId,
          name: "agent",
          sourceRunId: runId,
        });
        const model = { uri: made?.artifactUri ?? "", modelId: made?.modelId ?? "" };
        await store.uploadArtifact(model, "MLmodel", { bytes: Buffer.from("flavors: {}") });
        await store.uploadArtifact(model, "code/agent.ts", { bytes: Buffer.from("// agent") });
        const files = { MLmodel: "flavors: {}", "code/agent.ts": "// agent" };
        for (const artifactUri of [`models:/${model.modelId}`, `runs:/${runId}/agent`]) {
          const dstPath = temporaryDirectory();
          const path = await downloadArtifacts({ artifactUri, dstPath });
          expect(contentsOf(path), artifactUri).toEqual(files);
        }
        const artifactPath = "agent/code/agent.ts";
        const path = await downloadArtifacts({
          runId,
          artifactPath,
          dstPath: temporaryDirectory(),
        });
        expect(readFileSync(path, "utf8")).toBe("// agent");
        expect(await listArtifacts({ runId, artifactPath: "agent" })).toMatchObject([
          { path: "agent/MLmodel" },
          { path: "agent/code" },
        ]);
        await store.createRegisteredModel("logged");
        const source = `models:/${model.modelId}`;
        await store.createModelVersion({ name: "logged", source, ...model });
        const dstPath = temporaryDirectory();
        await downloadArtifacts({ artifactUri: "models:/logged/1", dstPath });
        expect(contentsOf(dstPath)).toEqual(files);
      },
    );

    test("that do not exist, or have an invalid URI, are errors", async () => {
      const dstPath = temporaryDirectory();
      const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
      for (const options of [
        { runId, artifactPath: "nowhere" },
        { artifactUri: `runs:/${runId}/d/nowhere.txt` },
        { artifactUri: `runs:/${"0".repeat(32)}/x` },
        { artifactUri: "models:/missing/1" },
        { artifactUri: "models:/missing@best" },
        { artifactUri: "models:/missing/latest" },
        { artifactUri: `models:/m-${"0".repeat(32)}` },
        { artifactUri: join(dstPath, "nowhere") },
      ]) {
        await expect(
          downloadArtifacts({ ...options, dstPath }),
          JSON.stringify(options),
        ).rejects.toMatchObject(missing);
      }
      await expect(downloadArtifacts({ runId, artifactPath: "no", dstPath })).rejects.toThrow(
        "Failed to download artifacts from path 'no', please ensure that the path is correct.",
      );
      const wrong = { errorCode: "INVALID_PARAMETER_VALUE" };
      for (const options of [
        {},
        { runId, artifactUri: "runs:/x/y" },
        { artifactUri: `runs:/${runId}/a`, artifactPath: "a" },
        { runId: "" },
        { runId: 1 as never },
        { artifactUri: "models:/only-a-name" },
        { artifactUri: "models:/name/Production" },
        { artifactUri: "runs:/" },
        { runId, dstPath: 5 as never },
      ]) {
        await expect(
          downloadArtifacts({ dstPath, ...options }),
          JSON.stringify(options),
        ).rejects.toMatchObject(wrong);
      }
      await expect(downloadArtifacts({})).rejects.toThrow(
        "Exactly one of `runId` or `artifactUri` must be specified",
      );
      expect(readdirSync(dstPath)).toEqual([]);
    });

    test("refuse hostile paths, in options and in URIs", async () => {
      const dstPath = temporaryDirectory();
      for (const artifactPath of hostilePaths) {
        const both = [
          downloadArtifacts({ runId, artifactPath, dstPath }),
          listArtifacts({ runId, artifactPath }),
        ];
        for (const attempt of both) {
          await expect(attempt, artifactPath).rejects.toMatchObject({
            errorCode: "INVALID_PARAMETER_VALUE",
          });
        }
      }
      const climbing = ["../../x", "a/../../x", "%2e%2e/x", "a/%252e%252e/%252e%252e/x", "..%2fx"];
      for (const path of climbing) {
        for (const base of [`runs:/${runId}`, "models:/registered/1", root.uri]) {
          const attempt = downloadArtifacts({ artifactUri: `${base}/${path}`, dstPath });
          await expect(attempt, `${base}/${path}`).rejects.toMatchObject({
            name: expect.any(String),
          });
        }
      }
      expect(readdirSync(dstPath)).toEqual([]);
    });

    test("are not written over a symbolic link in the destination", async () => {
      const dstPath = temporaryDirectory();
      const elsewhere = temporaryDirectory();
      mkdirSync(join(dstPath, "d"));
      symlinkSync(elsewhere, join(dstPath, "d", "e"));
      const attempt = downloadArtifacts({ runId, artifactPath: "d", dstPath });
      await expect(attempt).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
      expect(readdirSync(elsewhere)).toEqual([]);
      // A link in the file's own place is replaced, not followed.
      const victim = join(elsewhere, "victim");
      writeFileSync(victim, "untouched");
      symlinkSync(victim, join(dstPath, "a.txt"));
      await downloadArtifacts({ runId, artifactPath: "a.txt", dstPath });
      expect(readFileSync(victim, "utf8")).toBe("untouched");
      expect(readFileSync(join(dstPath, "a.txt"), "utf8")).toBe("A");
    });

    test("show their progress on a terminal only", async () => {
      const download = () =>
        downloadArtifacts({ runId, artifactPath: "d", dstPath: temporaryDirectory() });
      const stdout = vi.spyOn(process.stdout, "write");
      const shown = await writtenOnStderr(true, download);
      expect(shown).toMatch(/Downloading artifacts: {3}0%\| +\| 0\/3/);
      expect(shown).toMatch(/Downloading artifacts: 100%\|█+\| 3\/3\n$/);
      expect(await writtenOnStderr(false, download)).toBe("");
      setSilent(true);
      expect(await writtenOnStderr(true, download)).toBe("");
      setSilent(false);
      process.env.MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR = "false";
      expect(await writtenOnStderr(true, download)).toBe("");
      delete process.env.MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR;
      expect(stdout).not.toHaveBeenCalled();
      stdout.mockRestore();
    });
  });
}

function write(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

function contentsOf(folder: string): Record<string, string> {
  expect(existsSync(folder)).toBe(true);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, "utf8")];
    }),
  );
}
