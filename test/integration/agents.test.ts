import { AgentExecutor, createToolCallingAgent } from "@langchain/classic/agents";
import { LLMChain } from "@langchain/classic/chains";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { ChatPromptTemplate, MessagesPlaceholder, PromptTemplate } from "@langchain/core/prompts";
import { FakeEmbeddings, FakeListChatModel } from "@langchain/core/utils/testing";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { collect } from "../support/outcome.js";
import { AGENT_ANSWER as ANSWER, PAGE_TOOLS as tools } from "../support/page-agent.js";
import { record } from "../support/traces.js";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const model = () =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: "k",
    configuration: { baseURL: server.url },
    maxRetries: 0,
  });
const question = { messages: [{ role: "user", content: "PARALLEL how long?" }] };

describe("createReactAgent", () => {
  const agent = () => createReactAgent({ llm: model(), tools });

  test("invoked", async () => {
    const { tree, trace } = await record((config) => agent().invoke(question, config));
    const named = tree.replaceAll("Branch<agent,tools,__end__>", "RunnableLambda");
    expect(named).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK
        CHAIN agent OK
          CHAIN RunnableSequence OK
            CHAIN prompt OK
            CHAT_MODEL ChatOpenAI OK
          CHAIN RunnableLambda OK
        CHAIN tools OK
          TOOL search OK
          TOOL search OK
        CHAIN agent OK
          CHAIN RunnableSequence OK
            CHAIN prompt OK
            CHAT_MODEL ChatOpenAI OK
          CHAIN RunnableLambda OK
        CHAIN tools OK
          TOOL calculator OK
        CHAIN agent OK
          CHAIN RunnableSequence OK
            CHAIN prompt OK
            CHAT_MODEL ChatOpenAI OK
          CHAIN RunnableLambda OK"
    `);
    expect(JSON.parse(trace.info.traceMetadata["mlflow.trace.tokenUsage"] ?? "")).toMatchObject({
      total_tokens: 112,
    });
    expect(trace.info.requestPreview).toBe("PARALLEL how long?");
  });
});

describe("classic", () => {
  const fake = () => new FakeListChatModel({ responses: ["hello"] });

  test("LLMChain", async () => {
    const chain = () =>
      new LLMChain({ llm: fake(), prompt: PromptTemplate.fromTemplate("Hi {name}") });
    const { flow } = await record((config) => chain().invoke({ name: "Ann" }, config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN LLMChain OK: {"name":"Ann"} → {"text":"hello"}
        CHAT_MODEL FakeListChatModel OK: {"messages":["user:Hi Ann"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"
    `);
    const called = await record(() => chain().call({ name: "Ann" }));
    expect(called.flow).toBe(flow);
  });

  const executor = () =>
    new AgentExecutor({
      agent: createToolCallingAgent({
        llm: model(),
        tools,
        prompt: ChatPromptTemplate.fromMessages([
          ["human", "{input}"],
          new MessagesPlaceholder("agent_scratchpad"),
        ]),
      }),
      tools,
    });

  test("AgentExecutor", async () => {
    const { tree, span } = await record((config) =>
      executor().invoke({ input: "how long?" }, config),
    );
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN AgentExecutor OK [agent_action agent_action agent_action agent_finish]
        CHAIN ToolCallingAgent OK
          CHAIN RunnableAssign OK
            CHAIN RunnableMap OK
              CHAIN RunnableLambda OK
          CHAIN ChatPromptTemplate OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN ToolCallingAgentOutputParser OK
        TOOL search OK
        CHAIN ToolCallingAgent OK
          CHAIN RunnableAssign OK
            CHAIN RunnableMap OK
              CHAIN RunnableLambda OK
          CHAIN ChatPromptTemplate OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN ToolCallingAgentOutputParser OK
        TOOL search OK
        CHAIN ToolCallingAgent OK
          CHAIN RunnableAssign OK
            CHAIN RunnableMap OK
              CHAIN RunnableLambda OK
          CHAIN ChatPromptTemplate OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN ToolCallingAgentOutputParser OK
        TOOL calculator OK
        CHAIN ToolCallingAgent OK
          CHAIN RunnableAssign OK
            CHAIN RunnableMap OK
              CHAIN RunnableLambda OK
          CHAIN ChatPromptTemplate OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN ToolCallingAgentOutputParser OK"
    `);
    const { outputs, events } = span("AgentExecutor");
    expect(outputs).toEqual({ input: "how long?", output: ANSWER });
    expect(events[0]?.attributes).toMatchObject({
      tool: "search",
      tool_input: { query: "top speed of F1 racing car" },
    });
    expect(events.at(-1)?.attributes.return_values).toEqual({ output: ANSWER });
  });

  test("AgentExecutor streamed", async () => {
    const invoked = await record((config) => executor().invoke({ input: "how long?" }, config));
    const { tree, span } = await record((config) =>
      collect(executor().stream({ input: "how long?" }, config)),
    );
    expect(tree).toBe(invoked.tree);
    expect(span("AgentExecutor").outputs).toEqual({ output: ANSWER });
  });

  test("a vector store's retriever", async () => {
    const { flow } = await record(async (config) => {
      const store = new MemoryVectorStore(new FakeEmbeddings());
      await store.addDocuments([{ pageContent: "a", metadata: { source: "a.md" }, id: "1" }]);
      return store.asRetriever(1).invoke("what?", config);
    });
    expect(flow).toMatchInlineSnapshot(
      `"RETRIEVER VectorStoreRetriever OK: "what?" → [{"page_content":"a","metadata":{"source":"a.md"},"id":"1"}]"`,
    );
  });
});
