import { statSync } from "node:fs";
import { basename } from "node:path";
import { inspect } from "node:util";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { forEach } from "../base/for-each.js";
import type { RunTarget } from "../delivery/destination.js";
import { hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArtifactPath, joinArtifactPath } from "../store/artifact-path.js";
import type { ArtifactSource, ArtifactStore } from "../store/artifact-store.js";
import type { TrackingStore } from "../store/store.js";
import { writeYaml } from "../store/write-yaml.js";
import { uploadDirectory } from "./artifacts/directory.js";
import type { LogOptions } from "./log.js";
import { logged } from "./logged.js";
import { putFileTask } from "./put.js";

/** Files sent at the same time. */
const PARALLEL_UPLOADS = 8;

/**
 * Writes a text as an artifact of a run, in the place of an earlier one. Mirrors `mlflow.log_text`.
 *
 * @param artifactFile where, below the run's artifacts: `"notes/summary.md"`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a path that leads out of them.
 */
export function logText(text: string, artifactFile: string, options?: LogOptions): Promise<void> {
  return logged(options?.runId, () => {
    if (typeof text !== "string") {
      throw invalidParameter(`logText() takes a text, got ${inspect(text, { depth: 0 })}.`);
    }
    const file = { path: checkArtifactPath(artifactFile), bytes: Buffer.from(text) };
    return (target) => putBytes(target, file);
  });
}

/**
 * Writes plain data as an artifact of a run: as YAML where the file is called `.yaml` or `.yml`,
 * else as JSON. Mirrors `mlflow.log_dict`.
 */
export function logDict(
  dictionary: object,
  artifactFile: string,
  options?: LogOptions,
): Promise<void> {
  return logged(options?.runId, () => {
    const path = checkArtifactPath(artifactFile);
    // Written now: the app may change the object later.
    const json = toArtifactJson(dictionary);
    if (!/\.ya?ml$/.test(path)) {
      return (target) => putBytes(target, { path, bytes: Buffer.from(json) });
    }
    return (target) =>
      putFileTask(target, {
        what: `artifact '${path}'`,
        bytes: json.length * 2,
        perform: async (_runId, signal) => {
          const bytes = Buffer.from(await writeYaml(JSON.parse(json)));
          await upload(target, path, { bytes }, signal);
        },
      });
  });
}

/** An artifact in memory, its path known to be a good one. */
export interface ArtifactBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Puts artifacts into the queue, to be sent side by side. */
export function putBytes(target: RunTarget, ...files: readonly ArtifactBytes[]): Promise<void> {
  const more = files.length > 1 ? ` and ${files.length - 1} more` : "";
  return putFileTask(target, {
    what: `artifact '${files[0]?.path}'${more}`,
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    perform: (_runId, signal) =>
      forEach(files, PARALLEL_UPLOADS, ({ path, bytes }) =>
        upload(target, path, { bytes }, signal),
      ),
    performSync: writerSync(target, files),
  });
}

/** For the last moment of a process, where the store can write at once. */
export function writerSync({ store }: RunTarget, files: readonly ArtifactBytes[]) {
  if (!store.writeArtifactSync) return undefined;
  return (runId: string) => {
    for (const { path, bytes } of files) store.writeArtifactSync?.(runId, path, bytes);
  };
}

/**
 * Copies a local file to the artifacts of a run. It is read when it is sent: leave it where it is
 * until the promise resolves. Mirrors `mlflow.log_artifact`; a directory is copied as a whole, under its name.
 *
 * @param artifactPath the directory below the run's artifacts. Default: right there.
 */
export function logArtifact(
  localPath: string,
  artifactPath = "",
  options?: LogOptions,
): Promise<void> {
  return logged(options?.runId, () => {
    const directory = checkDirectory(artifactPath);
    const isWhole = isDirectory(localPath);
    const to = joinArtifactPath(directory, basename(localPath));
    return (target) =>
      putFileTask(target, {
        what: `artifact '${to}'`,
        bytes: localPath.length,
        perform: async (_runId, signal) => {
          if (isWhole) await uploadAll(target, localPath, to, signal);
          else await upload(target, to, { file: localPath }, signal);
        },
      });
  });
}

/**
 * Copies all that is in a local directory to the artifacts of a run, several files at a time. Links to files are
 * followed, links to directories are not. Mirrors `mlflow.log_artifacts`.
 */
export function logArtifacts(
  localDir: string,
  artifactPath = "",
  options?: LogOptions,
): Promise<void> {
  return logged(options?.runId, () => {
    const directory = checkDirectory(artifactPath);
    if (!isDirectory(localDir)) {
      throw invalidParameter(`logArtifacts() takes a directory, and ${localDir} is a file.`);
    }
    return (target) =>
      putFileTask(target, {
        what: `the files of ${localDir}`,
        bytes: localDir.length,
        perform: (_runId, signal) => uploadAll(target, localDir, directory, signal),
      });
  });
}

async function uploadAll(
  target: RunTarget,
  localDir: string,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const root = await target.artifactRoot();
  const store: Pick<ArtifactStore, "uploadArtifact"> = {
    uploadArtifact: (...file) => uploadHeld(target.store, ...file),
  };
  await uploadDirectory(store, root, localDir, directory, { signal });
}

/** Sends one artifact of a run; see {@link putFileTask}. */
export async function upload(
  target: RunTarget,
  path: string,
  source: ArtifactSource,
  signal: AbortSignal,
): Promise<void> {
  await uploadHeld(target.store, await target.artifactRoot(), path, source, signal);
}

/** The slowest connection that an upload is waited for: 100 KB a second. */
const BYTES_PER_MS = 100;

/** Sends one artifact. The process stays alive for a large file: sending it may take longer than the end of the process waits. */
async function uploadHeld(
  store: TrackingStore,
  ...[root, path, source, signal]: Parameters<TrackingStore["uploadArtifact"]>
): Promise<void> {
  const sent = store.uploadArtifact(root, path, source, signal);
  if ("file" in source) {
    const bytes = statSync(source.file, { throwIfNoEntry: false })?.size ?? 0;
    hold(sent, bytes / BYTES_PER_MS);
  }
  await sent;
  getPipeline().keepAlive.noteProgress();
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new MlflowException(
      `No such file or directory: '${path}' (${(cause as Error).message}).`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

function checkDirectory(path: string): string {
  return path === "" ? path : checkArtifactPath(path.replace(/(?<=[^/])\/$/, ""));
}

/** As Python writes it: indented, ASCII only, so that every reader decodes it alike. */
export function toArtifactJson(value: object): string {
  try {
    const json = JSON.stringify(value, withIntegers, 2);
    if (json !== undefined) {
      return json.replace(
        /[\u007f-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
    }
  } catch (cause) {
    throw invalidParameter(`logDict() takes plain data: ${(cause as Error).message}`);
  }
  throw invalidParameter(`logDict() takes plain data, got ${inspect(value, { depth: 0 })}.`);
}

function withIntegers(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
