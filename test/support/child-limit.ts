/**
 * How long a program that a test starts may take before it is killed. It only ends programs that hang:
 * tests that measure time compare with the settings of the program, not with this.
 */
export const CHILD_LIMIT_MS = 240_000;
