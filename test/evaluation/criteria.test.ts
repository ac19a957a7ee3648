import { describe, expect, test } from "vitest";
import { judgeCriteria } from "../../src/evaluation/criteria/judge.js";
import { parseQualityCriteria } from "../../src/evaluation/criteria/parse.js";
import { extraAggregations } from "../../src/evaluation/criteria/rule.js";
import { qualityCriteriaTag } from "../../src/evaluation/criteria/tag.js";
import {
  criteriaCases,
  isKnownDifference,
  outcomeOf,
} from "../golden/evaluation/criteria-outcome.js";

const SCORERS = [{ name: "correctness" }, { name: "latency" }, { name: "my scorer" }];

describe("parseQualityCriteria", () => {
  const { scorers, cases } = criteriaCases();

  test("reads all texts but the known differences as MLflow in Python does", () => {
    const same = cases.filter(({ text }) => !isKnownDifference(text));
    expect(same.length).toBeGreaterThanOrEqual(200);
    for (const { text, outcome } of same) {
      expect(outcomeOf(scorers, text), JSON.stringify(text)).toEqual(outcome);
    }
  });

  test("differs from Python for each known difference", () => {
    const different = cases.filter(({ text }) => isKnownDifference(text));
    expect(different.length).toBeGreaterThan(5);
    for (const { text, outcome } of different) {
      const ours = outcomeOf(scorers, text);
      // A text with a second mistake has the same class of error in both.
      if (!("error" in ours)) expect(ours, text).not.toEqual(outcome);
    }
  });

  test("reads an aggregation with and without backticks in the same way", () => {
    const quoted = parseQualityCriteria(SCORERS, "correctness >= 0.9 AND `latency/p90` <= 2");
    expect(parseQualityCriteria(SCORERS, "correctness >= 0.9 AND latency/p90 <= 2")).toEqual(
      quoted,
    );
    expect(quoted).toEqual([
      {
        scorerName: "correctness",
        aggregation: "mean",
        metricKey: "correctness/mean",
        comparator: ">=",
        threshold: 0.9,
      },
      {
        scorerName: "latency",
        aggregation: "p90",
        metricKey: "latency/p90",
        comparator: "<=",
        threshold: 2,
      },
    ]);
    expect(extraAggregations(quoted)).toEqual({ correctness: ["mean"], latency: ["p90"] });
  });

  test("has no rules without a text", () => {
    for (const text of [undefined, null, "", " \n"]) {
      expect(parseQualityCriteria(SCORERS, text)).toEqual([]);
    }
  });

  test.each([
    [0.9, /takes a string such as .*got 0\.9/],
    ["correctness >", /is not valid at .*correctness >/],
    ["correctness > 1", /correctness > 1.* takes the comparator >= or <=, got >/],
    ["correctness >= 1e999", /takes a finite number/],
    ["wrong >= 1", /wrong.* names no scorer.*Scorers are: correctness, latency, my scorer/],
    ["latency/p99 <= 1", /latency\/p99.* names no scorer.*min, max, mean, median, variance, p90/],
    ["latency <= 1 AND latency >= 0", /several conditions on 'latency\/mean'/],
  ])("names what is wrong with %j", (text, message) => {
    const parse = () => parseQualityCriteria(SCORERS, text);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
  });
});

describe("judgeCriteria", () => {
  const judge = (text: string, metrics: Record<string, number>) =>
    judgeCriteria(parseQualityCriteria(SCORERS, text), metrics).map(({ verdict }) => verdict);

  test("says whether each metric is on the right side of its threshold", () => {
    const text = "correctness >= 0.9 AND latency/p90 <= 2";
    expect(judge(text, { "correctness/mean": 0.9, "latency/p90": 2 })).toEqual(["met", "met"]);
    expect(judge(text, { "correctness/mean": 0.89, "latency/p90": 2.1 })).toEqual([
      "missed",
      "missed",
    ]);
  });

  test("says that a metric that the run does not have is unmeasured", () => {
    expect(judge("correctness >= 0.9", {})).toEqual(["unmeasured"]);
    expect(judge("correctness >= 0.9", { "correctness/mean": Number.NaN })).toEqual(["missed"]);
  });
});

describe("qualityCriteriaTag", () => {
  test("writes the JSON that MLflow's UI reads", () => {
    const tag = qualityCriteriaTag(parseQualityCriteria(SCORERS, "`my scorer` <= 2"));
    expect(JSON.parse(tag ?? "")).toEqual({
      schemaVersion: 1,
      revision: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/),
      rules: [{ metricKey: "my scorer/mean", comparator: "LTE", threshold: 2 }],
    });
  });

  test("returns undefined without rules", () => {
    expect(qualityCriteriaTag([])).toBeUndefined();
  });

  test("refuses rules that a tag cannot hold", () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ name: `a scorer ${index}` }));
    const text = many.map(({ name }) => `\`${name}\` >= 0.5`).join(" AND ");
    const rules = parseQualityCriteria(many, text);
    expect(() => qualityCriteriaTag(rules)).toThrow(/at most 8000\. Write fewer conditions/);
  });
});
