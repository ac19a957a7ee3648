import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  Feedback,
  flushTraces,
  genai,
  getLastActiveTraceId,
  getRun,
  getTrace,
  MlflowException,
  searchRuns,
  searchTraces,
  setExperiment,
  setTrackingUri,
  startRun,
  updateCurrentTrace,
  withSpan,
} from "../../src/index.js";

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

async function tracesOf(runId: string | undefined) {
  const traces = [];
  for await (const trace of searchTraces({ runId: runId ?? "" })) traces.push(trace);
  return traces;
}

test("a row whose model fails is an error of that row, and the others are evaluated", async () => {
  const result = await genai.evaluate({
    data: CAPITALS,
    predictFn: ({ country }) => {
      if (country === "Italy") throw new Error("no answer");
      return ANSWERS[country];
    },
    scorers: [exact],
  });
  expect(result.rows.map(({ error }) => error)).toEqual([undefined, "no answer", undefined]);
  expect(result.passed).toBe(false);
  expect(result.reason).toContain("row 1: no answer");
  const states = (await tracesOf(result.runId)).map(({ info }) => info.state).sort();
  expect(states).toEqual(["ERROR", "OK", "OK"]);
});

test("a scorer that throws leaves an error, and the other scorers run", async () => {
  function broken(): boolean {
    throw new TypeError("cannot score");
  }
  const result = await genai.evaluate({
    data: CAPITALS,
    predictFn: ({ country }) => ANSWERS[country],
    scorers: [exact, broken],
  });
  const [row] = result.rows;
  const failed = row?.feedback.find(({ name }) => name === "broken");
  expect(failed?.error?.errorMessage).toContain("cannot score");
  expect(result.metrics["exact/mean"]).toBeCloseTo(2 / 3);
  expect(result.metrics["broken/mean"]).toBeUndefined();
});

test("with the same run, only missing rows and failed scorers run again", async () => {
  const called: string[] = [];
  const scored: string[] = [];
  const stop = new AbortController();
  let isBroken = true;
  function flaky({ inputs }: genai.ScoredRow): boolean {
    scored.push(String(inputs?.country));
    if (isBroken && inputs?.country === "France") throw new Error("down");
    return true;
  }
  const options = {
    data: CAPITALS,
    maxConcurrency: 1,
    scorers: [exact, flaky],
    predictFn: ({ country }: { country: string }) => {
      called.push(country);
      if (isBroken && country === "Italy") stop.abort(new Error("enough"));
      return ANSWERS[country];
    },
  };
  const stopped = await genai.evaluate({ ...options, signal: stop.signal }).catch((error) => error);
  expect(stopped).toBeInstanceOf(MlflowException);
  expect(stopped.errorCode).toBe("CANCELLED");
  const runId = /runId: "(\w+)"/.exec(stopped.message)?.[1];
  expect(runId).toBeDefined();

  isBroken = false;
  const before = { called: [...called], scored: [...scored] };
  const result = await genai.evaluate({ ...options, runId });
  expect(called.slice(before.called.length)).toEqual(["Spain"]);
  expect(scored.slice(before.scored.length).sort()).toEqual(["France", "Italy", "Spain"]);
  expect(result.runId).toBe(runId);
  expect(result.rows.map(({ outputs }) => outputs)).toEqual(["Paris", "Milan", "Madrid"]);
  expect(result.metrics).toMatchObject({ "exact/mean": 2 / 3, "flaky/mean": 1 });
  const traces = await tracesOf(runId);
  expect(traces).toHaveLength(3);
  for (const { info } of traces) {
    const names = info.assessments.filter(({ valid }) => valid !== false).map(({ name }) => name);
    expect(names.sort()).toEqual(["capital", "exact", "flaky"]);
  }
});

test("a call that exceeds a rate limit is repeated, and only its last attempt is a trace", async () => {
  let calls = 0;
  const result = await genai.evaluate({
    data: CAPITALS.slice(0, 1),
    predictFn: () => {
      calls += 1;
      if (calls === 1) {
        const headers = { "retry-after": "0.01" };
        throw Object.assign(new Error("slow down"), { status: 429, headers });
      }
      return "Paris";
    },
    scorers: [exact],
  });
  expect(calls).toBe(2);
  expect(result.passed).toBe(true);
  expect(await tracesOf(result.runId)).toHaveLength(1);
});

