import type { Plain, PlainObject } from "../data/plain.js";
import { nameWithoutKeys } from "../data/secret-texts.js";
import { kindOfName, REDACTED } from "../data/secrets.js";
import { createSnapshot } from "../data/snapshot.js";
import { type Live, readLangChain } from "../langchain/events/read.js";
import { getPipeline } from "../recording/pipeline.js";
import { REDACTION_FAILED, type RedactContext } from "../trace/redact.js";
import { flatten } from "./python-values.js";

/** Counts the characters of the values that one event records, to limit the memory of a handler. */
export interface TextMeter {
  characters: number;
}

/** Reads a live value of LangChain like traces do: with the same limits, without secrets, and with the app's `redact`. */
export function readValue(
  live: unknown,
  context: RedactContext,
  meter: TextMeter,
): Plain | undefined {
  const plain = snapshot(live, meter);
  return plain === undefined ? undefined : getPipeline().redactValue(plain, context);
}

/** Removes secrets from the name of a run, a tool or an error, and applies the app's `redact`. */
export function readName(name: string, context: RedactContext): string {
  const { options, redactValue } = getPipeline();
  const clean = options.redactSecrets ? nameWithoutKeys(name) : name;
  const redacted = redactValue(clean, context);
  return typeof redacted === "string" ? redacted : REDACTION_FAILED;
}

/** Removes secrets from the tags of a run, and applies the app's `redact`. */
export function readTags(
  tags: Readonly<Record<string, string>>,
  context: Omit<RedactContext, "field" | "name">,
): Record<string, string> {
  const { redactSecrets } = getPipeline().options;
  const read = (name: string, value: string) =>
    redactSecrets && kindOfName(name) === "secret"
      ? REDACTED
      : readName(value, { ...context, field: "tag", name });
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, read(name, value)]));
}

/** Reads LangChain's serialized form of an object as flat fields, such as `kwargs_…`. */
export function readSerialized(
  live: unknown,
  context: RedactContext,
  meter: TextMeter,
): PlainObject {
  return flatten(readValue(live, { ...context, field: "attribute", name: "serialized" }, meter));
}

const snapshot = createSnapshot(
  () => getPipeline().options,
  (value, redactsSecrets) => readLangChain(value, redactsSecrets) ?? serialize(value as Live),
);

/** Serializes one level of a LangChain object. The snapshot visits the levels below. */
function serialize(value: Live): object | undefined {
  if (typeof value.toJSON !== "function" || !Array.isArray(value.lc_namespace)) return undefined;
  return value.toJSON() as object;
}
