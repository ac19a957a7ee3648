import { MemorySaver } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { isCore03 } from "../support/core-version.js";
import { collect } from "../support/outcome.js";
import { PAGE_TOOLS as tools } from "../support/page-agent.js";
import { record } from "../support/traces.js";

// The 0.3 generation has no such module, and whoever resolves imports ahead of time is not to look for it.
const name = "langchain";
const langchain: typeof import("langchain") = isCore03
  ? undefined
  : await import(/* @vite-ignore */ name);

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
describe.skipIf(isCore03)("createAgent", () => {
  const agent = () => langchain.createAgent({ model: model(), tools });

  test("invoked", async () => {
    const { tree, span } = await record((config) => agent().invoke(question, config));
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK
        CHAIN model_request OK
          CHAT_MODEL ChatOpenAI OK
          CHAIN RunnableLambda OK
        CHAIN tools OK
          TOOL search OK
        CHAIN tools OK
          TOOL search OK
        CHAIN model_request OK
          CHAT_MODEL ChatOpenAI OK
          CHAIN RunnableLambda OK
        CHAIN tools OK
          TOOL calculator OK
        CHAIN model_request OK
          CHAT_MODEL ChatOpenAI OK
          CHAIN RunnableLambda OK"
    `);
    expect(span("search").attributes.tool_call_id).toBe("call_1");
  });

  test("streamed", async () => {
    const { tree } = await record(async (config) =>
      collect(await agent().stream(question, { streamMode: "messages", ...config })),
    );
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK
        CHAIN model_request OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN RunnableLambda OK
        CHAIN tools OK
          TOOL search OK
        CHAIN tools OK
          TOOL search OK
        CHAIN model_request OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN RunnableLambda OK
        CHAIN tools OK
          TOOL calculator OK
        CHAIN model_request OK
          CHAT_MODEL ChatOpenAI OK [new_token]
          CHAIN RunnableLambda OK"
    `);
  });

  test("by streamEvents: as streamed", async () => {
    const { tree } = await record((config) =>
      collect(agent().streamEvents(question, { version: "v2", ...config })),
    );
    expect(tree).toContain("CHAT_MODEL ChatOpenAI OK [new_token]");
  });

  test("a hook of a middleware has one span, and a pause for a person is no error", async () => {
    const { createMiddleware, FakeToolCallingModel, humanInTheLoopMiddleware, tool } = langchain;
    const remove = tool(() => "done", {
      name: "remove",
      description: "removes",
      schema: z.object({}),
    });
    const hooks = createMiddleware({
      name: "Hooks",
      beforeModel: async () => ({}),
      afterModel: async () => undefined,
    });
    // Its type is not assignable with exactOptionalPropertyTypes.
    const pause = humanInTheLoopMiddleware as unknown as (options: object) => typeof hooks;
    const { tree, trace } = await record(async (config) => {
      const calls = [[{ name: "remove", args: {}, id: "1", type: "tool_call" as const }]];
      const careful = langchain.createAgent({
        model: new FakeToolCallingModel({ toolCalls: calls }),
        tools: [remove],
        checkpointer: new MemorySaver(),
        middleware: [hooks, pause({ interruptOn: { remove: true } })],
      });
      return careful.invoke(question, { ...config, configurable: { thread_id: "t" } });
    });
    expect(trace.info.state).toBe("OK");
    expect(tree).toBe(
      [
        "CHAIN LangGraph OK",
        "  CHAIN Hooks.before_model OK",
        "  CHAIN model_request OK",
        "    CHAT_MODEL FakeToolCallingModel OK",
        "  CHAIN HumanInTheLoopMiddleware.after_model OK [interrupt]",
      ].join("\n"),
    );
  });
});
