import type { Difference } from "./compare.js";

/** A difference from Python's recording that is right, and why. */
export interface AllowedDifference {
  readonly path: RegExp;
  /** Narrows it further, where the path says too little. */
  readonly when?: (difference: Difference) => boolean;
  readonly reason: string;
}

/** Never allowed, whatever the list says: names, types, status, token usage, session. */
const PROTECTED = new RegExp(
  [
    "^state$",
    "^spans/[^/]+/(name|label|type|status)$",
    "/mlflow\\.chat\\.tokenUsage(/|$)",
    "^metadata/mlflow\\.trace\\.(tokenUsage|session)(/|$)",
    "^tags/mlflow\\.traceName$",
  ].join("|"),
);

/** Closed: an entry that explains no difference of any program fails the test. */
export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [];

/** The entry that explains a difference. */
export function allowedBy(
  difference: Difference,
  entries: readonly AllowedDifference[] = ALLOWED_DIFFERENCES,
): AllowedDifference | undefined {
  if (PROTECTED.test(difference.path)) return undefined;
  return entries.find(
    ({ path, when }) => path.test(difference.path) && (when?.(difference) ?? true),
  );
}
