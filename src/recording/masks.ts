import { nameWithoutKeys, withoutCredentials } from "../data/secret-texts.js";
import { kindOfName, REDACTED } from "../data/secrets.js";

/** Removes secrets from texts of a trace that no snapshot was made of. */
export interface Masks {
  /** The name of a span. */
  readonly name: (name: string) => string;
  /** The value of a tag or of metadata, or a preview. */
  readonly field: (name: string, value: string) => string;
}

export const MASKS: Masks = {
  name: nameWithoutKeys,
  field: (name, value) => (kindOfName(name) === "secret" ? REDACTED : withoutCredentials(value)),
};

export const NO_MASKS: Masks = { name: (name) => name, field: (_name, value) => value };

/** Masks each value that the app has set. Keys of MLflow have no secrets. */
export function maskFields(
  fields: Readonly<Record<string, string>>,
  { field }: Masks,
): Record<string, string> {
  const entries = Object.entries(fields);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isMlflowKey(name) ? value : field(name, value)]),
  );
}

/** `token` in the name of a key of MLflow is a count. */
export function isMlflowKey(name: string): boolean {
  return name.startsWith("mlflow.");
}
