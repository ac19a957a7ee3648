import { type Live, readLangChain } from "../callbacks/read.js";
import { getPipeline } from "../pipeline/pipeline.js";
import type { Plain, PlainObject } from "../trace/plain.js";
import type { RedactContext } from "../trace/redact.js";
import { createSnapshot } from "../trace/snapshot.js";
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
