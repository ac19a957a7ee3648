import { warnOnce } from "../base/log.js";
import { show } from "../base/show.js";
import { toMetricName } from "../runs/validation.js";
import { canNameMetrics, MAX_NAME_CHARACTERS } from "../scorers/scorer.js";
import type { EvaluatedRow } from "./evaluated-row.js";

/** Values that are measured without a scorer: seconds, tokens, and US dollars of each row. */
export const MEASURED = ["latency", "tokens", "cost"] as const;

/**
 * Returns, by the name of feedback, the name of its metrics. Results of other libraries' evaluators have any name, and a store
 * refuses all metrics of a request if one has a name such as `score (0-1)`.
 */
export function metricNamesOf(rows: readonly EvaluatedRow[]): ReadonlyMap<string, string> {
  const names = new Set(rows.flatMap(({ feedback }) => feedback.map(({ name }) => name)));
  const taken = new Set<string>([...MEASURED, ...[...names].filter(canNameMetrics)]);
  return new Map(
    [...names].map((name) => {
      if (canNameMetrics(name)) return [name, name];
      const valid = freeName(name, taken);
      taken.add(valid);
      warnOnce(
        `metric name ${name}`,
        `the metrics of the feedback ${show(name)} have the name '${valid}': a metric's name takes letters, digits, _, -, ., / and spaces, at most ${MAX_NAME_CHARACTERS} characters. The feedback keeps its name.`,
      );
      return [name, valid];
    }),
  );
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = toMetricName(name, MAX_NAME_CHARACTERS);
  for (let number = 2; taken.has(free); number++) {
    const end = `_${number}`;
    free = toMetricName(name, MAX_NAME_CHARACTERS - end.length) + end;
  }
  return free;
}
