import { basename, join } from "node:path";
import { type FoundFile, listAll } from "./evict.js";
import { createOwner } from "./owner.js";
import type { SpoolEffects } from "./spool-effects.js";
import {
  decodeSpoolFile,
  type JsonFields,
  objectOf,
  type SpoolPlace,
  textField,
} from "./spool-file.js";
import { codeOf, diskFiles, type SpoolFiles } from "./spool-files.js";

/** What the spool holds for one server and workspace. */
export interface SpooledServer extends SpoolPlace {
  /** Items that wait, and that a process is sending. */
  readonly waiting: number;
  /** Those that are traces. */
  readonly traces: number;
  /** The attachments that wait apart from their traces. */
  readonly attachments: number;
  /** Items that are data of runs: each call that logs values, a file, a tag or a status is one. */
  readonly runData: number;
  /** The runs that they belong to. */
  readonly runs: number;
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
  const servers = new Map<string, Listed>();
  for (const file of listAll(root, effects)) {
    const one = serverOf(file, effects);
    if (!one) continue;
    const key = JSON.stringify([one.uri, one.workspace]);
    const known = servers.get(key);
    servers.set(key, known ? sumOf(known, one) : one);
  }
  return [...servers.values()].map(({ runKeys, ...server }) => ({ ...server, runs: runKeys.size }));
}

/** `runKeys` identify the runs of several files. */
type Listed = Omit<SpooledServer, "runs"> & { readonly runKeys: ReadonlySet<string> };

/** Undefined if another process has sent, claimed or removed the file since it was listed. */
function serverOf(file: FoundFile, { files }: SpoolEffects): Listed | undefined {
  const bytes = readIfThere(file.path, files);
  if (!bytes) return undefined;
  const content = decodeSpoolFile(bytes);
  const isReadable = typeof content !== "string";
  const isWaiting = isReadable && file.kind !== "dead";
  const answer = isReadable ? content.answer : undefined;
  const items = isWaiting ? content.items.map(({ fields }) => fields) : [];
  const ofKind = (kind: string) => items.filter((fields) => fields.kind === kind);
  const attachments = ofKind("attachments").map((fields) => fields.attachments);
  return {
    ...(isReadable ? content.place : { uri: "", workspace: undefined }),
    waiting: isWaiting ? file.items : 0,
    traces: ofKind("trace").length,
    attachments: attachments.reduce<number>((sum, list) => sum + lengthOf(list), 0),
    runData: ofKind("run").length,
    runKeys: new Set(ofKind("run").map(({ run }) => keyOfRun(objectOf(run) ?? {}))),
    refused: isWaiting ? 0 : file.items,
    bytes: file.bytes,
    oldestMs: file.createdAtMs,
    answers: answer === undefined ? [] : [answer],
  };
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function keyOfRun(run: JsonFields): string {
  return textField(run, "runId") ?? textField(run, "key") ?? "";
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
function sumOf(older: Listed, newer: Listed): Listed {
  return {
    ...older,
    waiting: older.waiting + newer.waiting,
    traces: older.traces + newer.traces,
    attachments: older.attachments + newer.attachments,
    runData: older.runData + newer.runData,
    runKeys: new Set([...older.runKeys, ...newer.runKeys]),
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
