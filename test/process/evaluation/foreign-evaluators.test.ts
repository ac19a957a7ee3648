import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { genai, searchTraces, setExperiment, setTrackingUri } from "../../../src/index.js";
import { importEvaluators } from "../../support/evaluators.js";

// biome-ignore lint/suspicious/noExplicitAny: the types of these libraries are not installed with this package
type Library = any;
let openevals: Library;
let autoevals: Library;
let phoenix: Library;
let folder: string;
let provider: Server;
let providerUrl: string;
/** The models that were asked. */
const asked: string[] = [];

beforeAll(async () => {
  [openevals, autoevals, phoenix] = await Promise.all(
    ["openevals", "autoevals", "@arizeai/phoenix-evals"].map(importEvaluators),
  );
  folder = mkdtempSync(join(tmpdir(), "foreign-evaluators-"));
  provider = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { model, tools, tool_choice } = JSON.parse(body);
    asked.push(model);
    const message = answerOf(tools, tool_choice);
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        ...{ id: "1", object: "chat.completion", created: 1, model },
        choices: [{ index: 0, finish_reason: "stop", message }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }),
    );
  }).listen(0, "127.0.0.1");
  await once(provider, "listening");
  providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  provider.close();
  rmSync(folder, { recursive: true });
});

/** Answers as a model that judges: with the tool of autoevals, or with the JSON that openevals asks for. */
function answerOf(tools: unknown, choice: { function?: { name?: string } } | undefined) {
  if (!tools) {
    const content = JSON.stringify({ reasoning: "They agree.", score: true });
    return { role: "assistant", content };
  }
  const args = JSON.stringify({ reasons: "They agree.", choice: "C" });
  const call = { name: choice?.function?.name ?? "select_choice", arguments: args };
  const tool_calls = [{ id: "call-1", type: "function", function: call }];
  return { role: "assistant", content: null, tool_calls };
}

const ROWS = [
  { inputs: { country: "France" }, expectations: { expected_response: "Paris" } },
  { inputs: { country: "Italy" }, expectations: { expected_response: "Rome" } },
];
const ANSWERS: Readonly<Record<string, string>> = { France: "Paris", Italy: "Roma" };
const predictFn = ({ country }: { country: string }) => ANSWERS[country];

function valuesOf({ rows }: genai.EvaluationResult) {
  return rows.map(({ feedback }) =>
    Object.fromEntries(feedback.map(({ name, value, error }) => [name, error ?? value])),
  );
}

describe("evaluators of texts", () => {
  const evaluate = (scorers: readonly genai.ForeignEvaluator[], dryRun = true) =>
    genai.evaluate({ data: ROWS, predictFn, scorers, dryRun });

  test("openevals' exactMatch and levenshteinDistance score every row", async () => {
    const result = await evaluate([openevals.exactMatch, openevals.levenshteinDistance]);
    expect(valuesOf(result)).toEqual([
      { exact_match: true, levenshtein_distance: 1 },
      { exact_match: false, levenshtein_distance: 0.75 },
    ]);
    expect(result.metrics).toMatchObject({
      "exact_match/mean": 0.5,
      "levenshtein_distance/mean": 0.875,
    });
  });

  test("autoevals' Levenshtein and ExactMatch score every row", async () => {
    const result = await evaluate([autoevals.Levenshtein, autoevals.ExactMatch]);
    expect(valuesOf(result)).toEqual([
      { Levenshtein: 1, ExactMatch: 1 },
      { Levenshtein: 0.75, ExactMatch: 0 },
    ]);
    expect(result.metrics).toMatchObject({ "Levenshtein/mean": 0.875, "ExactMatch/mean": 0.5 });
  });

  test("an evaluator of Phoenix's createEvaluator() scores every row with its explanation", async () => {
    const evaluator = phoenix.createEvaluator(
      ({ output, expected }: { output: string; expected: string }) => ({
        score: Number(output === expected),
        label: output === expected ? "right" : "wrong",
        explanation: `${output} and ${expected}`,
      }),
      { name: "accuracy", kind: "CODE" },
    );
    const result = await evaluate([evaluator]);
    expect(valuesOf(result)).toEqual([{ accuracy: 1 }, { accuracy: 0 }]);
    expect(result.rows.flatMap(({ feedback }) => feedback)).toMatchObject([
      { rationale: "Paris and Paris", metadata: { label: "right" } },
      { rationale: "Roma and Rome", metadata: { label: "wrong" } },
    ]);
  });

  test("evaluators of three libraries leave assessments on the traces of a local store", async () => {
    setTrackingUri(`file:${folder}`);
    await setExperiment("foreign evaluators");
    const accuracy = phoenix.createEvaluator(
      ({ output, expected }: { output: string; expected: string }) => Number(output === expected),
      { name: "accuracy", kind: "CODE" },
    );
    const scorers = [openevals.exactMatch, autoevals.Levenshtein, accuracy];
    const { runId = "" } = await evaluate(scorers, false);
    const stored = [];
    for await (const { info } of searchTraces({ runId })) {
      const feedback = info.assessments.filter(({ type }) => type === "feedback");
      const entries = feedback.map(({ name, value, source }) => [name, [value, source.sourceType]]);
      stored.push([info.responsePreview, Object.fromEntries(entries)]);
    }
    expect(Object.fromEntries(stored)).toEqual({
      '"Paris"': { exact_match: [true, "CODE"], Levenshtein: [1, "CODE"], accuracy: [1, "CODE"] },
      '"Roma"': {
        exact_match: [false, "CODE"],
        Levenshtein: [0.75, "CODE"],
        accuracy: [0, "CODE"],
      },
    });
  });
});

