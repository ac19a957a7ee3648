import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunTarget } from "../delivery/destination.js";
import type { FileToLog } from "../delivery/run-job.js";
import { joinArtifactPath } from "../store/artifact-path.js";
import type { FileTask } from "./put.js";

/** The end of a process reads at most so many bytes and files of one call into the spool. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 1000;

/** A file on this machine, and its path among the artifacts of a run. */
interface LocalFile {
  readonly file: string;
  readonly path: string;
  readonly bytes: number;
}

/** What the end of the process does with a file or a directory whose upload to `path` is not complete. */
export function filesAtExit(
  { store }: RunTarget,
  localPath: string,
  path: string,
): Pick<FileTask, "files" | "canRead" | "performSync"> {
  return {
    files: () => smallFiles(localPath, path)?.map(read),
    canRead: () => smallFiles(localPath, path) !== undefined,
    performSync:
      store.writeArtifactSync &&
      ((runId) => {
        for (const file of filesBelow(localPath, path)) {
          store.writeArtifactSync?.(runId, file.path, read(file).bytes);
        }
      }),
  };
}

function read({ file, path }: LocalFile): FileToLog {
  return { path, bytes: readFileSync(file) };
}

/** Undefined if the files are too large, too many, or not readable. */
function smallFiles(localPath: string, path: string): readonly LocalFile[] | undefined {
  const found: LocalFile[] = [];
  let bytes = 0;
  try {
    for (const file of filesBelow(localPath, path)) {
      found.push(file);
      bytes += file.bytes;
      if (bytes > MAX_BYTES || found.length > MAX_FILES) return undefined;
    }
    return found;
  } catch {
    return undefined;
  }
}

/** A file, or the files of a directory, as their upload finds them: it follows links to files, and ignores links to directories. */
function* filesBelow(file: string, path: string): Iterable<LocalFile> {
  const stats = statSync(file);
  if (stats.isFile()) yield { file, path, bytes: stats.size };
  if (!stats.isDirectory()) return;
  for (const entry of readdirSync(file, { withFileTypes: true })) {
    const below = join(file, entry.name);
    if (entry.isSymbolicLink() && !isFile(below)) continue;
    yield* filesBelow(below, joinArtifactPath(path, entry.name));
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
