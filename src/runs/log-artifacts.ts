import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { invalidParameter, MlflowException, messageOf } from "../base/errors.js";
import { forEach } from "../base/for-each.js";
import { show } from "../base/show.js";
import type { RunTarget } from "../delivery/destination.js";
import { hold } from "../delivery/hold.js";
import type { FileToLog } from "../delivery/run-job.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArgument } from "../settings/check-options.js";
import { localPath as localPathKind, text as textKind } from "../settings/kinds.js";
import { checkArtifactPath, joinArtifactPath } from "../store/artifact-path.js";
import type { ArtifactSource, ArtifactStore } from "../store/artifact-store.js";
import type { TrackingStore } from "../store/store.js";
import { formatYaml } from "../store/yaml.js";
import { PARALLEL_TRANSFERS, uploadDirectory } from "./artifacts/directory.js";
import { type LogOptions, logOptions, logToRun } from "./log-to-run.js";
import { putFileTask } from "./put.js";

/**
 * Stores a string as an artifact of a run, replacing an earlier one. Mirrors `mlflow.log_text`.
 *
 * @param artifactFile the path in the run's artifacts, for example `"notes/summary.md"`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a path outside the run's artifacts.
 */
export function logText(text: string, artifactFile: string, options?: LogOptions): Promise<void> {
  return logToRun(logOptions("logText()", options), () => {
    checkArgument("logText()", "text", textKind, text);
    const file = { path: checkArtifactPath(artifactFile), bytes: Buffer.from(text) };
    return (target) => putBytes(target, file);
  });
}

/**
 * Stores a JSON value as an artifact of a run: as YAML if the file name ends in `.yaml` or `.yml`, otherwise as JSON.
 * Mirrors `mlflow.log_dict`.
 */
export function logDict(
  dictionary: object,
  artifactFile: string,
  options?: LogOptions,
): Promise<void> {
  return logToRun(logOptions("logDict()", options), () => {
    const path = checkArtifactPath(artifactFile);
    // Serialized now, because the app may change the object later.
    const json = toArtifactJson(dictionary);
    if (!/\.ya?ml$/.test(path)) {
      return (target) => putBytes(target, { path, bytes: Buffer.from(json) });
    }
    return (target) =>
      putFileTask(target, {
        what: `artifact '${path}'`,
        bytes: json.length * 2,
        perform: async (_runId, signal) => {
          const bytes = Buffer.from(await formatYaml(JSON.parse(json)));
          return upload(target, path, { bytes }, signal);
        },
      });
  });
}

/** Puts artifacts into the queue as one task, which uploads them in parallel. */
export function putBytes(target: RunTarget, ...files: readonly FileToLog[]): Promise<void> {
  const more = files.length > 1 ? ` and ${files.length - 1} more` : "";
  return putFileTask(target, {
    what: `artifact '${files[0]?.path}'${more}`,
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    perform: async (_runId, signal) => {
      await forEach(files, PARALLEL_TRANSFERS, ({ path, bytes }) =>
        upload(target, path, { bytes }, signal),
      );
      return files.map(({ path }) => path);
    },
    performSync: writerSync(target, files),
    files: () => files,
  });
}

/** Returns a synchronous upload for the end of a process, if the store supports one. */
export function writerSync({ store }: RunTarget, files: readonly FileToLog[]) {
  if (!store.writeArtifactSync) return undefined;
  return (runId: string) => {
    for (const { path, bytes } of files) store.writeArtifactSync?.(runId, path, bytes);
  };
}

/**
 * Uploads a local file to the artifacts of a run; a directory is uploaded with its name and content. Do not change or
 * delete the file until the promise resolves: it is read during the upload. Mirrors `mlflow.log_artifact`.
 *
 * @param artifactPath the directory in the run's artifacts. Default: their root.
 */
