import { createHash } from "node:crypto";
import { isLiteral } from "../data/plain.js";
import type { Scorer } from "../scorers/scorer.js";
import { sortedJson } from "./items.js";

/** Differs if a scorer has changed: its code or its options. */
export function scorersDigest(scorers: readonly Scorer[]): string {
  const digests = scorers.map(definitionDigest).sort();
  const { length } = scorers;
  return JSON.stringify({ digest: sha256(digests.join("\n")), hashed: length, total: length });
}

/** The digest of one scorer. */
export function definitionDigest(scorer: Scorer): string {
  const fields = Object.entries(scorer).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "function" ? Function.prototype.toString.call(value) : describe(value),
  ]);
  return sha256(sortedJson({ class: scorer.constructor.name, fields }));
}

/** Options may be objects of other libraries, such as a model, which is described by its class. */
function describe(value: unknown): unknown {
  const isInstance = typeof value === "object" && value !== null && !Array.isArray(value);
  return isInstance && !isLiteral(value) ? value.constructor?.name : value;
}

export function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
