import { invalidParameter } from "../../base/errors.js";
import { show } from "../../base/show.js";
import { AGGREGATIONS, type AggregationName } from "../../scorers/scorer.js";
import type { QualityCriteriaRule } from "./rule.js";

const EXAMPLE = "correctness >= 0.9 AND latency/p90 <= 2";

/** The characters that `\s` means in Python, which are not those of JavaScript. */
const SPACE =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const WORD = "[\\p{L}\\p{N}_.]";
// Python accepts a slash only in quotes. Here a name may have one without.
const NAME = `\`(?<quoted>[^\`]+)\`|"(?<doubleQuoted>[^"]+)"|(?<bare>[A-Za-z_]${WORD}*(?:/${WORD}+)*)`;
const COMPARATOR = "(?<comparator>>=|<=|!=|=|>|<)";
const NUMBER = "(?<threshold>[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)";
const CONDITION = new RegExp(
  `${SPACE}*(?:${NAME})${SPACE}*${COMPARATOR}${SPACE}*${NUMBER}${SPACE}*`,
  "uy",
);
const AND = new RegExp(`(?<=${SPACE})AND${SPACE}`, "iy");
const BLANK = new RegExp(`^${SPACE}*$`);

/** How many scorers have a name. */
type NameCounts = ReadonlyMap<string, number>;

/**
 * Parses quality criteria: conditions joined by `AND`, each `<metric> >= <number>` or `<metric> <= <number>`. A metric is
 * the name of a scorer, which means its mean, or `<name of a scorer>/<aggregation>`. A name with other characters than
 * letters, digits, `_`, `.` and `/` is written in backticks or double quotes. Mirrors the option `quality_criteria` of
 * `mlflow.genai.evaluate`, and also accepts a slash without quotes.
 *
 * @param text a blank text, undefined and null have no rules.
 * @throws MlflowException INVALID_PARAMETER_VALUE for another syntax, a name that no scorer or several scorers have, a
 * comparator other than `>=` and `<=`, a number that is not finite, and two conditions on one metric.
 */
export function parseQualityCriteria(
  scorers: readonly { readonly name: string }[],
  text: unknown,
): readonly QualityCriteriaRule[] {
  if (text === undefined || text === null) return [];
  if (typeof text !== "string") {
    throw invalidParameter(
      `The option \`qualityCriteria\` takes a string such as "${EXAMPLE}", got ${show(text)}.`,
    );
  }
  if (BLANK.test(text)) return [];
  const counts: NameCounts = countNames(scorers);
  const rules: QualityCriteriaRule[] = [];
  let end = 0;
  do {
    if (end > 0) end = matchAt(AND, text, end).end;
    const condition = matchAt(CONDITION, text, end);
    const rule = readCondition(condition.groups, counts);
    if (rules.some(({ metricKey }) => metricKey === rule.metricKey)) {
      throw invalidParameter(
        `The option \`qualityCriteria\` has several conditions on '${rule.metricKey}'. Write one condition for each metric.`,
      );
    }
    rules.push(rule);
    end = condition.end;
  } while (end < text.length);
  return rules;
}

function countNames(scorers: readonly { readonly name: string }[]): NameCounts {
  const counts = new Map<string, number>();
  for (const { name } of scorers) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

interface Match {
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly end: number;
}

function matchAt(pattern: RegExp, text: string, start: number): Match {
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  if (match) return { groups: { all: match[0], ...match.groups }, end: start + match[0].length };
  throw invalidParameter(
    `The option \`qualityCriteria\` is not valid at ${show(text.slice(start))}: it takes conditions joined by AND, such as "${EXAMPLE}". Names with spaces or symbols need backticks. Got ${show(text)}.`,
  );
}

function readCondition(groups: Match["groups"], counts: NameCounts): QualityCriteriaRule {
  const condition = show((groups.all ?? "").trim());
  const threshold = Number(groups.threshold);
  if (!Number.isFinite(threshold)) {
    throw invalidParameter(`The condition ${condition} takes a finite number.`);
  }
  const { comparator } = groups;
  if (comparator !== ">=" && comparator !== "<=") {
    throw invalidParameter(
      `The condition ${condition} takes the comparator >= or <=, got ${comparator}.`,
    );
  }
  const key = groups.quoted ?? groups.doubleQuoted ?? groups.bare ?? "";
  const { scorerName, aggregation } = readMetric(key, counts);
  const metricKey = `${scorerName}/${aggregation}`;
  return { scorerName, aggregation, metricKey, comparator, threshold };
}

/** A scorer whose name contains a slash has priority over an aggregation of another scorer. */
function readMetric(
  key: string,
  counts: NameCounts,
): Pick<QualityCriteriaRule, "scorerName" | "aggregation"> {
  const slash = key.lastIndexOf("/");
  const prefix = key.slice(0, Math.max(0, slash));
  const aggregation = aggregationOf(key.slice(slash + 1));
  const isAggregated = !counts.has(key) && slash >= 0 && counts.has(prefix) && aggregation;
  const scorerName = isAggregated ? prefix : key;
  const count = counts.get(scorerName) ?? 0;
  if (count === 0) {
    const names = [...counts.keys()].sort().join(", ") || "(no scorers)";
    throw invalidParameter(
      `The condition on ${show(key)} names no scorer of this evaluation. Write the name of a scorer for its mean, or <name>/<aggregation> with one of ${AGGREGATIONS.join(", ")}. Scorers are: ${names}.`,
    );
  }
  if (count > 1) {
    throw invalidParameter(
      `The condition on ${show(key)} names ${count} scorers of this evaluation. Give each scorer a name of its own.`,
    );
  }
  return { scorerName, aggregation: isAggregated || "mean" };
}

function aggregationOf(name: string): AggregationName | undefined {
  return AGGREGATIONS.find((aggregation) => aggregation === name);
}