test("rows with outputs need no model", async () => {
  const data = CAPITALS.map((row) => ({ ...row, outputs: row.expectations.capital }));
  const result = await genai.evaluate({ data, scorers: [exact] });
  expect(result.passed).toBe(true);
  expect(result.reason).toBe("");
  const [trace] = await tracesOf(result.runId);
  expect(trace?.data.spans.map(({ name }) => name)).toEqual(["root_span"]);
});

test("traces are evaluated as rows, and their expectations are used", async () => {
  const first = await genai.evaluate({
    data: CAPITALS,
    predictFn: ({ country }) => ANSWERS[country],
    scorers: [],
  });
  const result = await genai.evaluate({ data: await tracesOf(first.runId), scorers: [exact] });
  expect(result.metrics["exact/mean"]).toBeCloseTo(2 / 3);
  expect(result.runId).not.toBe(first.runId);
  expect(await tracesOf(result.runId)).toHaveLength(3);
});

test("numRepetitions evaluates each row several times", async () => {
  const result = await genai.evaluate({
    data: CAPITALS,
    predictFn: ({ country }) => ANSWERS[country],
    scorers: [exact],
    numRepetitions: 2,
  });
  expect(result.rows.map(({ index, repetition }) => `${index}.${repetition}`)).toEqual([
    "0.1",
    "0.2",
    "1.1",
    "1.2",
    "2.1",
    "2.2",
  ]);
  expect(new Set(result.rows.map(({ rowId }) => rowId)).size).toBe(6);
});

test("dryRun logs nothing, and scorers receive the trace", async () => {
  let spans = 0;
  const result = await genai.evaluate({
    data: CAPITALS,
    predictFn: ({ country }) => ANSWERS[country],
    scorers: [
      function counts({ trace }: genai.ScoredRow) {
        spans += trace?.data.spans.length ?? 0;
        return true;
      },
    ],
    dryRun: true,
  });
  expect(result.runId).toBeUndefined();
  expect(spans).toBe(3);
  expect(result.rows.map(({ traceId }) => traceId)).toEqual([undefined, undefined, undefined]);
  const all = [];
  for await (const trace of searchTraces()) all.push(trace);
  expect(all).toEqual([]);
});

test("what a scorer calls is not traced", async () => {
  const chain = RunnableLambda.from(() => true);
  const result = await genai.evaluate({
    data: CAPITALS.slice(0, 1),
    predictFn: () => "Paris",
    scorers: [
      async function judged() {
        await withSpan(() => chain.invoke("x"), { name: "judge" });
        return true;
      },
    ],
  });
  const [trace] = await tracesOf(result.runId);
  expect(trace?.data.spans.map(({ name }) => name)).toEqual(["predictFn"]);
});

test("a session-level scorer receives the traces of each conversation, oldest first", async () => {
  const data = ["a", "b", "a"].map((session, turn) => ({ inputs: { session, turn } }));
  const turns = genai.scorer(
    { name: "turns", sessionLevel: true },
    ({ session }) => session?.length,
  );
  const result = await genai.evaluate({
    data,
    predictFn: ({ session, turn }) => {
      updateCurrentTrace({ sessionId: session });
      return `answer ${turn}`;
    },
    scorers: [turns],
  });
  const found = result.rows.flatMap(({ index, feedback }) =>
    feedback.map(({ name, value }) => [index, name, value]),
  );
  expect(found).toEqual([
    [0, "turns", 2],
    [1, "turns", 1],
  ]);
});

test("an evaluation stops at maxTokens, and can be continued", async () => {
  class Judge extends genai.Scorer {
    constructor() {
      super({ name: "judge" });
    }
    score() {
      return new Feedback({
        name: "judge",
        value: "yes",
        metadata: { "mlflow.assessment.judgeInputTokens": 60 },
      });
    }
  }
  const options = {
    data: CAPITALS,
    predictFn: ({ country }: { country: string }) => ANSWERS[country],
    scorers: [new Judge()],
    maxConcurrency: 1,
    scorerConcurrency: 1,
  };
  const result = await genai.evaluate({ ...options, maxTokens: 100 });
  expect(result.passed).toBe(false);
  expect(result.reason).toContain("`maxTokens` is 100");
  const judged = result.rows.flatMap(({ feedback }) => feedback);
  expect(judged.length).toBe(2);
  const continued = await genai.evaluate({ ...options, runId: result.runId });
  expect(continued.rows.flatMap(({ feedback }) => feedback)).toHaveLength(3);
  expect(continued.passed).toBe(true);
});

