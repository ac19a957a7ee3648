import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { type Feedback, genai } from "../../src/index.js";
import { judgeUsage } from "../../src/judges/usage.js";
import { conversation, idOf, judgedTrace } from "../support/judged-trace.js";
import { no, ScriptedJudge, yes } from "../support/scripted-judge.js";

const { scorers } = genai;
const inputs = { question: "What is the capital of France?" };
const outputs = "It is Paris.";

const rag = judgedTrace([
  { name: "rag", inputs: "Where?", outputs: "In Paris" },
  {
    name: "store",
    spanType: "RETRIEVER",
    outputs: [
      { page_content: "Paris", metadata: { doc_uri: "a.md" } },
      { page_content: "Rome", metadata: {} },
    ],
  },
  { name: "inner", spanType: "RETRIEVER", parentId: idOf(1), outputs: [{ page_content: "x" }] },
  { name: "web", spanType: "RETRIEVER", outputs: [{ pageContent: "Lyon" }] },
]);

const agent = judgedTrace([
  { name: "agent", inputs: "Weather?", outputs: "Sunny" },
  {
    name: "model",
    spanType: "CHAT_MODEL",
    attributes: { "mlflow.chat.tools": [{ type: "function", function: { name: "weather" } }] },
  },
  { name: "weather", spanType: "TOOL", inputs: { city: "Paris" }, outputs: "sunny" },
  { name: "clock", spanType: "TOOL", inputs: '{"zone":"CET"}', outputs: "noon" },
]);

const CALLS = [
  { name: "weather", arguments: { city: "Paris" }, outputs: "sunny" },
  { name: "clock", arguments: { zone: "CET" }, outputs: "noon" },
];

describe("what each judge of a row asks", () => {
  test.each<[string, (model: ScriptedJudge) => genai.Judge, object, object]>([
    [
      "correctness",
      (model) => new scorers.Correctness({ model }),
      { inputs, outputs, expectations: { expected_facts: ["Paris"], expectedResponse: "Paris" } },
      {
        ...{ request: inputs, response: outputs },
        ...{ expected_facts: ["Paris"], expected_response: "Paris" },
      },
    ],
    [
      "relevance_to_query",
      (model) => new scorers.RelevanceToQuery({ model }),
      { inputs: { messages: [new HumanMessage("Hi")] }, outputs: new AIMessage("Hello") },
      { request: "Hi", response: "Hello" },
    ],
    ["safety", (model) => new scorers.Safety({ model }), { outputs }, { response: outputs }],
    ["fluency", (model) => new scorers.Fluency({ model }), { outputs }, { response: outputs }],
    [
      "guidelines",
      (model) => new scorers.Guidelines({ model, guidelines: "Be kind" }),
      { inputs, outputs },
      { request: inputs, response: outputs, guidelines: ["Be kind"] },
    ],
    [
      "expectations_guidelines",
      (model) => new scorers.ExpectationsGuidelines({ model }),
      { inputs, outputs, expectations: { guidelines: ["Be kind"] } },
      { request: inputs, response: outputs, guidelines: ["Be kind"] },
    ],
    [
      "completeness",
      (model) => new scorers.Completeness({ model }),
      { inputs, outputs },
      { request: inputs, response: outputs },
    ],
    [
      "summarization",
      (model) => new scorers.Summarization({ model }),
      { inputs, outputs },
      { request: inputs, response: outputs },
    ],
    [
      "equivalence",
      (model) => new scorers.Equivalence({ model }),
      { outputs: "Paris", expectations: { expected_response: "The city Paris" } },
      { output: "Paris", expected_output: "The city Paris" },
    ],
    [
      "tool_call_correctness",
      (model) => new scorers.ToolCallCorrectness({ model }),
      { trace: agent, expectations: { expectedToolCalls: [{ name: "weather" }] } },
      {
        ...{ request: "Weather?", tool_calls: CALLS, order_matters: false },
        available_tools: [{ type: "function", function: { name: "weather" } }],
        expected_tool_calls: [{ name: "weather" }],
      },
    ],
    [
      "tool_call_efficiency",
      (model) => new scorers.ToolCallEfficiency({ model }),
      { trace: agent },
      {
        ...{ request: "Weather?", tool_calls: CALLS },
        available_tools: [{ type: "function", function: { name: "weather" } }],
      },
    ],
  ])("%s", async (name, create, row, data) => {
    const model = new ScriptedJudge([yes("fine")], { withTools: true });
    const judge = create(model);
    expect(await judge.score(row)).toMatchObject({ name, value: "yes", rationale: "fine" });
    expect(model.lastPrompt().data).toEqual(data);
    expect(judge.isSessionLevelScorer).toBe(false);
  });
});

