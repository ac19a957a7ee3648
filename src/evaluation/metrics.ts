import type { Aggregation, AggregationName } from "../scorers/scorer.js";
import { aggregate, numericValue } from "./aggregate.js";
import type { EvaluatedRow } from "./evaluated-row.js";

/** Values that are measured without a scorer: seconds, tokens, and US dollars of each row. */
export const MEASURED = ["latency", "tokens", "cost"] as const;
const DEFAULTS: Readonly<Record<string, readonly Aggregation[]>> = {
  latency: ["mean", "p90"],
  tokens: ["mean"],
  cost: ["mean"],
};

export interface Aggregated {
  readonly name: string;
  readonly aggregations?: readonly Aggregation[] | undefined;
}

/**
 * The metrics of a run, such as `correctness/mean`: numbers, booleans, and yes or no, of all rows.
 *
 * @param extra more aggregations by the name of the scorer.
 */
export function metricsOf(
  rows: readonly EvaluatedRow[],
  scorers: readonly Aggregated[],
  extra: Readonly<Record<string, readonly AggregationName[]>>,
): Record<string, number> {
  const scored = valuesOf(rows);
  const measured = measuredValues(rows).filter(([name]) => !scored.has(name));
  const metrics: Record<string, number> = {};
  for (const [name, values] of [...scored, ...measured]) {
    if (values.length === 0) continue;
    const isMeasured = !scored.has(name);
    for (const aggregation of aggregationsOf(name, scorers, extra, isMeasured)) {
      const key = typeof aggregation === "string" ? aggregation : aggregation.name || "custom";
      metrics[`${name}/${key}`] = aggregate(values, aggregation);
    }
  }
  return metrics;
}

function measuredValues(rows: readonly EvaluatedRow[]): [string, number[]][] {
  return MEASURED.map((name) => {
    const field = name === "latency" ? "latencySeconds" : name;
    return [name, rows.flatMap((row) => row[field] ?? [])];
  });
}

/** The numeric values of all rows, by the name of the feedback. */
function valuesOf(rows: readonly EvaluatedRow[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const { name, value, error } of rows.flatMap(({ feedback }) => feedback)) {
    const number = error ? undefined : numericValue(value);
    if (number === undefined) continue;
    const list = values.get(name) ?? [];
    list.push(number);
    values.set(name, list);
  }
  return values;
}

/** A name may contain a slash: what follows the first one may be the name of the scorer. */
function aggregationsOf(
  name: string,
  scorers: readonly Aggregated[],
  extra: Readonly<Record<string, readonly AggregationName[]>>,
  isMeasured: boolean,
): readonly Aggregation[] {
  const short = name.slice(name.indexOf("/") + 1);
  const scorer =
    scorers.find((one) => one.name === name) ?? scorers.find((one) => one.name === short);
  const own = scorer?.aggregations ?? (isMeasured ? DEFAULTS[name] : undefined);
  return [...new Set([...(own ?? ["mean"]), ...(extra[scorer?.name ?? name] ?? [])])];
}
