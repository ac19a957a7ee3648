import { readFileSync } from "node:fs";
import { MlflowException } from "../../../src/base/errors.js";
import { parseQualityCriteria } from "../../../src/evaluation/criteria/parse.js";
import { extraAggregations } from "../../../src/evaluation/criteria/rule.js";
import { qualityCriteriaTag } from "../../../src/evaluation/criteria/tag.js";

/** What quality criteria mean: the rules of the tag and the aggregations they need, or the class of the error. */
export type Outcome =
  | { readonly rules: unknown; readonly aggregations: unknown }
  | { readonly error: string };

export interface CriteriaCases {
  readonly scorers: readonly string[];
  readonly cases: readonly { readonly text: string; readonly outcome: Outcome }[];
}

/** The names of scorers, then a text on each line and what MLflow 3.18 in Python makes of it. */
export const CRITERIA_FILE = `${import.meta.dirname}/quality-criteria.jsonl`;

export function criteriaCases(): CriteriaCases {
  const lines = readFileSync(CRITERIA_FILE, "utf8").trim().split("\n");
  const [{ scorers }, ...cases] = lines.map((line) => JSON.parse(line));
  return { scorers, cases };
}

/** The classes of errors, and how Python and this package write them. */
const ERRORS: Readonly<Record<string, RegExp>> = {
  syntax: /^Invalid quality criteria .* at |is not valid at /s,
  comparator: /only `>=` and `<=` are supported|takes the comparator/,
  infinite: /finite number/,
  duplicate: /more than one condition on|has several conditions on/,
  unknown: /doesn't match any scorer|names no scorer/,
  ambiguous: /matches more than one scorer|names \d+ scorers/,
};

export function errorClass(code: string, message: string): Outcome {
  if (code !== "INVALID_PARAMETER_VALUE") throw new Error(`${code}: ${message}`);
  const found = Object.entries(ERRORS).filter(([, pattern]) => pattern.test(message));
  if (found.length !== 1) throw new Error(`${found.length} classes of errors fit: ${message}`);
  return { error: found[0]?.[0] ?? "" };
}

/** What this package makes of a text. */
export function outcomeOf(scorers: readonly string[], text: string): Outcome {
  try {
    const named = scorers.map((name) => ({ name }));
    const rules = parseQualityCriteria(named, text);
    const tag = qualityCriteriaTag(rules);
    return {
      rules: tag ? JSON.parse(tag).rules : [],
      aggregations: extraAggregations(rules),
    };
  } catch (error) {
    if (!(error instanceof MlflowException)) throw error;
    return errorClass(error.errorCode, error.message);
  }
}

/** Texts that this package reads in another way than Python, each with the reason. Closed: nothing else differs. */
const DIFFERENCES: readonly { readonly why: string; readonly texts: RegExp }[] = [
  {
    why: "A name may contain a slash without quotes, so that an aggregation needs none.",
    texts: /(?:^|\sand\s)\s*[\p{L}_][\p{L}\p{N}_.]*(?:\/[\p{L}\p{N}_.]+)+\s*[<>=!]/iu,
  },
  { why: "Thresholds have the digits 0 to 9.", texts: />= \u0663/ },
];

export function isKnownDifference(text: string): boolean {
  return DIFFERENCES.some(({ texts }) => texts.test(text));
}