export function logArtifact(
  localPath: string,
  artifactPath = "",
  options?: LogOptions,
): Promise<void> {
  return logToRun(logOptions("logArtifact()", options), () => {
    checkArgument("logArtifact()", "localPath", localPathKind, localPath);
    const directory = checkDirectory("logArtifact()", artifactPath);
    const isWhole = isDirectory(localPath);
    const to = joinArtifactPath(directory, basename(localPath));
    return (target) =>
      putFileTask(target, {
        what: `artifact '${to}'`,
        bytes: localPath.length,
        perform: (_runId, signal) =>
          isWhole
            ? uploadAll(target, localPath, to, signal)
            : upload(target, to, { file: localPath }, signal),
        ...(!isWhole && { files: () => readAtExit(localPath, to) }),
      });
  });
}

/**
 * Uploads the content of a local directory to the artifacts of a run, several files at a time. Follows links to files,
 * and ignores links to directories. Mirrors `mlflow.log_artifacts`.
 *
 * @param artifactPath the directory in the run's artifacts. Default: their root.
 */
export function logArtifacts(
  localDir: string,
  artifactPath = "",
  options?: LogOptions,
): Promise<void> {
  return logToRun(logOptions("logArtifacts()", options), () => {
    checkArgument("logArtifacts()", "localDir", localPathKind, localDir);
    const directory = checkDirectory("logArtifacts()", artifactPath);
    if (!isDirectory(localDir)) {
      throw invalidParameter(
        `logArtifacts() takes a directory, but ${localDir} is a file. Use logArtifact() for a file.`,
      );
    }
    return (target) =>
      putFileTask(target, {
        what: `the files of ${localDir}`,
        bytes: localDir.length,
        perform: (_runId, signal) => uploadAll(target, localDir, directory, signal),
      });
  });
}

/** The end of a process reads a file of at most this size into the spool. */
const MAX_BYTES_AT_EXIT = 16 * 1024 * 1024;

function readAtExit(localPath: string, path: string): readonly FileToLog[] | undefined {
  const size = statSync(localPath, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > MAX_BYTES_AT_EXIT) return undefined;
  return [{ path, bytes: readFileSync(localPath) }];
}

async function uploadAll(
  target: RunTarget,
  localDir: string,
  directory: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const root = await target.artifactRoot();
  const store: Pick<ArtifactStore, "uploadArtifact"> = {
    uploadArtifact: (...file) => uploadHeld(target.store, ...file),
  };
  return uploadDirectory(store, root, localDir, directory, { signal });
}

/** Uploads one artifact of a run, from within a task of {@link putFileTask}. Returns its path. */
export async function upload(
  target: RunTarget,
  path: string,
  source: ArtifactSource,
  signal: AbortSignal,
): Promise<readonly string[]> {
  await uploadHeld(target.store, await target.artifactRoot(), path, source, signal);
  return [path];
}

/** The slowest connection for which the process stays alive: 100 KB a second. */
const MIN_BYTES_PER_MS = 100;

/** Uploads one artifact. Keeps the process alive for a file: the upload may take longer than a process waits at its end. */
async function uploadHeld(
  store: TrackingStore,
  ...[root, path, source, signal]: Parameters<TrackingStore["uploadArtifact"]>
): Promise<void> {
  const sent = store.uploadArtifact(root, path, source, signal);
  if ("file" in source) {
    const bytes = statSync(source.file, { throwIfNoEntry: false })?.size ?? 0;
    hold(sent, bytes / MIN_BYTES_PER_MS);
  }
  await sent;
  getPipeline().keepAlive.noteProgress();
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new MlflowException(
      `No such file or directory: '${path}' (${messageOf(cause)}).`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

function checkDirectory(caller: string, path: string): string {
  checkArgument(caller, "artifactPath", textKind, path);
  return path === "" ? path : checkArtifactPath(path.replace(/(?<=[^/])\/$/, ""));
}

/** Returns JSON in the form that Python writes: indented and ASCII only, which every reader decodes the same way. */
export function toArtifactJson(value: object): string {
  try {
    const json = JSON.stringify(value, withBigIntsAsText, 2);
    if (json !== undefined) {
      return json.replace(
        /[\u007f-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
    }
  } catch (cause) {
    throw invalidParameter(`logDict() takes a JSON value: ${messageOf(cause)}`);
  }
  throw invalidParameter(`logDict() takes a JSON value, got ${show(value)}.`);
}

function withBigIntsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
