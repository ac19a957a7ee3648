import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { genai, getRun, searchTraces, setExperiment, setTrackingUri } from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "feedback-names-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("names");
});
afterEach(() => rmSync(folder, { recursive: true }));

const DATA = [1, 2, 3].map((id) => ({ inputs: { id }, outputs: `answer ${id}` }));

/** The names and values of the feedback that is stored for each row. An error has no value. */
async function stored(runId: string | undefined) {
  const rows: Record<string, unknown>[] = [];
  for await (const { info } of searchTraces({
    runId: runId ?? "",
    orderBy: ["timestamp_ms ASC"],
  })) {
    const feedback = info.assessments.filter(({ type }) => type === "feedback");
    const pairs = feedback.map((one) => [
      one.name,
      "error" in one && one.error ? "error" : one.value,
    ]);
    expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
    rows.push({ request: info.requestPreview, ...Object.fromEntries(pairs) });
  }
  return rows.sort((one, other) => String(one.request).localeCompare(String(other.request)));
}

/** Evaluators of one library: functions without a name, whose results have the library's default name. */
const scores = (...values: readonly unknown[]) =>
  values.map((score) => () => ({ key: "score", score })) as (() => object)[];

test("functions without a name have names of their own, beside a scorer that is named so", async () => {
  const named = genai.scorer({ name: "scorer" }, () => 3);
  const scorers = [() => 1, () => 2, named];
  const { metrics, runId } = await genai.evaluate({ data: DATA, scorers });
  const expected = { "scorer_2/mean": 1, "scorer_3/mean": 2, "scorer/mean": 3 };
  expect(metrics).toMatchObject(expected);
  expect((await getRun(runId ?? ""))?.data.metrics).toMatchObject(expected);
  for (const row of await stored(runId)) {
    expect(row).toMatchObject({ scorer_2: 1, scorer_3: 2, scorer: 3 });
  }
});

test("two evaluators that return the same name have two assessments and two metrics", async () => {
  const { metrics, runId, rows } = await genai.evaluate({ data: DATA, scorers: scores(0, 1) });
  expect(metrics).toMatchObject({ "score/mean": 0, "score_2/mean": 1 });
  for (const row of await stored(runId)) expect(row).toMatchObject({ score: 0, score_2: 1 });
  expect(rows[0]?.feedback[1]?.metadata).toMatchObject({
    "mlflow.assessment.scorerName": "scorer_2",
  });
});

test("an evaluator that returns the name of another scorer does not mix its values with it", async () => {
  const named = genai.scorer({ name: "score" }, () => 5);
  const { metrics } = await genai.evaluate({ data: DATA, scorers: [...scores(0), named] });
  expect(metrics).toMatchObject({ "score/mean": 5, "score_2/mean": 0 });
});

test("an error of an evaluator has the name of its results", async () => {
  const failing = [
    ({ inputs }: genai.ScoredRow) => {
      if (inputs?.id === 2) throw new Error("no answer");
      return { key: "agrees", score: true };
    },
    ...scores(1),
  ];
  const options = { data: DATA, scorers: failing, maxConcurrency: 1 };
  const first = await genai.evaluate(options);
  expect(await stored(first.runId)).toMatchObject([
    { agrees: true, score: 1 },
    { agrees: "error", score: 1 },
    { agrees: true, score: 1 },
  ]);
  expect(first.metrics).toMatchObject({ "agrees/mean": 1, "score/mean": 1 });

  const mended = [() => ({ key: "agrees", score: false }), ...scores(1)];
  const again = await genai.evaluate({ data: DATA, scorers: mended, runId: first.runId });
  expect(await stored(again.runId)).toMatchObject([
    { agrees: true },
    { agrees: false },
    { agrees: true },
  ]);
});

test("an evaluation that is continued keeps the names of its feedback", async () => {
  const fail = () => {
    throw new Error("no answer");
  };
  const [one, two] = scores(0, 1);
  const first = await genai.evaluate({ data: DATA, scorers: [one ?? fail, two ?? fail, fail] });
  const scorers = [one ?? fail, two ?? fail, ...scores(2)];
  const { runId, metrics } = await genai.evaluate({ data: DATA, scorers, runId: first.runId });
  expect(metrics).toMatchObject({ "score/mean": 0, "score_2/mean": 1, "score_3/mean": 2 });
  for (const row of await stored(runId)) {
    expect(row).toMatchObject({ score: 0, score_2: 1, score_3: 2 });
  }
});
