import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const model = (fields: ConstructorParameters<typeof ChatOpenAI>[0] = {}) =>
  new ChatOpenAI({
    model: "gpt-4o",
    temperature: 0,
    apiKey: "sk-secret",
    configuration: { baseURL: server.url },
    maxRetries: 0,
    ...fields,
  });

const search = tool(async ({ query }) => query, {
  name: "search",
  description: "Searches.",
  schema: z.object({ query: z.string() }),
});

test("invoked: model, provider, parameters and tokens", async () => {
  const { flow, span, trace } = await record((config) => model().invoke("hello", config));
  expect(flow).toMatchInlineSnapshot(
    `"CHAT_MODEL ChatOpenAI OK: {"messages":["user:hello"]} → {"choices":[{"message":"assistant:You said: hello","finish_reason":"stop"}]}"`,
  );
  const usage = { input_tokens: 9, output_tokens: 5, total_tokens: 14, cache_read_input_tokens: 0 };
  expect(span("ChatOpenAI").attributes).toMatchObject({
    "mlflow.llm.model": "gpt-4o",
    "mlflow.llm.provider": "openai",
    "mlflow.chat.tokenUsage": usage,
    invocation_params: { model: "gpt-4o", temperature: 0 },
    metadata: { ls_provider: "openai", ls_model_name: "gpt-4o", ls_model_type: "chat" },
  });
  expect(JSON.parse(trace.info.traceMetadata["mlflow.trace.tokenUsage"] ?? "")).toEqual(usage);
  expect(JSON.stringify(span("ChatOpenAI").attributes)).not.toContain("sk-secret");
});

test("streamed: the same tokens, once", async () => {
  const { flow, span } = await record((config) => collect(model().stream("hello", config)));
  expect(flow).toMatchInlineSnapshot(
    `"CHAT_MODEL ChatOpenAI OK [new_token]: {"messages":["user:hello"]} → {"choices":[{"message":"assistant:You said: hello","finish_reason":"stop"}]}"`,
  );
  expect(span("ChatOpenAI").attributes["mlflow.chat.tokenUsage"]).toEqual({
    input_tokens: 9,
    output_tokens: 5,
    total_tokens: 14,
    cache_read_input_tokens: 0,
  });
  expect(span("ChatOpenAI").attributes["langchain.first_token_ms"]).toBeGreaterThan(0);
});

test("streamed by a server that sends no usage: no usage is recorded", async () => {
  const { span, trace } = await record((config) =>
    collect(model({ streamUsage: false }).stream("hello", config)),
  );
  expect(span("ChatOpenAI").attributes["mlflow.chat.tokenUsage"]).toBeUndefined();
  expect(trace.info.traceMetadata["mlflow.trace.tokenUsage"]).toBeUndefined();
});

test("with tools: their definitions, and the calls", async () => {
  const { flow, span } = await record((config) =>
    model().bindTools([search]).invoke("hello", config),
  );
  expect(flow).toMatchInlineSnapshot(
    `"CHAT_MODEL ChatOpenAI OK: {"messages":["user:hello"]} → {"choices":[{"message":"assistant:+search()","finish_reason":"tool_calls"}]}"`,
  );
  expect(span("ChatOpenAI").attributes["mlflow.chat.tools"]).toMatchObject([
    {
      type: "function",
      function: {
        name: "search",
        description: "Searches.",
        parameters: { type: "object", properties: { query: { type: "string" } } },
      },
    },
  ]);
});

test("with tools, streamed", async () => {
  const { flow } = await record((config) =>
    collect(model().bindTools([search]).stream("hello", config)),
  );
  expect(flow).toMatchInlineSnapshot(
    `"CHAT_MODEL ChatOpenAI OK [new_token]: {"messages":["user:hello"]} → {"choices":[{"message":"assistant:+search()","finish_reason":"tool_calls"}]}"`,
  );
});

test("structured output", async () => {
  const structured = () =>
    model().withStructuredOutput(z.object({ query: z.string() }), {
      name: "search",
      method: "functionCalling",
    });
  const { flow } = await record((config) => structured().invoke("hello", config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: "hello" → {"query":"top speed of F1 racing car"}
      CHAT_MODEL ChatOpenAI OK: {"messages":["user:hello"]} → {"choices":[{"message":"assistant:+search()","finish_reason":"tool_calls"}]}
      CHAIN JsonOutputKeyToolsParser OK: "ai:+search()" → {"query":"top speed of F1 racing car"}"
  `);
});

test("structured output with the raw message beside it", async () => {
  const structured = () =>
    model().withStructuredOutput(z.object({ query: z.string() }), {
      name: "search",
      method: "functionCalling",
      includeRaw: true,
    });
  const { tree } = await record((config) => structured().invoke("hello", config));
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK
      CHAIN RunnableMap OK
        CHAT_MODEL ChatOpenAI OK
      CHAIN RunnableWithFallbacks OK
        CHAIN RunnableAssign OK
          CHAIN RunnableMap OK
            CHAIN RunnableLambda OK
              CHAIN JsonOutputKeyToolsParser OK"
  `);
});

test("a request the provider refuses", async () => {
  const { tree, span } = await record((config) => model().invoke("BOOM", config));
  expect(tree).toMatchInlineSnapshot(`"CHAT_MODEL ChatOpenAI ERROR [exception]"`);
  expect(span("ChatOpenAI").status.message).toContain("mock provider rejected the request");
});

test("a stream the provider refuses", async () => {
  const { tree } = await record((config) => collect(model().stream("BOOM", config)));
  expect(tree).toMatchInlineSnapshot(`"CHAT_MODEL ChatOpenAI ERROR [exception]"`);
});

test("several requests of one chain: the trace's tokens are their sum", async () => {
  const chain = () =>
    ChatPromptTemplate.fromTemplate("{question}")
      .pipe(model())
      .pipe(new StringOutputParser())
      .pipe(model());
  const { flow, trace } = await record((config) => chain().invoke({ question: "hello" }, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: {"question":"hello"} → "ai:You said: You said: hello"
      CHAIN ChatPromptTemplate OK: {"question":"hello"} → {"messages":["human:hello"]}
      CHAT_MODEL ChatOpenAI OK: {"messages":["user:hello"]} → {"choices":[{"message":"assistant:You said: hello","finish_reason":"stop"}]}
      CHAIN StrOutputParser OK: "ai:You said: hello" → "You said: hello"
      CHAT_MODEL ChatOpenAI OK: {"messages":["user:You said: hello"]} → {"choices":[{"message":"assistant:You said: You said: hello","finish_reason":"stop"}]}"
  `);
  expect(JSON.parse(trace.info.traceMetadata["mlflow.trace.tokenUsage"] ?? "")).toMatchObject({
    input_tokens: 9 + 11,
    output_tokens: 5 + 7,
  });
});
