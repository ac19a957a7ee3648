import { setTimeout as sleep } from "node:timers/promises";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import type { Trace } from "langchain-mlflow";
import { expect, test } from "vitest";
import { record } from "../support/traces.js";
import { rootOf } from "../support/tree.js";

const COUNT = 20;
const numbers = Array.from({ length: COUNT }, (_, index) => `${index}`);

const answering = (text: string) =>
  ChatPromptTemplate.fromTemplate("{question}")
    .pipe(new FakeListChatModel({ responses: [`re: ${text}`], sleep: 1 }))
    .pipe(new StringOutputParser());

test("invokes at once are a trace each, with its own spans, input and output", async () => {
  const { traces, trees } = await record(
    (config) =>
      Promise.all(numbers.map((text) => answering(text).invoke({ question: text }, config))),
    { traces: COUNT },
  );
  expect(ends(traces)).toEqual(expected);
  expect(new Set(trees)).toEqual(
    new Set([
      [
        "CHAIN RunnableSequence OK",
        "  CHAIN ChatPromptTemplate OK",
        "  CHAT_MODEL FakeListChatModel OK",
        "  CHAIN StrOutputParser OK",
      ].join("\n"),
    ]),
  );
});

test("streams read at once keep their chunks apart", async () => {
  const read = async (text: string, config: object) => {
    let answer = "";
    for await (const chunk of await answering(text).stream({ question: text }, config)) {
      answer += chunk;
      await sleep(1);
    }
    return answer;
  };
  const { traces, trees } = await record(
    (config) => Promise.all(numbers.map((text) => read(text, config))),
    { traces: COUNT },
  );
  expect(ends(traces)).toEqual(expected);
  expect(new Set(trees).size).toBe(1);
  expect(trees[0]?.split("\n")).toHaveLength(4);
});

const expected = new Map(numbers.map((text) => [text, `re: ${text}`]));

/** What came of each input. */
function ends(traces: readonly Trace[]) {
  return new Map(
    traces
      .map(rootOf)
      .map(({ inputs, outputs }) => [(inputs as { question: string }).question, outputs]),
  );
}