describe("evaluators of other outputs", () => {
  test("openevals' trajectory match compares the messages of an agent with those expected", async () => {
    const searching = (query: string) => [
      new HumanMessage("Where?"),
      new AIMessage({ content: "", tool_calls: [{ name: "search", args: { query }, id: "1" }] }),
      new ToolMessage({ content: "Paris", tool_call_id: "1" }),
      new AIMessage("Paris"),
    ];
    const rowOf = (query: string) => ({
      inputs: { query },
      expectations: { messages: searching("capital of France") },
    });
    const { createTrajectoryMatchEvaluator } = openevals;
    const result = await genai.evaluate({
      data: [rowOf("capital of France"), rowOf("capital of Italy")],
      predictFn: ({ query }) => ({ messages: searching(query) }),
      scorers: [
        createTrajectoryMatchEvaluator({ trajectoryMatchMode: "strict" }),
        createTrajectoryMatchEvaluator({
          ...{ trajectoryMatchMode: "superset", toolArgsMatchMode: "ignore" },
        }),
      ],
      dryRun: true,
    });
    expect(valuesOf(result)).toEqual([
      { trajectory_strict_match: true, trajectory_superset_match: true },
      { trajectory_strict_match: false, trajectory_superset_match: true },
    ]);
  });

  test("autoevals' JSONDiff compares objects", async () => {
    const result = await genai.evaluate({
      data: [
        { inputs: { id: 1 }, expectations: { expected: { city: "Paris", rooms: 2 } } },
        { inputs: { id: 2 }, expectations: { expected: { city: "Paris", rooms: 2 } } },
      ],
      predictFn: ({ id }) => ({ city: id === 1 ? "Paris" : "Oslo", rooms: 2 }),
      scorers: [autoevals.JSONDiff],
      dryRun: true,
    });
    const [same, different] = valuesOf(result);
    expect(same).toEqual({ JSONDiff: 1 });
    expect(different?.JSONDiff).toBeGreaterThan(0);
    expect(different?.JSONDiff).toBeLessThan(1);
  });

  test("Phoenix's precision and recall compare lists of labels", async () => {
    const options = { positiveLabel: "spam" };
    const result = await genai.evaluate({
      data: [{ inputs: { id: 1 }, expectations: { expected: ["spam", "spam", "no", "no"] } }],
      predictFn: () => ["spam", "no", "no", "no"],
      scorers: [phoenix.createPrecisionEvaluator(options), phoenix.createRecallEvaluator(options)],
      dryRun: true,
    });
    expect(valuesOf(result)).toEqual([{ precision: 1, recall: 0.5 }]);
  });
});

describe("evaluators with a model", () => {
  test("openevals' createLLMAsJudge asks its model and leaves its reasoning", async () => {
    const { ChatOpenAI } = await importEvaluators("@langchain/openai");
    const judge = new ChatOpenAI({
      ...{ model: "judge-of-openevals", apiKey: "none" },
      configuration: { baseURL: providerUrl },
    });
    const evaluator = openevals.createLLMAsJudge({
      ...{ prompt: "{outputs} {reference_outputs}", feedbackKey: "agrees", judge },
    });
    const result = await genai.evaluate({
      data: ROWS,
      predictFn,
      scorers: [evaluator],
      dryRun: true,
    });
    expect(valuesOf(result)).toEqual([{ agrees: true }, { agrees: true }]);
    expect(result.rows[0]?.feedback[0]?.rationale).toBe("They agree.");
    expect(asked.filter((model) => model === "judge-of-openevals")).toHaveLength(2);
  });

  test("autoevals' Factuality asks its model and leaves its rationale", async () => {
    const evaluator = autoevals.Factuality.partial({
      ...{ model: "judge-of-autoevals", openAiApiKey: "none", openAiBaseUrl: providerUrl },
    });
    const result = await genai.evaluate({
      data: ROWS,
      predictFn,
      scorers: [evaluator],
      dryRun: true,
    });
    expect(valuesOf(result)).toEqual([{ Factuality: 1 }, { Factuality: 1 }]);
    expect(result.rows[0]?.feedback[0]?.rationale).toBe("They agree.");
    expect(asked.filter((model) => model === "judge-of-autoevals")).toHaveLength(2);
  });
});
