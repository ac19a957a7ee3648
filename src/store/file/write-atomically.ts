import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder, makeFolders, removeFolder, rename, type Steps, writeFile } from "./steps.js";

export interface FileToWrite {
  /** Inside the folder, with `/`. */
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** Longer than any write takes, so what is older was left by a process that died. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

// No fsync: renames already make a killed process harmless, and some 15 fsyncs a trace (milliseconds
// each) would only save the last seconds before a power cut.

/**
 * Puts a whole new folder at `target`, which nobody sees half written.
 * False, and nothing changed, when something is there already.
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
 * The same, but where the folder exists each of its files is replaced by rename: at every moment
 * it holds whole files, and what others have put beside ours (assessments, tags) stays.
 * True when the folder is new.
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

/** Removes what processes that were killed in the middle of a write have left. Never rejects. */
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

/** `place` says whether it moved the staging folder away. */
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

/** What is left must not hide why the write failed. */
function* discard(staging: string): Steps<void> {
  try {
    yield* removeFolder(staging);
  } catch {
    // The next sweep takes it.
  }
}

/** A rename cannot replace a folder that holds something: that is what decides races between processes. */
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
  // Windows says EPERM.
  return (
    code === "ENOTEMPTY" || code === "EEXIST" || (code === "EPERM" && process.platform === "win32")
  );
}

function* makeFoldersOf(folder: string, files: readonly FileToWrite[]): Steps<void> {
  for (const name of new Set(files.map(({ path }) => dirname(path)))) {
    yield* makeFolders(join(folder, name));
  }
}
