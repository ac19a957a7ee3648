import type { Plain, PlainObject } from "../data/plain.js";
import { nameWithoutKeys } from "../data/secret-texts.js";
import { kindOfName, REDACTED } from "../data/secrets.js";
import { createSnapshot } from "../data/snapshot.js";
import { type Live, readLangChain } from "../langchain/events/read.js";
import { getPipeline } from "../recording/pipeline.js";
import { REDACTION_FAILED, type RedactContext } from "../trace/redact.js";
import { flatten } from "./flatten.js";

/** What a value is to a handler's reader: how large it is, for what is kept of it. */
export interface Meter {
  characters: number;
}

/** Reads LangChain's live values as traces do: within the same limits, without secrets, through the user's `redact`. */
export function readValue(live: unknown, context: RedactContext, meter: Meter): Plain | undefined {
  const plain = snapshot(live, meter);
  return plain === undefined ? undefined : getPipeline().redactValue(plain, context);
}

/** A name that the app gives to a run, a tool or an error, as it may be stored. */
export function readName(name: string, context: RedactContext): string {
  const { options, redactValue } = getPipeline();
  const clean = options.redactSecrets ? nameWithoutKeys(name) : name;
  const redacted = redactValue(clean, context);
  return typeof redacted === "string" ? redacted : REDACTION_FAILED;
}

/** Tags that the app gives to the run of a handler, as they may be stored. */
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

/** What the object says of itself, `kwargs_…` and all, flat. */
export function readSerialized(live: unknown, context: RedactContext, meter: Meter): PlainObject {
  return flatten(readValue(live, { ...context, field: "attribute", name: "serialized" }, meter));
}

const snapshot = createSnapshot(
  () => getPipeline().options,
  (value, redactsSecrets) => readLangChain(value, redactsSecrets) ?? serialize(value as Live),
);

/** LangChain's own form of its objects, one level of it: the snapshot walks on. */
function serialize(value: Live): object | undefined {
  if (typeof value.toJSON !== "function" || !Array.isArray(value.lc_namespace)) return undefined;
  return value.toJSON() as object;
}
