import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import {
  COMPARING_VERSION,
  type ComparisonRequest,
  comparePython,
  compareWithBoth,
} from "./comparisons.js";

type Row = mlflow.genai.ScoredRow;

let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer({ version: COMPARING_VERSION });
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment("comparisons");
});
afterAll(() => server?.close());

const compared = (...requests: ComparisonRequest[]) => compareWithBoth(server.url, requests);

function rowsOf(count: number) {
  return Array.from({ length: count }, (_, number) => ({
    inputs: { number, question: `What is ${number} plus 1? \u00e9 "\u{1f600}"` },
    expectations: { sum: number + 1 },
  }));
}

type Add = (number: number) => number;
/** Wrong for all numbers but 0, and each time in another way. */
const wrong: Add = (number) => number + 1 + number / 4;
/** Wrong for a few numbers. */
const better: Add = (number) => (number % 7 === 3 ? number : number + 1);

const distance = ({ outputs, expectations }: Row) =>
  Math.abs(Number(outputs) - Number(expectations?.sum));
const numberOf = ({ inputs }: Row) => Number(inputs?.number);

const SCORERS = {
  exact: (row: Row) => distance(row) === 0,
  distance,
  rating: (row: Row) => (distance(row) < 1 ? "yes" : "No"),
  zeroOrOne: (row: Row) => (distance(row) < 2 ? 1 : 0),
  flaky: (row: Row) => {
    if (numberOf(row) % 3 === 0) throw new Error("cannot score");
    return distance(row);
  },
  rare: (row: Row) => (numberOf(row) < 4 ? distance(row) : undefined),
  label: (row: Row) => `about ${distance(row)}`,
  same: () => 0.5,
  several: (row: Row) => [
    new mlflow.Feedback({ name: "several", value: distance(row) < 1 }),
    new mlflow.Feedback({ name: "several", value: true }),
    new mlflow.Feedback({ name: "parts/count", value: distance(row) / 3 }),
  ],
};

/** Evaluates a program that adds 1. Returns the run. */
async function evaluated(
  add: Add,
  options: Partial<mlflow.genai.EvaluateOptions> = {},
): Promise<string> {
  const { runId = "" } = await mlflow.genai.evaluate({
    data: rowsOf(20),
    predictFn: ({ number }) => add(Number(number)),
    scorers: [SCORERS.exact, SCORERS.distance],
    ...options,
  });
  return runId;
}

test("the comparison of two evaluations has the statistics, rows and errors of Python's", async () => {
  function before() {
    return true;
  }
  const scorers = Object.values(SCORERS);
  const baselineRunId = await evaluated(wrong, { scorers: [...scorers, before] });
  const candidateRunId = await evaluated(better, { scorers });
  const runs = { candidateRunId, baselineRunId };
  const asserts = [
    {},
    { scorers: ["exact", "rating", "zeroOrOne"] },
    { scorers: ["distance"], alpha: 1e-6 },
    { scorers: ["exact"], alpha: 0 },
    { scorers: ["rare"] },
    { scorers: ["same"], alpha: 1 },
    { scorers: [] },
    { scorers: ["before"] },
    { scorers: ["exact", "missing"] },
  ];
  const [first] = await compared(
    { ...runs, greaterIsBetter: { distance: false, flaky: false, missing: true }, asserts },
    { ...runs, confidenceLevel: 0.8, asserts },
    { ...runs, confidenceLevel: 0.999 },
    { candidateRunId: baselineRunId, baselineRunId: candidateRunId, asserts },
  );
  expect(Object.keys(first?.scorers ?? {})).toEqual([
    ...["distance", "exact", "flaky", "label", "parts/count", "rare", "rating", "same"],
    ...["several", "zeroOrOne"],
  ]);
  expect(first?.scorers?.flaky).toMatchObject({ nPaired: 13, status: "ok" });
  expect(first?.scorers?.rare).toMatchObject({ nPaired: 4, status: "insufficient_pairs" });
  expect(first?.scorers?.several).toMatchObject({ valueType: "binary", method: "wilcoxon_exact" });
  expect(first?.asserts?.map(({ error }) => error)).toEqual([
    ...["AssertionError", undefined, "AssertionError", "AssertionError", "AssertionError"],
    ...["AssertionError", ...Array(3).fill("INVALID_PARAMETER_VALUE")],
  ]);
});

