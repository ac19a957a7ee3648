import { expect, test } from "vitest";
import { compareValues } from "../../../src/evaluation/comparison/compare-values.js";
import { runPython } from "../../support/python.js";

/** The values of one scorer in two runs, and their comparison by MLflow 3.18 in Python. NaN is written as a text. */
interface ComparisonCase {
  readonly what: string;
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
  readonly confidenceLevel: number;
  readonly comparison: Readonly<Record<string, number | string | null>>;
}

/** Makes random data sets, of all the kinds that the tests distinguish, and compares each. */
function comparisonProgram(count: number, seed: number): string {
  return `
import dataclasses, json, math, sys
import numpy as np
from mlflow.genai.evaluation.comparison.paired_comparison import _compare_paired_values

random = np.random.default_rng(${seed})

def shifted(count, size, places=None):
    first = random.normal(0.5, 0.2, count)
    second = first + random.normal(size, 0.2, count)
    return (first, second) if places is None else (first.round(places), second.round(places))

def binary(count, chance):
    first = (random.random(count) < 0.5).astype(float)
    return first, np.where(random.random(count) < chance, 1.0 - first, first)

def improved(count):
    first = (random.random(count) < 0.3).astype(float)
    return first, np.maximum(first, (random.random(count) < 0.5).astype(float))

def constant(count, size):
    first = random.normal(0.5, 0.2, count)
    return first, first + size

def skewed(count):
    first = random.exponential(1.0, count)
    return first, first + random.exponential(2.0, count) ** 2 - 1

def ratings(count):
    return random.integers(1, 6, count).astype(float), random.integers(1, 6, count).astype(float)

def outlier(count):
    first = np.full(count, 0.5)
    second = first.copy()
    second[0] = 3.25
    return first, second

def size():
    return int(random.choice([6, 7, 9, 12, 20, 30, 50, 51, 52, 75, 120, 200, 333]))

KINDS = [
    ("normal differences", lambda: shifted(size(), float(random.choice([0, 0.05, 0.2])))),
    ("differences in steps of 0.1", lambda: shifted(size(), 0.05, 1)),
    ("ratings from 1 to 5", lambda: ratings(size())),
    ("values of 0 and 1", lambda: binary(size(), float(random.choice([0.1, 0.3, 0.6])))),
    ("values of 0 and 1 that improve", lambda: improved(size())),
    ("the same values of 0 and 1", lambda: binary(size(), 0.0)),
    ("the same differences", lambda: constant(size(), float(random.choice([0.1, -0.25])))),
    ("the same values", lambda: constant(size(), 0.0)),
    ("skewed differences", lambda: skewed(size())),
    ("one difference", lambda: outlier(size())),
]

def json_number(value):
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value

for index in range(${count}):
    what, make = KINDS[index % len(KINDS)]
    baseline, candidate = make()
    level = float(random.choice([0.9, 0.95, 0.99]))
    comparison = dataclasses.asdict(_compare_paired_values(
        "score", baseline, candidate, value_type="numeric", confidence_level=level))
    case = {
        "what": what, "confidenceLevel": level,
        "baseline": baseline.tolist(), "candidate": candidate.tolist(),
        "comparison": {name: json_number(value) for name, value in comparison.items()},
    }
    results = [] if index == 0 else results
    results.append(case)
json.dump(results, sys.stdout)
`;
}

const DATA_SETS = 200;
const TOLERANCE = 1e-9;

/** NaN is a text in JSON. */
function numberOf(value: number | string | null | undefined): number | null | undefined {
  return typeof value === "string" ? Number(value) : value;
}

/** Whether two numbers differ by at most the tolerance, also relatively for numbers below it. */
function isClose(one: number | null | undefined, other: number | null | undefined): boolean {
  if (one === null || other === null || one === undefined || other === undefined) {
    return one === other;
  }
  return Object.is(one, other) || Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(other));
}

test(`the statistics of ${DATA_SETS} random data sets are those of Python's MLflow`, async () => {
  const cases = await runPython<ComparisonCase[]>(comparisonProgram(DATA_SETS, 7), {
    version: "3.18.0",
  });
  expect(cases).toHaveLength(DATA_SETS);
  const wrong: string[] = [];
  for (const { what, baseline, candidate, confidenceLevel, comparison } of cases) {
    const ours = await compareValues(baseline, candidate, confidenceLevel);
    const pairs = [
      ["diff", ours.diff],
      ["p_value", ours.pValue],
      ["t_test_p_value", ours.tTestPValue],
      ["effect_size", ours.effectSize],
    ] as const;
    for (const [name, value] of pairs) {
      const python = numberOf(comparison[name]);
      if (!isClose(value, python)) wrong.push(`${what}: ${name} ${value}, Python ${python}`);
    }
    if (ours.method !== comparison.method) {
      wrong.push(`${what}: ${ours.method}, Python ${comparison.method}`);
    }
    const low = Number(comparison.ci_low);
    const high = Number(comparison.ci_high);
    const allowed = 0.05 * (high - low) + TOLERANCE;
    if (Math.abs(ours.ciLow - low) > allowed || Math.abs(ours.ciHigh - high) > allowed) {
      wrong.push(`${what}: [${ours.ciLow}, ${ours.ciHigh}], Python [${low}, ${high}]`);
    }
  }
  expect(wrong).toEqual([]);
});
