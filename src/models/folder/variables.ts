/** Names of environment variables that a model reads; never their values. */

const MAX_DEPTH = 12;

/** The keys that the classes of a loaded model say they need, where they have them. */
export function secretVariables(model: object): string[] {
  const names = new Set<string>();
  visit(model, names, new Set(), 0);
  return [...names].sort();
}

function visit(value: unknown, names: Set<string>, seen: Set<object>, depth: number): void {
  if (typeof value !== "object" || value === null || seen.has(value) || depth > MAX_DEPTH) return;
  seen.add(value);
  try {
    const live = value as Readonly<Record<string, unknown>>;
    const { lc_secrets: secrets } = live;
    for (const [field, name] of Object.entries((secrets as object | undefined) ?? {})) {
      const isThere = live[field] !== undefined && live[field] !== null;
      if (typeof name === "string" && isThere) names.add(name);
    }
    for (const one of Object.values(value)) visit(one, names, seen, depth + 1);
  } catch {
    // A getter of the app's own may throw: then there is nothing to read.
  }
}

/** The text of `environment_variables.txt`. */
export function variablesText(names: readonly string[]): string {
  return [
    "# The environment variables this model reads, by name; their values are not stored.",
    "# Set them where the model is loaded. One that has a default may be left out.",
    ...names,
    "",
  ].join("\n");
}