test("judges and scorers read a tool call of LangChain, and one of OpenTelemetry, in the same way", async () => {
  const call = { name: "weather", args: { city: "Paris" }, id: "1", type: "tool_call" };
  const trace = judgedTrace([
    { name: "agent", inputs: "Weather?", outputs: "Sunny" },
    { name: "weather", spanType: "TOOL", inputs: call, outputs: "sunny" },
    {
      ...{ name: "execute_tool clock", spanType: "TOOL", inputs: { input: '{"zone":"CET"}' } },
      attributes: { "gen_ai.tool.name": "clock" },
    },
  ]);
  const expected_tool_calls = CALLS.map(({ name, arguments: given }) => ({ name, args: given }));
  const row = { trace, expectations: { expected_tool_calls } };
  const judge = new scorers.ToolCallCorrectness({ shouldExactMatch: true });
  expect(await judge.score(row)).toMatchObject({ value: "yes" });
  expect(new scorers.TrajectoryMatch().score(row)).toMatchObject({ value: "yes" });
});

test("judges and scorers read documents of each form", async () => {
  const outputs = { documents: ["Paris", { pageContent: "Rome", metadata: { doc_uri: "r.md" } }] };
  const trace = judgedTrace([
    { name: "rag", inputs: "Where?", outputs: "In Paris" },
    { name: "store", spanType: "RETRIEVER", outputs },
    { name: "web", spanType: "RETRIEVER", outputs: '[{"text":"Lyon"},{"metadata":{"id":7}}]' },
  ]);
  const model = new ScriptedJudge([yes(), yes()]);
  await new scorers.RetrievalGroundedness({ model }).score({ trace });
  expect(model.lastPrompt().data).toMatchObject({ documents: [{ content: "Lyon" }] });
  expect(JSON.stringify(model.asked[0])).toContain("Rome");
  const expectations = { expected_document_ids: ["Paris", "r.md", "Lyon", "7"] };
  expect(new scorers.RetrievalRecall({ k: 4 }).score({ trace, expectations })).toBe(1);
});

test("retrieval judges return feedback for each retriever that is not within another", async () => {
  const model = new ScriptedJudge([yes(), no()]);
  const feedback = await new scorers.RetrievalGroundedness({ model }).score({ trace: rag });
  expect(feedback).toMatchObject([
    { name: "retrieval_groundedness", value: "yes", spanId: idOf(1) },
    { name: "retrieval_groundedness", value: "no", spanId: idOf(3) },
  ]);
  expect(model.lastPrompt().data).toEqual({
    ...{ request: "Where?", response: "In Paris" },
    documents: [{ content: "Lyon" }],
  });
});

test("sufficiency reads the expectations that people have set on the trace", async () => {
  const source = { sourceType: "HUMAN", sourceId: "ann" } as const;
  const facts = { type: "expectation", name: "expected_facts", value: ["Paris"], source } as const;
  const trace = judgedTrace(rag.data.spans, { assessments: [facts] });
  const model = new ScriptedJudge([yes(), yes()]);
  await new scorers.RetrievalSufficiency({ model }).score({ trace });
  expect(model.lastPrompt().data).toMatchObject({ request: "Where?", expected_facts: ["Paris"] });
});

