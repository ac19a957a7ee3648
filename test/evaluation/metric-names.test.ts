import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { genai, getRun, getTrace, setExperiment, setTrackingUri } from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "metric-names-"));
  setTrackingUri(`file:${join(folder, "store")}`);
  await setExperiment("names");
});
afterEach(() => rmSync(folder, { recursive: true }));

const DATA = [1, 2].map((id) => ({ inputs: { id }, outputs: `answer ${id}` }));

/** The stored metrics of an evaluation whose only scorer returns one value for each key. */
async function metricsFor(...keys: string[]): Promise<Record<string, number>> {
  const results = keys.map((key, index) => ({ key, score: index + 1 }));
  const { metrics, runId } = await genai.evaluate({ data: DATA, scorers: [() => results] });
  expect((await getRun(runId ?? ""))?.data.metrics).toEqual(metrics);
  const { "latency/mean": _, "latency/p90": __, "tokens/mean": ___, ...own } = { ...metrics };
  return own;
}

describe("the keys of results", () => {
  test.each([
    ["score (0-1)", "score _0-1_/mean"],
    ["rubric#1, tone?", "rubric_1_ tone_/mean"],
    ["Güte 日本", "Güte 日本/mean"],
    ["👍", "_/mean"],
    ["a\nb", "a_b/mean"],
    ["../x", "__/x/mean"],
    ["/abs", "abs/mean"],
    ["a//b/", "a/b/mean"],
    [".", "_/mean"],
    ["x\ud800", "x_/mean"],
    ["k".repeat(300), `${"k".repeat(200)}/mean`],
    ["__proto__", "__proto__/mean"],
    ["constructor", "constructor/mean"],
  ])("%j has the metric %j", async (key, metric) => {
    expect(await metricsFor(key)).toEqual({ [metric]: 1 });
    expect(readdirSync(folder)).toEqual(["store"]);
  });

  test("that become the same name have metrics of their own", async () => {
    expect(await metricsFor("a (b)", "a [b]", "a _b_", "latency/")).toEqual({
      "a _b_/mean": 3,
      "a _b__2/mean": 1,
      "a _b__3/mean": 2,
      "latency_2/mean": 4,
    });
  });

  test("stay the names of the feedback, and one line names both", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const scorers = [() => ({ key: "tone (polite)", score: 1 })];
    const { rows, passed } = await genai.evaluate({ data: DATA, scorers });
    const lines = write.mock.calls.map(([text]) => String(text)).join("");
    write.mockRestore();
    expect(lines.match(/metrics of the feedback/g)).toHaveLength(1);
    expect(lines).toContain("feedback 'tone (polite)' have the name 'tone _polite_'");
    expect(lines).toMatch(/\n {2}tone \(polite\) +1 /);
    expect(passed).toBe(false);
    const trace = await getTrace(rows[0]?.traceId ?? "");
    expect(trace?.info.assessments.map(({ name }) => name)).toEqual(["tone (polite)"]);
  });
});

describe("the names of scorers", () => {
  const names = ["/abs", "a//b", "a/", ".", "..", "../x", "a/../b", "n".repeat(201), "a:b", "a#b"];

  test.each(names)("%j is refused when the scorer is made", (name) => {
    expect(() => genai.scorer({ name }, () => 1)).toThrow(/`name`.*at most 200 letters/);
    expect(() => genai.makeJudge({ name, instructions: "{{ outputs }}?" })).toThrow(/`name`/);
  });

  test.each(names)("%j of a subclass is refused before a row is evaluated", async (name) => {
    class Named extends genai.Scorer {
      override readonly name = name;
      score() {
        return 1;
      }
    }
    const predictFn = vi.fn();
    const scorers = [new Named({ name: "valid" })];
    await expect(
      genai.evaluate({ data: [{ inputs: {} }], predictFn, scorers }),
    ).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
      message: expect.stringMatching(/at most 200 letters/),
    });
    expect(predictFn).not.toHaveBeenCalled();
  });

  test("may be names that every object has", async () => {
    const scorers = ["toString", "constructor", "valueOf", "__proto__", "hasOwnProperty"].map(
      (name) => genai.scorer({ name }, () => 1),
    );
    const { metrics, reason } = await genai.evaluate({
      ...{ data: DATA, scorers },
      qualityCriteria: "constructor/max >= 1 AND __proto__ >= 2",
    });
    expect(Object.keys(metrics)).toEqual(
      expect.arrayContaining([
        ...["toString/mean", "constructor/mean", "constructor/max", "valueOf/mean"],
        ...["__proto__/mean", "hasOwnProperty/mean"],
      ]),
    );
    expect(reason).toContain("__proto__/mean >= 2: 1");
    expect(reason).not.toContain("constructor/max");
  });

  test("and of aggregations of 250 characters have a metric", async () => {
    const name = "n".repeat(200);
    const aggregations = [Object.defineProperty(() => 7, "name", { value: "a".repeat(49) })];
    const scorers = [genai.scorer({ name, aggregations }, () => 1)];
    const { metrics } = await genai.evaluate({ data: DATA, scorers });
    expect(metrics[`${name}/${"a".repeat(49)}`]).toBe(7);
  });

  test.each(["p(99)#", "a/b", "", "..", "a".repeat(50)])(
    "the aggregation %j is refused",
    (value) => {
      const aggregations = [Object.defineProperty(() => 1, "name", { value })];
      expect(() => genai.scorer({ name: "a", aggregations }, () => 1)).toThrow(/`aggregations`/);
    },
  );
});
