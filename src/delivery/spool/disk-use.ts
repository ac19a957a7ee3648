import { debug } from "../../base/log.js";
import { isClockSteady } from "./clock.js";
import { type EvictedFile, evict, type SpoolLimits } from "./evict.js";
import type { SpoolEffects } from "./spool-effects.js";

/** Other processes write too, which only a listing shows: the files are listed again after this part of the limit. */
const LISTED_SHARE = 1 / 16;
/** How long a full spool is not listed again for a file that could be written. */
const FULL_MS = 1000;

/** The bytes of a spool, and its limits. Methods never throw. */
export class DiskUse {
  readonly #limits: SpoolLimits;
  readonly #effects: SpoolEffects;
  readonly #onEvicted: (file: EvictedFile) => void;
  #root: string | undefined;
  /** Of all files when they were listed last, and of those written since. */
  #bytes = 0;
  #bytesSinceListed = 0;
  #fullUntilMs = 0;

  /** @param limits are read at each use, since options can change. */
  constructor(limits: SpoolLimits, effects: SpoolEffects, onEvicted: (file: EvictedFile) => void) {
    this.#limits = limits;
    this.#effects = effects;
    this.#onEvicted = onEvicted;
  }

  /** Removes what exceeds the limits. `newBytes`: room for a file that is not written yet. */
  enforceLimits(root: string, newBytes = 0): void {
    this.#root = root;
    this.#bytesSinceListed = 0;
    try {
      const { maxSpoolBytes, maxSpoolAgeMs } = this.#limits;
      const limits = { maxSpoolBytes: maxSpoolBytes - newBytes, maxSpoolAgeMs };
      const { evicted, bytes } = evict(root, this.#effects, limits, isClockSteady());
      this.#bytes = bytes;
      for (const file of evicted) this.#onEvicted(file);
    } catch (cause) {
      debug("the limits of the spool: %o", cause);
    }
  }

  /** A file was written, or may now be removed. */
  noteWritten(root: string, bytes: number): void {
    this.#bytes += bytes;
    this.#bytesSinceListed += bytes;
    if (!this.#isKnown(root) || this.#bytes > this.#limits.maxSpoolBytes) this.enforceLimits(root);
  }

  /** Whether there is room for a file that no limit removes, since its items are in memory too. Removes older files for it. */
  hasRoomFor(root: string, bytes: number): boolean {
    const fits = () => this.#bytes + bytes <= this.#limits.maxSpoolBytes;
    if (this.#isKnown(root) && fits()) return true;
    if (performance.now() < this.#fullUntilMs) return false;
    this.enforceLimits(root, bytes);
    if (fits()) return true;
    this.#fullUntilMs = performance.now() + FULL_MS;
    return false;
  }

  #isKnown(root: string): boolean {
    const isRecent = this.#bytesSinceListed <= this.#limits.maxSpoolBytes * LISTED_SHARE;
    return this.#root === root && isRecent;
  }
}
