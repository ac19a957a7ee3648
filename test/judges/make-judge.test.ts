import { FakeListChatModel } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { Feedback, genai, type MlflowException } from "../../src/index.js";
import { judgeUsage } from "../../src/judges/usage.js";
import type { Scoring } from "../../src/scorers/scorer.js";
import { conversation, judgedTrace } from "../support/judged-trace.js";
import { no, ScriptedJudge, yes } from "../support/scripted-judge.js";

const PUBLIC = {
  instructions: "Is {{ outputs }} a polite answer to {{ inputs }}?",
  name: "polite",
};

test.each([true, false])("a judge returns feedback (structured output: %s)", async (withTools) => {
  const model = new ScriptedJudge([yes("It says please.")], { withTools });
  const judge = genai.makeJudge({ ...PUBLIC, feedbackValueType: ["yes", "no"], model });
  const feedback = await judge.score({ inputs: { question: "Tea?" }, outputs: "Yes, please" });
  expect(feedback).toBeInstanceOf(Feedback);
  expect(feedback).toEqual(
    expect.objectContaining({
      name: "polite",
      value: "yes",
      rationale: "It says please.",
      source: { sourceType: "LLM_JUDGE", sourceId: "scripted:/scripted-1" },
      metadata: {
        guideline: PUBLIC.instructions,
        "mlflow.assessment.judgeInputTokens": "100",
        "mlflow.assessment.judgeOutputTokens": "10",
      },
    }),
  );
  expect(model.lastPrompt().data).toEqual({
    inputs: { question: "Tea?" },
    outputs: "Yes, please",
  });
  expect(model.lastPrompt().around).toContain("Is data.outputs a polite answer to data.inputs?");
});

test("LangChain's FakeListChatModel is a judge", async () => {
  const model = new FakeListChatModel({ responses: [yes(), "nonsense", no()] });
  const judge = genai.makeJudge({ ...PUBLIC, model });
  const row = { inputs: {}, outputs: "" };
  expect(await judge.score(row)).toMatchObject({ value: "yes" });
  expect(await judge.score(row)).toMatchObject({ value: "no" });
});

test.each<[genai.FeedbackValueType, unknown, unknown]>([
  ["boolean", true, true],
  ["boolean", "True", true],
  ["integer", 4, 4],
  ["integer", "4", 4],
  ["integer", 4.5, undefined],
  ["number", 0.25, 0.25],
  ["number", "high", undefined],
  ["string", "well done", "well done"],
  ["string", 5, undefined],
  [["good", "bad"], "Good", "good"],
  [["good", "bad"], "fine", undefined],
  [[1, 2, 3], 2, 2],
  [{ type: "array", items: { type: "string" } }, ["a", "b"], ["a", "b"]],
  [{ type: "array", items: { type: "string" } }, "a", undefined],
  [{ type: "object", additionalProperties: { type: "number" } }, { a: 1 }, { a: 1 }],
  [{ anyOf: [{ type: "number" }, { type: "null" }] }, null, null],
])("for the value type %j, the result %j becomes %j", async (type, result, value) => {
  const answer = JSON.stringify({ result, rationale: "r" });
  const model = new ScriptedJudge([answer, answer]);
  const judge = genai.makeJudge({ ...PUBLIC, feedbackValueType: type, model });
  const feedback = await judge.score({ inputs: {}, outputs: "x" });
  if (value === undefined) {
    expect(feedback).toMatchObject({ value: null, error: { errorCode: "BAD_REQUEST" } });
  } else expect(feedback).toMatchObject({ value });
});

