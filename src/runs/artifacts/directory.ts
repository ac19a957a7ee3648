import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import { checkArtifactPath, joinArtifactPath } from "../../store/artifact-path.js";
import type { ArtifactRoot, ArtifactStore } from "../../store/artifact-store.js";
import { localFailure, placeBelow } from "../../store/local-files.js";
import type { Progress } from "./progress.js";

/** Enough to hide a server's latency, and few enough for a server with one worker. */
export const PARALLEL_TRANSFERS = 8;
/** Stops a listing that contains itself. */
const MAX_DEPTH = 100;
/** The most files and directories of one download: a faulty server may list them without end. */
const MAX_ENTRIES = 1_000_000;

export interface TransferOptions {
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/**
 * Uploads the content of a local directory to `path`, several files at a time. Returns the artifacts' paths. As in
 * Python, follows links to files and ignores links to directories and empty directories. Checks all paths before the
 * first upload, and stops at the first failure.
 */
export async function uploadDirectory(
  store: Pick<ArtifactStore, "uploadArtifact">,
  root: ArtifactRoot,
  directory: string,
  path = "",
  { signal, progress }: TransferOptions = {},
): Promise<readonly string[]> {
  if (path !== "") checkArtifactPath(path);
  const names = await filesIn(directory);
  for (const name of names) checkArtifactPath(name);
  await withProgress(progress, names.length, () =>
    forEach(names, PARALLEL_TRANSFERS, async (name) => {
      signal?.throwIfAborted();
      const source = { file: join(directory, name) };
      await store.uploadArtifact(root, joinArtifactPath(path, name), source, signal);
      progress?.advance();
    }),
  );
  return names.map((name) => joinArtifactPath(path, name));
}

/**
 * Downloads the artifacts below `path` to a local directory, several files at a time. Creates the directory if it is
 * missing, and never writes outside it, whatever paths the store lists. Returns the files' paths in the directory.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if there are no artifacts.
 */
export async function downloadDirectory(
  store: ArtifactStore,
  root: ArtifactRoot,
  path: string,
  directory: string,
  { signal, progress }: TransferOptions = {},
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const found of filesBelow(store, root, path)) {
    names.push(path === "" ? found : found.slice(path.length + 1));
  }
  if (names.length === 0) throw nothingAt(path);
  await withProgress(progress, names.length, () =>
    forEach(names, PARALLEL_TRANSFERS, async (name) => {
      signal?.throwIfAborted();
      const file = await placeBelow(directory, name);
      await store.downloadArtifact(root, joinArtifactPath(path, name), file, signal);
      progress?.advance();
    }),
  );
  return names;
}

/** Python's error text. */
export function nothingAt(path: string): MlflowException {
  return new MlflowException(
    `Failed to download artifacts from path '${path}', please ensure that the path is correct.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

async function withProgress(
  progress: Progress | undefined,
  total: number,
  work: () => Promise<void>,
): Promise<void> {
  await progress?.start(total);
  try {
    await work();
  } finally {
    progress?.stop();
  }
}

async function* filesBelow(
  store: ArtifactStore,
  root: ArtifactRoot,
  path: string,
  depth = 0,
  count = { entries: 0 },
): AsyncGenerator<string> {
  if (depth > MAX_DEPTH) {
    throw new MlflowException(
      `The artifacts below '${path}' are more than ${MAX_DEPTH} directories deep.`,
      "INVALID_STATE",
    );
  }
  const infos = await store.listArtifacts(root, path);
  count.entries += infos.length;
  if (count.entries > MAX_ENTRIES) {
    throw new MlflowException(
      `The artifacts to download are more than ${MAX_ENTRIES} files and directories. Download them one directory at a time.`,
      "INVALID_STATE",
    );
  }
  for (const info of infos) {
    if (info.isDirectory) yield* filesBelow(store, root, info.path, depth + 1, count);
    else yield info.path;
  }
}

/** Returns the sorted relative paths of the files, with forward slashes. */
async function filesIn(directory: string): Promise<string[]> {
  const found = await stat(directory).catch((cause) => {
    throw localFailure("read", directory, cause);
  });
  if (!found.isDirectory()) throw invalidParameter(`'${directory}' is not a directory.`);
  const names: string[] = [];
  const visit = async (below: string) => {
    const entries = await readdir(join(directory, below), { withFileTypes: true });
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const name = joinArtifactPath(below, entry.name);
      if (entry.isDirectory()) await visit(name);
      else if (entry.isFile()) names.push(name);
      else if (entry.isSymbolicLink() && (await isFile(join(directory, name)))) names.push(name);
    }
  };
  await visit("").catch((cause) => {
    throw localFailure("read", directory, cause);
  });
  return names;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