test.each([
  [{ data: CAPITALS }, "evaluate() requires the option `scorers`"],
  [{ scorers: [] }, "evaluate() requires the option `data`"],
  [{ data: CAPITALS, scorers: [exact, exact] }, "two scorers with the name 'exact'"],
  [{ data: CAPITALS, scorers: [], predictFns: () => 1 }, "Did you mean `predictFn`"],
  [{ data: CAPITALS, scorers: [], model: 3 }, "`model` takes a Runnable"],
  [
    { data: CAPITALS, scorers: [], model: { invoke: () => 1 }, predictFn: () => 1 },
    "received `predictFn` and `model`",
  ],
  [{ data: CAPITALS, scorers: [], dryRun: true, runId: "a" }, "received `runId` and `dryRun`"],
])("wrong options are refused by name: %#", async (options, message) => {
  await expect(genai.evaluate(options as never)).rejects.toThrow(message);
});

test("a row whose model failed is evaluated again with the same run, and its first trace is deleted", async () => {
  let isDown = true;
  const options = {
    data: CAPITALS,
    scorers: [exact],
    predictFn: ({ country }: { country: string }) => {
      if (isDown && country === "Spain") throw new Error("down");
      return ANSWERS[country];
    },
  };
  const first = await genai.evaluate(options);
  isDown = false;
  const second = await genai.evaluate({ ...options, runId: first.runId });
  expect(second.rows.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  const states = (await tracesOf(first.runId)).map(({ info }) => info.state);
  expect(states).toEqual(["OK", "OK", "OK"]);
});

test("a wrong row of an iterable rejects after the rows before it are logged", async () => {
  async function* rows() {
    yield* CAPITALS;
    yield { question: "no inputs" } as never;
  }
  const failed = genai.evaluate({ data: rows(), scorers: [exact], predictFn: () => "Paris" });
  await expect(failed).rejects.toThrow("Row 4 of `data`");
  const all = [];
  for await (const trace of searchTraces()) all.push(trace);
  expect(all).toHaveLength(3);
});

test("quality criteria decide whether the run passes", async () => {
  const options = {
    data: CAPITALS,
    predictFn: ({ country }: { country: string }) => ANSWERS[country],
    scorers: [exact],
  };
  const met = await genai.evaluate({
    ...options,
    qualityCriteria: "exact >= 0.6 AND `latency/p90` <= 60",
  });
  expect(met.reason).toBe("");
  // A row whose value is false does not count beside the criteria; errors do.
  expect(met.rows.some(({ feedback }) => feedback.some(({ value }) => value === false))).toBe(true);
  expect(met.passed).toBe(true);
  const failing = [
    ...options.scorers,
    genai.scorer({ name: "broken" }, () => Promise.reject("no")),
  ];
  const broken = await genai.evaluate({
    ...{ ...options, scorers: failing },
    qualityCriteria: "exact >= 0.6",
  });
  expect(broken.passed).toBe(false);
  const missed = await genai.evaluate({ ...options, qualityCriteria: "exact/mean >= 0.9" });
  expect(missed.passed).toBe(false);
  expect(missed.reason).toContain("exact/mean >= 0.9: 0.666");
  const run = await getRun(missed.runId ?? "");
  const tag = JSON.parse(run?.data.tags["mlflow.genaiEvaluate.qualityCriteria"] ?? "");
  expect(tag.rules).toEqual([{ metricKey: "exact/mean", comparator: "GTE", threshold: 0.9 }]);
});

test("within an active run, the evaluation logs to that run", async () => {
  await startRun({ runName: "mine" }, async ({ info }) => {
    const data = CAPITALS.map((row) => ({ ...row, outputs: "Paris" }));
    const result = await genai.evaluate({ data, scorers: [exact] });
    expect(result.runId).toBe(info.runId);
  });
});

test("evaluate() in a traced function adds nothing to the trace of that function", async () => {
  await withSpan(
    async () => {
      const data = CAPITALS.map((row) => ({ ...row, outputs: "Paris" }));
      await genai.evaluate({ data, scorers: [exact] });
    },
    { name: "outer" },
  );
  const outer = await getTrace(getLastActiveTraceId() ?? "");
  expect(outer?.data.spans.map(({ name }) => name)).toEqual(["outer"]);
});

test("continuing an evaluation of traces keeps a trace with an error, and runs no scorer again", async () => {
  const failed = async () => {
    throw new Error("the app failed");
  };
  await expect(withSpan(failed, { name: "app", inputs: { q: 1 } })).rejects.toThrow();
  await flushTraces();
  const data = [];
  for await (const trace of searchTraces()) data.push(trace);
  let calls = 0;
  const counted = genai.scorer({ name: "counted" }, () => {
    calls += 1;
    return true;
  });
  const first = await genai.evaluate({ data, scorers: [counted] });
  const second = await genai.evaluate({ data, scorers: [counted], runId: first.runId });
  expect(calls).toBe(1);
  expect(second.rows.map(({ traceId }) => traceId)).toEqual(first.rows.map((row) => row.traceId));
  expect(await tracesOf(first.runId)).toHaveLength(1);
});

test("a row without outputs and without a model is refused before the run starts", async () => {
  const path = join(folder, "rows.jsonl");
  writeFileSync(path, '{"inputs":{"q":1},"outputs":"A"}\n{"inputs":{"q":2}}\n');
  const problem =
    "has no `outputs` and no trace, and evaluate() received no model. Pass `predictFn` or `model`";
  const data = [{ inputs: { q: 1 }, outputs: "A" }, { inputs: { q: 2 } }];
  await expect(genai.evaluate({ data, scorers: [] })).rejects.toThrow(
    `Row 2 of \`data\` ${problem}`,
  );
  await expect(genai.evaluate({ data: path, scorers: [] })).rejects.toThrow(`line 2 ${problem}`);
  const dataset = await genai.createDataset({ name: "questions" });
  await dataset.mergeRecords([{ inputs: { q: 2 } }]);
  await expect(genai.evaluate({ data: dataset, scorers: [] })).rejects.toThrow(
    `Row 1 of the dataset 'questions' ${problem}`,
  );
  const runs = [];
  for await (const run of searchRuns()) runs.push(run);
  expect(runs).toEqual([]);
});

test("the reason lists a hundred failures, and how many more there are", async () => {
  const data = Array.from({ length: 130 }, (_, q) => ({ inputs: { q }, outputs: "A" }));
  const long = () => new Feedback({ value: false, rationale: "x".repeat(5000) });
  const { reason, passed } = await genai.evaluate({ data, scorers: [long], dryRun: true });
  expect(passed).toBe(false);
  const lines = reason.split("\n");
  expect(lines[0]).toBe("130 assertions failed:");
  expect(lines).toHaveLength(102);
  expect(lines.at(-1)).toBe("  - and 30 more, see `rows`");
  expect(lines[1]).toMatch(/^ {2}- row 0: long: x+… \(\d+ more characters\)$/);
  expect(reason.length).toBeLessThan(210_000);
});

test("a judge whose model cannot be created is one error, before the model is called", async () => {
  let calls = 0;
  const judge = genai.makeJudge({
    name: "polite",
    instructions: "Is {{ outputs }} polite?",
    model: "no-such-provider:/some-model",
  });
  const predictFn = () => {
    calls += 1;
    return "A";
  };
  const failure = await genai.evaluate({ data: CAPITALS, predictFn, scorers: [judge] }).then(
    () => undefined,
    (error) => error,
  );
  expect(failure).toBeInstanceOf(MlflowException);
  expect(failure.message).toContain("no-such-provider:/some-model");
  expect(calls).toBe(0);
  const runs = [];
  for await (const run of searchRuns()) runs.push(run);
  expect(runs).toEqual([]);
});
