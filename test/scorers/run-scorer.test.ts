import { expect, test } from "vitest";
import { Feedback, genai } from "../../src/index.js";
import { runScorer } from "../../src/scorers/run-scorer.js";
import { toScorers } from "../../src/scorers/to-scorer.js";

const scoring = () => ({
  signal: new AbortController().signal,
  withBackoff: <T>(work: () => Promise<T>) => work(),
});

async function run(result: unknown, row: genai.ScoredRow = {}) {
  const feedback = await runScorer(
    genai.scorer({ name: "mine" }, () => result),
    row,
    scoring(),
  );
  return feedback.map(({ name, value, rationale, metadata, error }) => ({
    ...{ name, value },
    ...(rationale !== undefined && { rationale }),
    ...(metadata && { metadata }),
    ...(error && { error: error.errorMessage }),
  }));
}

test.each([
  ["a boolean", true, [{ name: "mine", value: true }]],
  ["a number", 0.5, [{ name: "mine", value: 0.5 }]],
  ["a text", "yes", [{ name: "mine", value: "yes" }]],
  ["nothing", undefined, []],
  ["null", null, []],
  ["a Feedback without a name", new Feedback({ value: 1 }), [{ name: "mine", value: 1 }]],
  ["a Feedback", new Feedback({ name: "a", value: 1 }), [{ name: "a", value: 1 }]],
  [
    "several",
    [new Feedback({ name: "a", value: 1 }), { name: "b", value: "no" }],
    [
      { name: "a", value: 1 },
      { name: "b", value: "no" },
    ],
  ],
  [
    "a result of openevals",
    { key: "exact_match", score: true, comment: "same" },
    [{ name: "exact_match", value: true, rationale: "same" }],
  ],
  [
    "results of LangSmith",
    {
      results: [
        { key: "a", score: 1 },
        { key: "b", value: "good" },
      ],
    },
    [
      { name: "a", value: 1 },
      { name: "b", value: "good" },
    ],
  ],
  [
    "a result of autoevals",
    { name: "Factuality", score: 0.6, metadata: { rationale: "a superset", choice: "B" } },
    [
      {
        ...{ name: "Factuality", value: 0.6, rationale: "a superset" },
        metadata: { rationale: "a superset", choice: "B" },
      },
    ],
  ],
  ["a result of autoevals without a score", { name: "Factuality", score: null }, []],
  [
    "a result of Phoenix",
    { score: 0, label: "hallucinated", explanation: "not in the context" },
    [
      {
        ...{ name: "mine", value: 0, rationale: "not in the context" },
        metadata: { label: "hallucinated" },
      },
    ],
  ],
  ["a label of Phoenix", { label: "good" }, [{ name: "mine", value: "good" }]],
])("a scorer may return %s", async (_what, result, expected) => {
  expect(await run(result)).toEqual(expected);
});

test.each([
  ["a number that is not finite", Number.NaN, "returned NaN, which is not a finite number"],
  ["an unknown object", { verdict: 1 }, "returned { verdict: 1 }"],
  ["a function", () => 1, "A scorer returns a boolean"],
])("%s is an error of the feedback", async (_what, result, message) => {
  const [feedback] = await run(result);
  expect(feedback?.name).toBe("mine");
  expect(feedback?.error).toContain(message);
});

test("an error has no keys and credentials", async () => {
  const failing = genai.scorer({ name: "failing" }, () => {
    throw new Error("401 for key sk-abcdefghijklmnopqrstuvwxyz0123456789ABCD");
  });
  const [feedback] = await runScorer(failing, {}, scoring());
  expect(feedback?.error?.errorCode).toBe("SCORER_ERROR");
  expect(feedback?.error?.errorMessage).toContain("401");
  expect(JSON.stringify(feedback)).not.toContain("sk-abcdefghij");
});

test("a scorer that reaches its timeout is an error, and its signal aborts", async () => {
  let isAborted = false;
  const slow = genai.scorer({ name: "slow", timeout: 0.01 }, (_row, { signal }) => {
    signal.addEventListener("abort", () => {
      isAborted = true;
    });
    return new Promise(() => {});
  });
  const [feedback] = await runScorer(slow, {}, scoring());
  expect(feedback?.error?.errorMessage).toContain("did not return within 0.01 seconds");
  expect(isAborted).toBe(true);
});

test("a scorer receives the row by the names of other libraries too", async () => {
  let received: Partial<genai.ScorerArguments> = {};
  const scorer = genai.scorer({ name: "names" }, (row) => {
    received = row;
    return true;
  });
  const row = {
    inputs: { question: "2 + 2?" },
    outputs: { content: "4" },
    expectations: { expected_response: "4", source: "book" },
  };
  await runScorer(scorer, row, scoring());
  expect(received).toEqual({
    ...row,
    ...{ input: "2 + 2?", output: "4", expected: "4", reference: "4" },
    referenceOutputs: row.expectations,
    reference_outputs: row.expectations,
  });
});

test("an evaluator with LangSmith's arguments receives a run and an example", async () => {
  const same = genai.fromLangSmith(function sameAnswer(run, example) {
    return { key: "same", score: run.outputs.output === example.outputs.answer };
  });
  const row = { inputs: { q: 1 }, outputs: "4", expectations: { answer: "4" } };
  const [feedback] = await runScorer(same, row, scoring());
  expect([same.name, feedback?.name, feedback?.value]).toEqual(["sameAnswer", "same", true]);
});

test("functions without a name get one, and two scorers with one name are refused", () => {
  const named = { named: () => true }.named;
  const phoenix = { name: "hallucination", evaluate: () => ({ score: 1 }) };
  const scorers = toScorers("evaluate()", [named, () => 1, () => 2, phoenix]);
  expect(scorers.map(({ name }) => name)).toEqual(["named", "scorer", "scorer_2", "hallucination"]);
  expect(() => toScorers("evaluate()", [named, named])).toThrow(
    "two scorers with the name 'named'",
  );
  class Own extends genai.Scorer {
    score() {
      return 1;
    }
  }
  expect(() => toScorers("evaluate()", [Own])).toThrow("Pass an instance: new Own()");
  expect(() => toScorers("evaluate()", [3])).toThrow("takes scorers, functions, evaluators");
});

test.each([
  [{ name: "a", timeout: -1 }, "`timeout` takes a number of seconds"],
  [{ name: "a", aggregations: ["p95"] }, "`aggregations` takes an array of min, max"],
  [{ name: "a", pass_if: () => true }, "Did you mean `passIf`"],
  [{}, "requires a `name`, because its function has none"],
])("wrong options of scorer() are refused: %#", (options, message) => {
  expect(() => genai.scorer(options as never, () => true)).toThrow(message);
});
