import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterEach, beforeEach, expect, test } from "vitest";
import { genai, getRun, searchTraces, setExperiment, setTrackingUri } from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "evaluate-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("capitals");
});
afterEach(() => rmSync(folder, { recursive: true }));

const CAPITALS = [
  { inputs: { country: "France" }, expectations: { capital: "Paris" } },
  { inputs: { country: "Italy" }, expectations: { capital: "Rome" } },
  { inputs: { country: "Spain" }, expectations: { capital: "Madrid" } },
];
const ANSWERS: Record<string, string> = { France: "Paris", Italy: "Milan", Spain: "Madrid" };

function exact({ outputs, expectations }: genai.ScoredRow) {
  return outputs === expectations?.capital;
}

test("evaluate() logs a run, one trace for each row, and the feedback on it", async () => {
  const result = await genai.evaluate({
    data: CAPITALS,
    predictFn: ({ country }) => ANSWERS[country],
    scorers: [exact],
  });

  expect(result.metrics).toMatchObject({ "exact/mean": 2 / 3 });
  expect(result.passed).toBe(false);
  expect(result.reason).toContain("row 1: exact");
  expect(result.rows.map(({ outputs }) => outputs)).toEqual(["Paris", "Milan", "Madrid"]);
  const run = await getRun(result.runId ?? "");
  expect(run?.info.status).toBe("FINISHED");
  expect(run?.data.tags["mlflow.runType"]).toBe("genai_evaluate");
  expect(run?.data.metrics["exact/mean"]).toBeCloseTo(2 / 3);
  expect(run?.inputs.datasetInputs).toHaveLength(1);
  const traces = [];
  for await (const trace of searchTraces({ runId: result.runId ?? "" })) traces.push(trace);
  expect(traces).toHaveLength(3);
  const [trace] = traces;
  expect(trace?.info.assessments.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    "expectation capital",
    "feedback exact",
  ]);
});

test("evaluate() invokes a Runnable", async () => {
  const model = RunnableLambda.from(({ country }: { country: string }) => ANSWERS[country]);
  const result = await genai.evaluate({ data: CAPITALS, model, scorers: [exact] });
  expect(result.rows.map(({ outputs }) => outputs)).toEqual(["Paris", "Milan", "Madrid"]);
  const [row] = result.rows;
  expect(row?.traceId).toMatch(/^tr-/);
});
