export type Value = string | number;
export type Compare = (found: Value, wanted: Value) => boolean;

/** What MLflow's filter language compares by. */
export const COMPARISONS: Readonly<Record<string, Compare>> = {
  "=": (found, wanted) => found === wanted,
  "!=": (found, wanted) => found !== wanted,
  "<": (found, wanted) => found < wanted,
  "<=": (found, wanted) => found <= wanted,
  ">": (found, wanted) => found > wanted,
  ">=": (found, wanted) => found >= wanted,
  LIKE: (found, wanted) => like(String(wanted), "s").test(String(found)),
  ILIKE: (found, wanted) => like(String(wanted), "is").test(String(found)),
};

/** `%` is any text and `_` any character, as in SQL. */
function like(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${source}$`, flags);
}
