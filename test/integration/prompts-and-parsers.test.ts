import { AIMessage, HumanMessage } from "@langchain/core/messages";
import {
  CommaSeparatedListOutputParser,
  JsonOutputParser,
  StringOutputParser,
  StructuredOutputParser,
} from "@langchain/core/output_parsers";
import {
  ChatPromptTemplate,
  FewShotPromptTemplate,
  MessagesPlaceholder,
  PromptTemplate,
} from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

describe("prompts", () => {
  test("of chat messages", async () => {
    const prompt = ChatPromptTemplate.fromMessages([
      ["system", "Be brief."],
      ["human", "{question}"],
    ]);
    const { flow } = await record((config) => prompt.invoke({ question: "who?" }, config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN ChatPromptTemplate OK: {"question":"who?"} → {"messages":["system:Be brief.","human:who?"]}"`,
    );
  });

  test("of text", async () => {
    const prompt = PromptTemplate.fromTemplate("Hi {name}");
    const { flow } = await record((config) => prompt.invoke({ name: "Ann" }, config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN PromptTemplate OK: {"name":"Ann"} → {"text":"Hi Ann"}"`,
    );
  });

  test("of text, streamed", async () => {
    const prompt = PromptTemplate.fromTemplate("Hi {name}");
    const { flow } = await record((config) => collect(prompt.stream({ name: "Ann" }, config)));
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN PromptTemplate OK: {"name":"Ann"} → {"text":"Hi Ann"}"`,
    );
  });

  test("with examples", async () => {
    const prompt = new FewShotPromptTemplate({
      examples: [{ word: "big", opposite: "small" }],
      examplePrompt: PromptTemplate.fromTemplate("{word}: {opposite}"),
      suffix: "{input}:",
      inputVariables: ["input"],
    });
    const { flow } = await record((config) => prompt.invoke({ input: "old" }, config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN FewShotPromptTemplate OK: {"input":"old"} → {"text":"\\n\\nbig: small\\n\\nold:"}"`,
    );
  });

  test("with a placeholder for messages", async () => {
    const prompt = ChatPromptTemplate.fromMessages([
      new MessagesPlaceholder("history"),
      ["human", "{question}"],
    ]);
    const history = [new HumanMessage("a"), new AIMessage("b")];
    const { flow } = await record((config) => prompt.invoke({ question: "c", history }, config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN ChatPromptTemplate OK: {"question":"c","history":["human:a","ai:b"]} → {"messages":["human:a","ai:b","human:c"]}"`,
    );
  });

  test("that miss a variable", async () => {
    const prompt = PromptTemplate.fromTemplate("Hi {name}");
    const { flow } = await record((config) => prompt.invoke({} as { name: string }, config));
    expect(flow).toMatchInlineSnapshot(`"CHAIN PromptTemplate ERROR [exception]: {} → nothing"`);
  });
});

describe("parsers", () => {
  test("to text, from a message", async () => {
    const { flow } = await record((config) =>
      new StringOutputParser().invoke(new AIMessage("hello"), config),
    );
    expect(flow).toMatchInlineSnapshot(`"CHAIN StrOutputParser OK: "ai:hello" → "hello""`);
  });

  test("to text, from text", async () => {
    const { flow } = await record((config) => new StringOutputParser().invoke("hello", config));
    expect(flow).toMatchInlineSnapshot(`"CHAIN StrOutputParser OK: "hello" → "hello""`);
  });

  test("to JSON", async () => {
    const { flow } = await record((config) => new JsonOutputParser().invoke('{"a":1}', config));
    expect(flow).toMatchInlineSnapshot(`"CHAIN JsonOutputParser OK: "{\\"a\\":1}" → {"a":1}"`);
  });

  test("to JSON, from a text that is not JSON", async () => {
    const { tree } = await record((config) => new JsonOutputParser().invoke("{a", config));
    expect(tree).toMatchInlineSnapshot(`"CHAIN JsonOutputParser ERROR [exception]"`);
  });

  test("to a list", async () => {
    const { flow } = await record((config) =>
      new CommaSeparatedListOutputParser().invoke("a, b", config),
    );
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN CommaSeparatedListOutputParser OK: "a, b" → ["a","b"]"`,
    );
  });

  test("to a structure", async () => {
    const parser = StructuredOutputParser.fromZodSchema(z.object({ a: z.number() }));
    const { flow } = await record((config) => parser.invoke('```json\n{"a":1}\n```', config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAIN StructuredOutputParser OK: "\`\`\`json\\n{\\"a\\":1}\\n\`\`\`" → {"a":1}"`,
    );
  });

  test("to JSON, of a stream: the input is the last chunk, as LangChain passes it", async () => {
    const model = new FakeListChatModel({ responses: ['{"a": [1,2]}'] });
    const { flow } = await record((config) =>
      collect(model.pipe(new JsonOutputParser()).stream("x", config)),
    );
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: "x" → {"a":[1,2]}
        CHAT_MODEL FakeListChatModel OK [new_token]: {"messages":["user:x"]} → {"choices":[{"message":"assistant:{\\"a\\": [1,2]}","finish_reason":null}]}
        CHAIN JsonOutputParser OK: "AIMessageChunk:}" → {"a":[1,2]}"
    `);
  });
});
