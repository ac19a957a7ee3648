import { messageOf } from "../base/errors.js";
import { ignoreRejection } from "../base/ignore-rejection.js";
import { show } from "../base/show.js";
import { ownField } from "../data/plain.js";
import type { Aggregation, AggregationName } from "../scorers/scorer.js";
import { aggregate, numericValue } from "./aggregate.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import { MEASURED, metricNamesOf } from "./metric-names.js";

const DEFAULTS: Readonly<Record<string, readonly Aggregation[]>> = {
  latency: ["mean", "p90"],
  tokens: ["mean"],
  cost: ["mean"],
};

export interface Aggregated {
  readonly name: string;
  readonly aggregations?: readonly Aggregation[] | undefined;
}

export interface Metrics {
  /** By name, such as `correctness/mean`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why metrics are missing: functions of the app that threw, or returned no number. */
  readonly reasons: readonly string[];
}

/**
 * The metrics of a run: numbers, booleans, and yes or no, of all rows.
 *
 * @param extra more aggregations by the name of the scorer.
 */
export function metricsOf(
  rows: readonly EvaluatedRow[],
  scorers: readonly Aggregated[],
  extra: Readonly<Record<string, readonly AggregationName[]>>,
): Metrics {
  const scored = valuesOf(rows);
  const measured = measuredValues(rows).filter(([name]) => !scored.has(name));
  const names = metricNamesOf(rows);
  const metrics = new Map<string, number>();
  const reasons: string[] = [];
  for (const [name, values] of [...scored, ...measured]) {
    if (values.length === 0) continue;
    for (const aggregation of aggregationsOf(name, scorers, extra, !scored.has(name))) {
      const metric = `${names.get(name) ?? name}/${nameOf(aggregation)}`;
      const result = compute(aggregation, values);
      if (typeof result === "number") metrics.set(metric, result);
      else reasons.push(`${metric}: ${result.problem}`);
    }
  }
  return { metrics: Object.fromEntries(metrics), reasons };
}

function nameOf(aggregation: Aggregation): string {
  return typeof aggregation === "string" ? aggregation : aggregation.name || "custom";
}

/** May call a function of the app. A metric that it cannot compute must not lose the others. */
function compute(
  aggregation: Aggregation,
  values: readonly number[],
): number | { readonly problem: string } {
  if (typeof aggregation === "string") return aggregate(values, aggregation);
  try {
    // A copy, because the other aggregations need the values unchanged.
    const result: unknown = aggregation([...values]);
    if (typeof result === "number" && Number.isFinite(result)) return result;
    ignoreRejection(result);
    return { problem: `the aggregation returned ${show(result)}. Return a finite number.` };
  } catch (cause) {
    return { problem: `the aggregation threw an error: ${messageOf(cause)}` };
  }
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
  const more = ownField(extra, scorer?.name ?? name);
  return [...new Set([...(own ?? ["mean"]), ...(more ?? [])])];
}