test("an answer that cannot be read is asked for once more, and both calls are counted", async () => {
  const model = new ScriptedJudge(["I think it is good", `\`\`\`json\n${yes()}\n\`\`\``]);
  const feedback = await genai.makeJudge({ ...PUBLIC, model }).score({ inputs: {}, outputs: "x" });
  expect(feedback).toMatchObject({ value: "yes", metadata: { "langchain.judgeCalls": "2" } });
  expect(judgeUsage(feedback as Feedback)).toMatchObject({ inputTokens: 200, outputTokens: 20 });
  expect(model.asked[1]?.map(({ content }) => content)).toEqual([
    ...(model.asked[0]?.map(({ content }) => content) ?? []),
    "I think it is good",
    expect.stringContaining("it is not one JSON object"),
  ]);
});

test("broken JSON twice is an error with the tokens of both calls", async () => {
  const model = new ScriptedJudge(["{", "{"]);
  const feedback = await genai.makeJudge({ ...PUBLIC, model }).score({ inputs: {}, outputs: "x" });
  expect(feedback).toMatchObject({
    value: null,
    error: {
      errorCode: "BAD_REQUEST",
      errorMessage:
        "Failed to parse response from judge model. Response: { (it is not one JSON object)",
    },
    source: { sourceType: "LLM_JUDGE" },
  });
  expect(judgeUsage(feedback as Feedback)).toMatchObject({ inputTokens: 200, outputTokens: 20 });
});

test("an error of the model is an error of the feedback", async () => {
  const model = new ScriptedJudge([new TypeError("no quota")]);
  const feedback = await genai.makeJudge({ ...PUBLIC, model }).score({ inputs: {}, outputs: "x" });
  expect(feedback).toMatchObject({ error: { errorCode: "TypeError", errorMessage: "no quota" } });
  expect(judgeUsage(feedback as Feedback)).toBeUndefined();
});

function scoring(more: Partial<Scoring> = {}): Scoring {
  return { signal: new AbortController().signal, withBackoff: (work) => work(), ...more };
}

test("an evaluation can call the model again, stop it, and cache its answers", async () => {
  const stored = new Map<string, string>();
  const answers: Scoring["answers"] = {
    get: async (key) => stored.get(JSON.stringify(key)),
    set: async (key, answer) => void stored.set(JSON.stringify(key), answer),
  };
  const again: Scoring["withBackoff"] = (work) => work().catch(work);
  const model = new ScriptedJudge([new Error("429"), yes()]);
  const judge = genai.makeJudge({ ...PUBLIC, model });
  const row = { inputs: {}, outputs: "x" };
  const first = await judge.score(row, scoring({ answers, withBackoff: again }));
  expect(first).toMatchObject({ value: "yes" });
  const second = (await judge.score(row, scoring({ answers }))) as Feedback;
  expect(model.asked.length).toBe(2);
  expect(second).toMatchObject({ value: "yes", metadata: { "langchain.judgeCached": "true" } });
  expect(judgeUsage(second)).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  const reason = new Error("stopped");
  const stopped = judge.score(
    { ...row, outputs: "y" },
    scoring({ signal: AbortSignal.abort(reason) }),
  );
  await expect(stopped).rejects.toBe(reason);
});

test("answers that cannot be read are not cached", async () => {
  const stored: string[] = [];
  const answers: Scoring["answers"] = {
    get: async () => undefined,
    set: async (_key, answer) => void stored.push(answer),
  };
  const model = new ScriptedJudge(["{", yes()]);
  await genai
    .makeJudge({ ...PUBLIC, model })
    .score({ inputs: {}, outputs: "" }, scoring({ answers }));
  expect(stored).toEqual([yes()]);
});

test("missing values are named, and come from the trace where it has them", async () => {
  const model = new ScriptedJudge([yes(), yes(), yes()]);
  const judge = genai.makeJudge({ ...PUBLIC, model });
  await expect(judge.score({ outputs: "x" })).rejects.toThrow(
    "Must specify 'inputs' - required by template variables in instructions.",
  );
  await judge.score({ trace: judgedTrace([{ name: "chain", inputs: "Tea?", outputs: "No" }]) });
  expect(model.lastPrompt().data).toEqual({ inputs: "Tea?", outputs: "No" });
  await judge.score({ inputs: { q: 1 }, trace: judgedTrace([{ name: "chain", inputs: "Tea?" }]) });
  expect(model.lastPrompt().data).toMatchObject({ trace: { spans: [{ name: "chain" }] } });
  expect(model.lastPrompt().around).toContain(
    "data.outputs is not recorded. Find it in data.trace.",
  );
});

