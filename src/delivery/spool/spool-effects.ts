import type { Owner } from "./owner.js";
import type { SpoolFiles } from "./spool-files.js";

/** What the spool needs of the system. */
export interface SpoolEffects {
  readonly files: SpoolFiles;
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