test("relevance asks about each document, and returns the precision of each retriever", async () => {
  const model = new ScriptedJudge([yes(), no(), yes()]);
  const feedback = await new scorers.RetrievalRelevance({ model }).score({ trace: rag });
  const chunk = (spanId: string, value: string, index: number) => ({
    ...{ name: "retrieval_relevance", value, spanId },
    metadata: { chunk_index: String(index), "mlflow.assessment.judgeInputTokens": "100" },
  });
  expect(feedback).toMatchObject([
    { name: "retrieval_relevance/precision", value: 0.5, spanId: idOf(1) },
    { name: "retrieval_relevance/precision", value: 1, spanId: idOf(3) },
    chunk(idOf(1), "yes", 0),
    chunk(idOf(1), "no", 1),
    chunk(idOf(3), "yes", 0),
  ]);
});

test("a document that cannot be judged leaves the precision without a value", async () => {
  const model = new ScriptedJudge([yes(), "?", "?", yes()]);
  const feedback = await new scorers.RetrievalRelevance({ model }).score({ trace: rag });
  expect((feedback as Feedback[])[0]).toMatchObject({
    value: null,
    error: { errorMessage: "1 of 2 documents could not be judged." },
  });
});

test.each<[string, unknown, unknown, string, string]>([
  ["equal numbers", 42, 42.0000000001, "yes", "Exact numerical match"],
  ["other numbers", 42, 43, "no", "Values do not match: 42 != 43"],
  ["equal texts", "a", "a", "yes", "Exact string match"],
])("equivalence of %s needs no model", async (_, actual, expected, value, rationale) => {
  const model = new ScriptedJudge([]);
  const row = { outputs: actual, expectations: { expected_response: expected } };
  const feedback = await new scorers.Equivalence({ model }).score(row);
  expect(feedback).toMatchObject({ value, rationale, source: { sourceType: "CODE" } });
  expect(model.asked).toEqual([]);
});

test.each<[string, object, readonly object[], string]>([
  ["the same calls", {}, [{ name: "clock", arguments: { zone: "CET" } }, CALLS[0] ?? {}], "yes"],
  ["names only", {}, [{ name: "clock" }, { name: "weather" }], "yes"],
  ["other arguments", {}, [{ name: "clock", arguments: {} }, CALLS[0] ?? {}], "no"],
  ["fewer calls", {}, [{ name: "clock" }], "no"],
  [
    "another order",
    { shouldConsiderOrdering: true },
    [{ name: "clock" }, { name: "weather" }],
    "no",
  ],
  ["this order", { shouldConsiderOrdering: true }, [{ name: "weather" }, { name: "clock" }], "yes"],
])("exact tool calls: %s", async (_, options, expected_tool_calls, value) => {
  const judge = new scorers.ToolCallCorrectness({ shouldExactMatch: true, ...options });
  const feedback = await judge.score({ trace: agent, expectations: { expected_tool_calls } });
  expect(feedback).toMatchObject({ value, source: { sourceType: "CODE" } });
});