test("{{ trace }} is a bounded list of the spans", async () => {
  const model = new ScriptedJudge([yes(), yes()]);
  const judge = genai.makeJudge({ name: "t", instructions: "Is {{ trace }} good?", model });
  const long = "a".repeat(50_000);
  const spans = Array.from({ length: 300 }, (_, index) => ({ name: `s${index}`, inputs: long }));
  await judge.score({ trace: judgedTrace(spans) });
  expect(model.lastPrompt().block.length).toBeLessThan(400_000);
  expect(model.lastPrompt().data).toMatchObject({ trace: { spans: { length: 300 } } });
  await expect(judge.score({ inputs: {} })).rejects.toThrow("Must specify 'trace'");
});

test("{{ conversation }} is the messages of a session, oldest first", async () => {
  const model = new ScriptedJudge([yes()]);
  const judge = genai.makeJudge({
    name: "c",
    instructions: "Is {{ conversation }} as {{ expectations }}?",
    model,
  });
  expect(judge.isSessionLevelScorer).toBe(true);
  const session = conversation([
    ["Hi", "Hello"],
    ["Bye", "Bye!"],
  ]);
  await judge.score({ session: session.reverse(), expectations: { tone: "kind" } });
  expect(model.lastPrompt().data).toEqual({
    conversation: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
      { role: "user", content: "Bye" },
      { role: "assistant", content: "Bye!" },
    ],
    expectations: { tone: "kind" },
  });
  const mixed = [...session, judgedTrace([{ name: "x" }], { session: "s-2", requestTime: 9 })];
  await expect(judge.score({ session: mixed, expectations: {} })).rejects.toThrow(
    "All traces in 'session' must belong to the same session.",
  );
});

test.each<[string, object, string]>([
  ["no variable", { instructions: "Good?" }, "must contain at least one variable"],
  ["a custom variable", { instructions: "{{ inputs }} {{ tone }}" }, "unsupported variables: tone"],
  [
    "conversation with inputs",
    { instructions: "{{ conversation }} {{ inputs }}" },
    "other than {{ expectations }}",
  ],
  ["a level without conversation", { sessionLevel: "episode" }, "`sessionLevel`"],
  ["an unknown option", { feedbackType: "boolean" }, "feedbackValueType"],
  ["a wrong value type", { feedbackValueType: "date" }, "`feedbackValueType`"],
  ["no allowed value", { feedbackValueType: [] }, "`feedbackValueType`"],
  ["a model that is not one", { model: {} }, "`model`"],
  ["a model URI without provider", { model: "gpt-4" }, "`model`"],
  ["headers for a chat model", { model: new ScriptedJudge([]), extraHeaders: {} }, "model URI"],
])("makeJudge() refuses %s", (_, options, message) => {
  const make = () => genai.makeJudge({ ...PUBLIC, ...options } as genai.MakeJudgeOptions);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
});

test("a model that cannot be created is an error that names the way out", async () => {
  const judge = genai.makeJudge({ ...PUBLIC, model: "nobody-has:/this" });
  const failed = await judge.score({ inputs: {}, outputs: "" }).catch((cause) => cause);
  expect((failed as MlflowException).errorCode).toBe("INVALID_PARAMETER_VALUE");
  expect((failed as MlflowException).message).toContain("pass a chat model as `model`");
});

test.each([undefined, null, 5, "row", []])("score(%j) is refused", async (row) => {
  const judge = genai.makeJudge(PUBLIC);
  await expect(judge.score(row as never)).rejects.toThrow("score() takes an object");
});
