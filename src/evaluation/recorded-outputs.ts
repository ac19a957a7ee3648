import { isDeepStrictEqual } from "node:util";
import { attempt } from "../base/show.js";
import { createSnapshot } from "../data/snapshot.js";
import { getReaders } from "../recording/readers.js";
import { jsonValue } from "../settings/kinds.js";
import { sortedJson } from "./items.js";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const LIMITS = {
  maxStringCharacters: NO_LIMIT,
  maxValueCharacters: NO_LIMIT,
  maxValueNodes: NO_LIMIT,
  maxTraceCharacters: NO_LIMIT,
};

const snapshot = createSnapshot(
  () => LIMITS,
  (value, redactsSecrets) => getReaders().readInstance(value, redactsSecrets),
);

/**
 * Whether a trace has all that the model returned: nothing is redacted or too long. An object of a class counts as recorded if
 * the trace has its fields, which scorers can read.
 */
export function isRecordedWhole(recorded: unknown, outputs: unknown): boolean {
  const data = attempt(() => jsonValue.read(outputs));
  const isData = data !== undefined && isDeepStrictEqual(data, outputs);
  const whole = isData ? data : snapshot(outputs, { characters: 0 });
  return attempt(() => sortedJson(recorded ?? null) === sortedJson(whole ?? null)) ?? false;
}
