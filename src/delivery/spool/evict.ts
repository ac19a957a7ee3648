import { basename, join } from "node:path";
import { LOCK_PREFIX } from "./run-lock.js";
import type { SpoolEffects } from "./spool-effects.js";
import { readName } from "./spool-name.js";

export interface SpoolLimits {
  readonly maxSpoolBytes: number;
  readonly maxSpoolAgeMs: number;
}

/** A file whose items were removed because of a limit. */
export interface EvictedFile {
  readonly name: string;
  readonly items: number;
  readonly reason: "spool_full" | "spool_expired";
}

/** A file of the spool. */
export interface FoundFile {
  readonly path: string;
  readonly createdAtMs: number;
  readonly items: number;
  readonly bytes: number;
  /** Refused items are not lost again, and claimed files are not removed. */
  readonly kind: "new" | "dead" | "cur";
}

/** Names of files without their claims. */
const CLAIM = /\..*$/;
/** No write takes this long: the process has ended before it was complete. */
const UNFINISHED_MS = 60 * 60 * 1000;
/** Earlier than this package. A device without a battery starts in 1970, until it has asked for the time. */
const NO_TIME_BEFORE_MS = Date.UTC(2020, 0);

/** Lists the files of all servers. Files of others are not among them. `list`: as that of the effects. */
export function listAll(
  root: string,
  { files }: Pick<SpoolEffects, "files">,
  list = files.list,
): FoundFile[] {
  const found: FoundFile[] = [];
  for (const folder of files.list(root)) {
    if (!/^[0-9a-f]{16}$/.test(folder)) continue;
    for (const kind of ["new", "dead", "cur"] as const) {
      for (const name of list(join(root, folder, kind))) {
        const facts = readName(name.replace(CLAIM, ""));
        if (facts) found.push({ ...facts, kind, path: join(root, folder, kind, name) });
      }
    }
  }
  return found.sort((one, other) => one.createdAtMs - other.createdAtMs);
}

/**
 * Removes the files that are too old, and then the oldest ones until the rest fits. A file from the future, which a clock that
 * was wrong has made, counts as new. `isClockSteady`: without it no file counts as too old.
 */
export function evict(
  root: string,
  effects: SpoolEffects,
  { maxSpoolBytes, maxSpoolAgeMs }: SpoolLimits,
  isClockSteady: boolean,
): { readonly evicted: readonly EvictedFile[]; readonly bytes: number } {
  const { files, now } = effects;
  removeUnfinished(root, effects);
  const found = listAll(root, effects, (path) => attempt(() => files.list(path)) ?? []);
  let bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  const evicted: EvictedFile[] = [];
  for (const { path, createdAtMs, items, bytes: size, kind } of found) {
    const isAgeKnown = isClockSteady && createdAtMs > NO_TIME_BEFORE_MS;
    const isOld = isAgeKnown && now() - createdAtMs > maxSpoolAgeMs;
    if (kind === "cur" || !(isOld || bytes > maxSpoolBytes)) continue;
    const isRemoved = attempt(() => files.remove(path));
    if (isRemoved !== undefined) bytes -= size;
    // Another process may have removed the file, and counted its items, or may have claimed it.
    if (!isRemoved) continue;
    const reason = isOld ? "spool_expired" : "spool_full";
    if (kind === "new") evicted.push({ name: basename(path), items, reason });
  }
  return { evicted, bytes };
}

function removeUnfinished(root: string, { files, now }: SpoolEffects): void {
  for (const folder of files.list(root)) {
    if (!/^[0-9a-f]{16}$/.test(folder)) continue;
    for (const name of attempt(() => files.list(join(root, folder, "tmp"))) ?? []) {
      const path = join(root, folder, "tmp", name);
      const isLock = name.startsWith(LOCK_PREFIX);
      const createdAtMs = isLock
        ? attempt(() => files.changedAtMs(path))
        : readName(name)?.createdAtMs;
      if (createdAtMs !== undefined && now() - createdAtMs > UNFINISHED_MS) {
        attempt(() => files.remove(path));
      }
    }
  }
}

/** The limits apply to the other files if one cannot be listed or removed: it belongs to another user, or has just been removed. */
function attempt<R>(work: () => R): R | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
