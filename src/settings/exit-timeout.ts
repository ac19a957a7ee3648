import type { AutologOptions } from "./options.js";

const EXIT_TIMEOUT_MS = 10_000;
/** What is left is on disk, so that a longer wait is not worth the time of the user. */
const SPOOLED_EXIT_TIMEOUT_MS = 2_000;

/** How long the end of the process may be delayed. `isSpooled`: the spool can keep everything that is left. */
export function exitTimeoutOf({ exitTimeoutMs }: AutologOptions, isSpooled = false): number {
  return exitTimeoutMs ?? (isSpooled ? SPOOLED_EXIT_TIMEOUT_MS : EXIT_TIMEOUT_MS);
}
