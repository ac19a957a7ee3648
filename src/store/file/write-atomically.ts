import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder, makeFolders, removeFolder, rename, type Steps, writeFile } from "./steps.js";

export interface FileToWrite {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** No write takes this long: an older folder belongs to a process that was killed. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

// No fsync: a rename is enough to survive a killed process. About 15 fsyncs for each trace, several milliseconds
// each, would only protect the last seconds before a power failure.

/**
 * Creates the folder `target` with its files in one step, so that no reader sees a part of it.
 * Returns false, and changes nothing, if `target` already exists.
 */
export function placeNew(
  incoming: string,
  target: string,
  files: readonly FileToWrite[],
  emptyFolders: readonly string[] = [],
): Steps<boolean> {
  return staged(incoming, target, files, function* (staging) {
    for (const name of emptyFolders) yield* makeFolder(join(staging, name));
    return yield* moveFolder(staging, target);
  });
}

/**
 * Like {@link placeNew}, but if the folder exists, replaces each of the files by a rename. Readers always see whole
 * files, and the folder's other files (assessments, tags) stay. Returns true if the folder is new.
 */
export function placeOrReplace(
  incoming: string,
  target: string,
  files: readonly FileToWrite[],
): Steps<boolean> {
  return staged(incoming, target, files, function* (staging) {
    if (yield* moveFolder(staging, target)) return true;
    yield* makeFoldersOf(target, files);
    for (const { path } of files) yield* rename(join(staging, path), join(target, path));
    return false;
  });
}

/** Removes the unfinished folders of processes that were killed. Never rejects. */
export async function sweepIncoming(incoming: string): Promise<void> {
  const names = await readdir(incoming).catch(() => []);
  const before = Date.now() - ABANDONED_AFTER_MS;
  for (const name of names) {
    const path = join(incoming, name);
    const abandoned = await stat(path).then(
      (found) => found.mtimeMs < before,
      () => false,
    );
    if (abandoned) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Writes the files to a staging folder. `place` returns true if it moved that folder. */
function* staged(
  incoming: string,
  target: string,
  files: readonly FileToWrite[],
  place: (staging: string) => Steps<boolean>,
): Steps<boolean> {
  const staging = join(incoming, `${basename(target)}.${randomUUID()}`);
  let moved = false;
  try {
    yield* makeFoldersOf(staging, files);
    for (const { path, text } of files) yield* writeFile(join(staging, path), text);
    moved = yield* place(staging);
    return moved;
  } finally {
    if (!moved) yield* discard(staging);
  }
}

/** A failure to remove must not hide why the write failed. */
function* discard(staging: string): Steps<void> {
  try {
    yield* removeFolder(staging);
  } catch {
    // The next sweep removes it.
  }
}

/** A rename cannot replace a folder that is not empty. This decides races between processes. */
function* moveFolder(from: string, to: string): Steps<boolean> {
  try {
    yield* rename(from, to);
    return true;
  } catch (cause) {
    if (isTaken(cause)) return false;
    throw cause;
  }
}

function isTaken(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException).code;
  // Windows reports EPERM.
  return (
    code === "ENOTEMPTY" || code === "EEXIST" || (code === "EPERM" && process.platform === "win32")
  );
}

function* makeFoldersOf(folder: string, files: readonly FileToWrite[]): Steps<void> {
  for (const name of new Set(files.map(({ path }) => dirname(path)))) {
    yield* makeFolders(join(folder, name));
  }
}