test("with many rows, the tests are those that Python chooses", async () => {
  const data = rowsOf(90);
  const baselineRunId = await evaluated(wrong, { data });
  const candidateRunId = await evaluated(better, { data });
  const [result] = await compared({ candidateRunId, baselineRunId });
  expect(result?.scorers?.exact?.method).toBe("mcnemar_chi2");
  expect(result?.scorers?.distance?.method).toBe("wilcoxon_asymptotic");
});

/** The tags, artifacts and metrics of a comparison that a run has on the server. */
async function logged(runId: string) {
  const { info, data } = await mlflow.getRun(runId);
  const folder = join(server.directory, "artifacts", info.experimentId, runId, "artifacts");
  const entries = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
    : [];
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const keys = Object.keys(data.metrics).filter((key) => key.startsWith("compare/"));
  const histories = keys.map(
    async (key) => [key, await mlflow.getMetricHistory(runId, key)] as const,
  );
  return {
    tags: data.tags,
    artifacts: files.map((file) => [relative(folder, file), readFileSync(file, "utf8")]),
    histories: Object.fromEntries(await Promise.all(histories)),
  };
}

test("logResults logs the metrics and the artifact that Python logs, and nothing else", async () => {
  const scorers = Object.values(SCORERS);
  const baselineRunId = await evaluated(wrong, { scorers });
  const candidateRunId = await evaluated(better, { scorers });
  const request = { candidateRunId, baselineRunId, logResults: true };
  const before = await logged(candidateRunId);
  expect([before.artifacts, before.histories]).toEqual([[], {}]);
  await comparePython(server.url, [request]);
  const python = await logged(candidateRunId);
  await mlflow.genai.compareEvaluations(request);
  const ours = await logged(candidateRunId);

  expect(ours.tags).toEqual(before.tags);
  expect(ours.artifacts).toEqual(python.artifacts);
  expect(ours.artifacts.map(([path]) => path)).toEqual([
    `compare/${baselineRunId.slice(0, 8)}.json`,
  ]);
  const keys = Object.keys(python.histories);
  expect(Object.keys(ours.histories).sort()).toEqual(keys.sort());
  // `label` and `rare` have too few numbers, and `same` has no effect size.
  expect(keys).toHaveLength(7 * 6 + 2 + 5);
  for (const [key, history] of Object.entries(ours.histories)) {
    expect(history, key).toHaveLength(2);
    const [first, second] = history;
    expect(second?.step, key).toBe(first?.step);
    expect(second?.value, key).toBeCloseTo(first?.value ?? Number.NaN, 9);
  }
});

test("a metric name that MLflow does not allow is an error, as in Python", async () => {
  const traces = rowsOf(8).map(({ inputs }) => ({ inputs, value: 1, name: "polite?" }));
  const runs = [await runWithTraces(traces), await runWithTraces(traces)];
  const [candidateRunId = "", baselineRunId = ""] = runs;
  const [outcome] = await compared({ candidateRunId, baselineRunId, logResults: true });
  expect(outcome).toEqual({ error: "INVALID_PARAMETER_VALUE" });
});

interface HandTrace {
  readonly inputs: unknown;
  readonly name?: string;
  readonly value?: mlflow.AssessmentValue;
}

/** A run whose traces and feedback are logged without an evaluation. They have no row ids. */
async function runWithTraces(traces: readonly HandTrace[]): Promise<string> {
  return mlflow.startRun(async (run) => {
    for (const { inputs, name = "score", value } of traces) {
      const traceId = mlflow.withSpan((span) => {
        if (inputs !== undefined) span.setInputs(inputs);
        span.setOutputs("answer");
        return span.traceId;
      });
      await mlflow.flushTraces();
      if (value !== undefined) await mlflow.logFeedback({ traceId, name, value });
    }
    return run.info.runId;
  });
}

