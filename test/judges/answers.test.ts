import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { expect, test } from "vitest";
import { genai } from "../../src/index.js";
import { runScorer } from "../../src/scorers/run-scorer.js";
import { ScriptedJudge, yes } from "../support/scripted-judge.js";

const scoring = {
  signal: new AbortController().signal,
  withBackoff: <T>(work: () => Promise<T>) => work(),
};
const question = new HumanMessage("What is the capital of France?");
const blocks = [
  { type: "reasoning", reasoning: "hm" },
  { type: "text", text: "Pa" },
  { type: "text", text: "ris" },
];

/** The text of an answer, for each reader of it: a judge, a function, and a scorer without a model. */
async function readersOf(outputs: unknown) {
  const model = new ScriptedJudge([yes()]);
  await new genai.scorers.Safety({ model }).score({ outputs });
  const { response } = model.lastPrompt().data as { response: unknown };
  let output: unknown;
  const receive = genai.scorer({ name: "receive" }, (row) => {
    output = row.output;
  });
  await runScorer(receive, { outputs }, scoring);
  const exact = new genai.scorers.ExactMatch();
  const row = { outputs, expectations: { expected_response: "Paris" } };
  const [feedback] = await runScorer(exact, row, scoring);
  return { response, output, isExact: feedback?.value };
}

test.each<[string, unknown]>([
  ["a string", "Paris"],
  ["a message of LangChain", new AIMessage("Paris")],
  ["a message whose content is blocks", new AIMessage({ content: blocks })],
  ["a message as data", { type: "ai", content: "Paris", id: "1" }],
  ["a list of messages", [question, new AIMessage("Paris")]],
  ["the state of an agent", { messages: [question, new AIMessage("Paris")] }],
  ["the state of an agent, with blocks", { messages: [question, { role: "ai", content: blocks }] }],
  [
    "the result of a tool that ends an agent",
    {
      messages: [
        question,
        new AIMessage("Let me look it up"),
        new ToolMessage({ content: "Paris", tool_call_id: "1" }),
      ],
    },
  ],
  ["a chat completion", { choices: [{ message: { role: "assistant", content: "Paris" } }] }],
  [
    "a response of the Responses API",
    {
      output: [
        { type: "reasoning", summary: [] },
        {
          ...{ type: "message", role: "assistant" },
          content: [{ type: "output_text", text: "Paris" }],
        },
      ],
    },
  ],
])("the answer of %s is one text for judges, functions and scorers", async (_form, outputs) => {
  expect(await readersOf(outputs)).toEqual({ response: "Paris", output: "Paris", isExact: true });
});

test.each<[string, object]>([
  ["a chain", { question: "?", answer: "Paris", sources: ["atlas"] }],
  ["an old agent", { input: "?", output: "Paris" }],
])(
  "judges and functions read all fields of the result of %s, scorers its answer",
  async (_form, outputs) => {
    expect(await readersOf(outputs)).toEqual({ response: outputs, output: outputs, isExact: true });
  },
);

test("a message without a text is read as data", async () => {
  const content = [{ type: "image_url", image_url: { url: "https://a.example/b.png" } }];
  const { response, output } = await readersOf(new AIMessage({ content }));
  expect(response).toEqual({ role: "ai", content });
  expect(output).toBeInstanceOf(AIMessage);
});

test("an object with more than its content is no message", async () => {
  const outputs = { content: "Paris", citations: ["atlas"] };
  expect(await readersOf(outputs)).toMatchObject({ response: outputs, output: outputs });
});
