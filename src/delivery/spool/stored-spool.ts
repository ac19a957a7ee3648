import { basename, join } from "node:path";
import { type FoundFile, listAll } from "./evict.js";
import { createOwner } from "./owner.js";
import type { SpoolEffects } from "./spool-effects.js";
import { decodeSpoolFile, type SpoolPlace } from "./spool-file.js";
import { codeOf, diskFiles, type SpoolFiles } from "./spool-files.js";

/** What the spool holds for one server and workspace. */
export interface SpooledServer extends SpoolPlace {
  /** Items that wait, and that a process is sending. */
  readonly waiting: number;
  /** Items that the server refused, and files that are damaged. */
  readonly refused: number;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly oldestMs: number;
  /** The server's answers to refused items, each once. */
  readonly answers: readonly string[];
}

export function newEffects(): SpoolEffects {
  return { files: diskFiles, owner: createOwner(), now: Date.now };
}

/** Lists what is in the spool, by server. Files that cannot be read are listed with an empty URI. */
export function listSpool(root: string, effects: SpoolEffects): SpooledServer[] {
  const servers = new Map<string, SpooledServer>();
  for (const file of listAll(root, effects)) {
    const one = serverOf(file, effects);
    if (!one) continue;
    const key = JSON.stringify([one.uri, one.workspace]);
    const known = servers.get(key);
    servers.set(key, known ? sumOf(known, one) : one);
  }
  return [...servers.values()];
}

/** Undefined if another process has sent, claimed or removed the file since it was listed. */
function serverOf(file: FoundFile, { files }: SpoolEffects): SpooledServer | undefined {
  const bytes = readIfThere(file.path, files);
  if (!bytes) return undefined;
  const content = decodeSpoolFile(bytes);
  const isReadable = typeof content !== "string";
  const isWaiting = isReadable && file.kind !== "dead";
  const answer = isReadable ? content.answer : undefined;
  return {
    ...(isReadable ? content.place : { uri: "", workspace: undefined }),
    waiting: isWaiting ? file.items : 0,
    refused: isWaiting ? 0 : file.items,
    bytes: file.bytes,
    oldestMs: file.createdAtMs,
    answers: answer === undefined ? [] : [answer],
  };
}

function readIfThere(path: string, files: SpoolFiles): Uint8Array | undefined {
  try {
    return files.read(path);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

/** `older` is the older of the two. */
function sumOf(older: SpooledServer, newer: SpooledServer): SpooledServer {
  return {
    ...older,
    waiting: older.waiting + newer.waiting,
    refused: older.refused + newer.refused,
    bytes: older.bytes + newer.bytes,
    answers: [...new Set([...older.answers, ...newer.answers])],
  };
}

/** Removes all files, except those that a process is sending. Returns the number of their items. */
export function purgeSpool(root: string, effects: SpoolEffects): number {
  const { files } = effects;
  let removed = 0;
  for (const { path, kind, items } of listAll(root, effects)) {
    if (kind === "cur" && !isLeft(path, effects)) continue;
    // Another process may have sent, claimed or removed the file since it was listed.
    if (files.remove(path)) removed += items;
  }
  for (const folder of files.list(root)) {
    if (!/^[0-9a-f]{16}$/.test(folder)) continue;
    for (const name of files.list(join(root, folder, "tmp"))) {
      files.remove(join(root, folder, "tmp", name));
    }
  }
  return removed;
}

function isLeft(path: string, { files, owner, now }: SpoolEffects): boolean {
  const claim = basename(path);
  const name = claim.slice(claim.indexOf(".") + 1);
  try {
    return owner.isGone(name, files.changedAtMs(path), now());
  } catch {
    return false;
  }
}