test("rows are paired as in Python: by their ids, then by their inputs, and never if ambiguous", async () => {
  const once = await evaluated(wrong);
  const twice = await evaluated(better, { numRepetitions: 2 });
  const twiceAgain = await evaluated(wrong, { numRepetitions: 2 });
  const failing = await evaluated((number) => {
    if (number % 5 === 0) throw new Error("no sum");
    return number + 1;
  });
  const doubled = [...rowsOf(8), ...rowsOf(4)];
  const withDuplicates = await evaluated(better, { data: doubled });
  const fewer = await evaluated(better, { data: rowsOf(30).slice(8) });
  const inputs = [
    ...rowsOf(9).map((row) => row.inputs),
    ...["a text", "", 0, false, {}, [], [1, { b: 1, a: 2 }], "\ud800", { deep: { b: 1, a: null } }],
    ...[null, undefined],
    ...["ambiguous", "ambiguous"],
  ];
  const byHand = await runWithTraces(inputs.map((one, value) => ({ inputs: one, value })));
  const reversed = [...inputs, "other"].reverse();
  const byHandToo = await runWithTraces(reversed.map((one, value) => ({ inputs: one, value })));
  const outcomes = await compared(
    { candidateRunId: twice, baselineRunId: twiceAgain },
    { candidateRunId: twice, baselineRunId: once },
    { candidateRunId: failing, baselineRunId: once },
    { candidateRunId: withDuplicates, baselineRunId: once },
    { candidateRunId: once, baselineRunId: withDuplicates },
    { candidateRunId: fewer, baselineRunId: once },
    { candidateRunId: byHand, baselineRunId: byHandToo },
    { candidateRunId: byHandToo, baselineRunId: once },
  );
  const counts = outcomes.map(
    ({ pairedRows = [], unpairedBaselineTraceIds = [], unpairedCandidateTraceIds = [] }) =>
      [pairedRows, unpairedBaselineTraceIds, unpairedCandidateTraceIds].map(({ length }) => length),
  );
  expect(counts).toEqual([
    [40, 0, 0],
    [20, 0, 20],
    [20, 0, 0],
    [8, 12, 4],
    [8, 4, 12],
    [12, 8, 10],
    [18, 5, 4],
    [9, 11, 14],
  ]);
});

test("runs of other experiments, without traces, deleted or missing are as in Python", async () => {
  const run = await evaluated(wrong);
  await mlflow.setExperiment("another experiment");
  const elsewhere = await evaluated(better);
  const deleted = await evaluated(better);
  const deletedByHand = await runWithTraces(
    rowsOf(8).map(({ inputs }) => ({ inputs, value: 1, name: "exact" })),
  );
  for (const runId of [deleted, deletedByHand])
    await new mlflow.MlflowClient().deleteRun({ runId });
  await mlflow.setExperiment("comparisons");
  const empty = await mlflow.startRun(({ info }) => info.runId);
  const missing = "a".repeat(32);
  const asserts = [{}, { scorers: ["exact"] }];
  const outcomes = await compared(
    { candidateRunId: elsewhere, baselineRunId: run },
    { candidateRunId: deleted, baselineRunId: run, asserts },
    { candidateRunId: deletedByHand, baselineRunId: run, logResults: true },
    { candidateRunId: empty, baselineRunId: run, asserts },
    { candidateRunId: run, baselineRunId: empty, logResults: true },
    { candidateRunId: missing, baselineRunId: run },
    { candidateRunId: run, baselineRunId: missing },
    { candidateRunId: run, baselineRunId: run },
    ...[0, 1, -1, 95].map((confidenceLevel) => ({
      ...{ candidateRunId: elsewhere, baselineRunId: run, confidenceLevel },
    })),
  );
  expect(outcomes.map(({ error }) => error)).toEqual([
    ...[undefined, undefined, "INVALID_PARAMETER_VALUE", undefined, undefined],
    ...["RESOURCE_DOES_NOT_EXIST", "RESOURCE_DOES_NOT_EXIST"],
    ...Array(5).fill("INVALID_PARAMETER_VALUE"),
  ]);
  expect(outcomes[0]?.pairedRows).toHaveLength(20);
});

