/** A correction of the clock by less than this changes nothing. */
const MAX_JUMP_MS = 60 * 60 * 1000;

const startedAtMs = Date.now() - performance.now();

/** Whether the time of day has run as fast as the process. If not, it says nothing about the age of files. */
export function isClockSteady(): boolean {
  return Math.abs(Date.now() - performance.now() - startedAtMs) < MAX_JUMP_MS;
}