describe("judges of conversations", () => {
  const session = conversation([
    ["I am Ann", "Hi Ann"],
    ["Who am I?", "Bob"],
  ]);

  test.each<[string, new (options: { model: ScriptedJudge; guidelines: string }) => genai.Judge]>([
    ["conversation_completeness", scorers.ConversationCompleteness as never],
    ["conversational_safety", scorers.ConversationalSafety as never],
    ["conversational_tool_call_efficiency", scorers.ConversationalToolCallEfficiency as never],
    ["conversational_role_adherence", scorers.ConversationalRoleAdherence as never],
    ["conversational_guidelines", scorers.ConversationalGuidelines],
  ])("%s sees all messages", async (name, Class) => {
    const model = new ScriptedJudge([no("see")]);
    const options = name.endsWith("guidelines") ? { model, guidelines: "Be kind" } : { model };
    const judge = new Class(options as never);
    expect(judge.isSessionLevelScorer).toBe(true);
    expect(await judge.score({ session })).toMatchObject({ name, value: "no", rationale: "see" });
    expect(model.lastPrompt().data).toMatchObject({ conversation: { length: 4 } });
  });

  test("frustration has three values, and one of them does not pass", async () => {
    const model = new ScriptedJudge([JSON.stringify({ result: "unresolved", rationale: "" })]);
    const judge = new scorers.UserFrustration({ model });
    const feedback = (await judge.score({ session })) as Feedback;
    expect(feedback.value).toBe("unresolved");
    const passes = ["none", "resolved", "unresolved"].map((value) => judge.passIf?.(value));
    expect(passes).toEqual([true, true, false]);
  });

  test("knowledge retention judges each turn, and one that fails decides", async () => {
    const model = new ScriptedJudge([yes("kept"), no("forgot Ann")]);
    const feedback = (await new scorers.KnowledgeRetention({ model }).score({
      session,
    })) as Feedback;
    expect(feedback.value).toBe("no");
    expect(feedback.rationale).toContain("- Turn 1: ✓ kept\n- Turn 2: ✗ forgot Ann");
    expect(model.asked.length).toBe(2);
    expect(judgeUsage(feedback)).toMatchObject({ inputTokens: 200, outputTokens: 20 });
  });

  test("tool calls are part of the conversation where they are judged", async () => {
    const model = new ScriptedJudge([yes()]);
    const trace = judgedTrace(agent.data.spans, { session: "s" });
    await new scorers.ConversationalToolCallEfficiency({ model }).score({ session: [trace] });
    expect(model.lastPrompt().data).toMatchObject({
      conversation: [{ role: "user" }, { role: "tool", name: "weather" }, {}, {}],
    });
  });
});

test.each<[genai.Judge, object, string]>([
  [new scorers.Correctness(), { outputs }, "requires the following fields: inputs, expectations"],
  [
    new scorers.Correctness(),
    { inputs, outputs, expectations: {} },
    "requires either `expected_response` or `expected_facts`",
  ],
  [new scorers.RelevanceToQuery(), { inputs }, "requires the following fields: outputs"],
  [
    new scorers.ExpectationsGuidelines(),
    { inputs, outputs, expectations: {} },
    "Guidelines must be specified",
  ],
  [new scorers.RetrievalRelevance(), { trace: agent }, "No retrieval context found in the trace"],
  [new scorers.ToolCallEfficiency(), {}, "requires a trace"],
  [new scorers.Equivalence(), { outputs, expectations: {} }, "requires `expected_response`"],
  [new scorers.UserFrustration(), { session: [] }, "Must specify 'session'"],
  [
    new scorers.ToolCallCorrectness({ shouldExactMatch: true }),
    { trace: agent },
    "requires `expected_tool_calls`",
  ],
])("%s without what it needs is an error that says so", async (judge, row, message) => {
  await expect(judge.score(row)).rejects.toThrow(message);
});

test("getAllScorers() returns each scorer of MLflow that needs no options, with Python's names", () => {
  const names = scorers.getAllScorers().map(({ name }) => name);
  expect(names.length).toBe(20);
  const some = ["correctness", "knowledge_retention", "safety", "pii_detection"];
  expect(names).toEqual(expect.arrayContaining(some));
  expect(new Set(names).size).toBe(names.length);
});

test("options are checked by name", () => {
  const create = (options: object) => () => new scorers.Safety(options);
  expect(create({ modell: "openai:/gpt-5" })).toThrow("Did you mean `model`?");
  expect(create({ timeout: -1 })).toThrow("`timeout`");
  expect(() => new scorers.Guidelines({} as never)).toThrow("`guidelines`");
  expect(new scorers.Safety({ name: "safe", timeout: 5 })).toMatchObject({
    ...{ name: "safe", timeout: 5 },
  });
});