/** Evaluates the rows with Python: with a function, with outputs, and with the traces of a run. */
async function evaluatedInPython(traceRunId: string): Promise<string[]> {
  const program = `
import contextlib, json, os, sys
import mlflow
from mlflow.genai.scorers import scorer
mlflow.set_experiment("comparisons")
@scorer
def exact(outputs, expectations): return outputs == expectations["sum"]
@scorer
def distance(outputs, expectations): return abs(outputs - expectations["sum"])
rows = json.loads(os.environ["ROWS"])
given = [{**row, "outputs": row["inputs"]["number"] * 1.5 + 1} for row in rows]
traces = mlflow.search_traces(run_id=os.environ["TRACES_OF"], return_type="list")
evaluate = lambda **options: mlflow.genai.evaluate(scorers=[exact, distance], **options).run_id
with contextlib.redirect_stdout(sys.stderr):
    runs = [evaluate(data=rows, predict_fn=lambda number, question: number + 1), evaluate(data=given),
            evaluate(data=[{**row, "outputs": row["inputs"]["number"] + 1} for row in rows]),
            evaluate(data=traces)]
print(json.dumps(runs))`;
  return runPython<string[]>(program, {
    version: COMPARING_VERSION,
    env: {
      ...{ MLFLOW_TRACKING_URI: server.url, ROWS: JSON.stringify(rowsOf(20)) },
      TRACES_OF: traceRunId,
    },
  });
}

test("evaluations of Python and of TypeScript are compared with each other", async () => {
  const ours = await evaluated(wrong);
  const python = await evaluatedInPython(ours);
  const { items: traces } = await mlflow.searchTraces({ runId: ours }).page();
  const { runId: oursOfTraces = "" } = await mlflow.genai.evaluate({
    data: traces,
    scorers: [SCORERS.exact, SCORERS.distance],
  });
  const [withFunction = "", withOutputs = "", withOtherOutputs = "", ofTraces = ""] = python;
  const outcomes = await compared(
    ...python.map((candidateRunId) => ({ candidateRunId, baselineRunId: ours })),
    { candidateRunId: withFunction, baselineRunId: withOutputs },
    { candidateRunId: withOtherOutputs, baselineRunId: withOutputs },
    { candidateRunId: ofTraces, baselineRunId: withFunction },
    { candidateRunId: oursOfTraces, baselineRunId: ours },
    { candidateRunId: oursOfTraces, baselineRunId: ofTraces },
  );
  for (const { pairedRows } of outcomes) expect(pairedRows).toHaveLength(20);
});

/** The closed list of differences from Python. */
test("inputs of 1 and 1.0 are the same, as everywhere in JavaScript, and large integers keep their digits", async () => {
  const program = `
import contextlib, json, mlflow, sys
def logged(inputs):
    with mlflow.start_run() as run:
        for given in inputs:
            with mlflow.start_span("root") as span: span.set_inputs(given)
    return run.info.run_id
mlflow.set_experiment("comparisons")
with contextlib.redirect_stdout(sys.stderr):
    runs = [logged([{"id": 12345678901234567890}, {"text": "a"}, {"number": 1.0}]),
        logged([{"id": 12345678901234567891}, {"text": "a"}, {"number": 1}])]
mlflow.flush_trace_async_logging()
print(json.dumps(runs))`;
  const env = { MLFLOW_TRACKING_URI: server.url };
  const runs = await runPython<string[]>(program, { version: COMPARING_VERSION, env });
  const [candidateRunId = "", baselineRunId = ""] = runs;
  const request = { candidateRunId, baselineRunId };
  const [python] = await comparePython(server.url, [request]);
  const ours = await mlflow.genai.compareEvaluations(request);
  expect(python?.pairedRows).toHaveLength(1);
  expect(ours.pairedRows).toHaveLength(2);
  expect(ours.pairedRows).toContainEqual(python?.pairedRows?.[0]);
  expect(ours.unpairedCandidateTraceIds).toHaveLength(1);
});
