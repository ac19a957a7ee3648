import { createHash } from "node:crypto";
import { join } from "node:path";
import type { SpoolEffects } from "./spool-effects.js";
import { codeOf } from "./spool-files.js";

export const LOCK_PREFIX = "run-";

/**
 * Locks the creation of a run, or a change of its tables. Several files may have items of one run. Without the lock, each process
 * that has claimed one of these files would create the run. The lock is a file in `tmp`, where files that a killed process has left are removed. Returns a function that unlocks.
 * Undefined if another process has the lock.
 */
export function lockRun(
  folder: string,
  key: string,
  { files, owner, now }: SpoolEffects,
): (() => void) | undefined {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const path = join(folder, "tmp", `${LOCK_PREFIX}${name}`);
  const isHeld = () => {
    try {
      const holder = Buffer.from(files.read(path)).toString();
      return !owner.isGone(holder, files.changedAtMs(path), now());
    } catch {
      // It was unlocked in the meantime.
      return false;
    }
  };
  for (let attempts = 1; attempts <= 2; attempts += 1) {
    try {
      files.write(path, Buffer.from(owner.name));
      return () => void files.remove(path);
    } catch (cause) {
      // A disk that is full must not stop the delivery.
      if (codeOf(cause) !== "EEXIST") return () => {};
      if (isHeld()) return undefined;
      files.remove(path);
    }
  }
  return undefined;
}
