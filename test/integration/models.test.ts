import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel, FakeLLM, FakeStreamingLLM } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const model = () => new FakeListChatModel({ responses: ["hello"] });

describe("a chat model", () => {
  test("invoked", async () => {
    const { flow, trace } = await record((config) => model().invoke("who?", config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAT_MODEL FakeListChatModel OK: {"messages":["user:who?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"`,
    );
    expect(trace.info).toMatchObject({ requestPreview: "who?", responsePreview: "hello" });
    const message = { tool_calls: null, refusal: null, tool_call_id: null };
    const [span] = trace.data.spans;
    expect(span?.inputs).toEqual({ messages: [{ role: "user", content: "who?", ...message }] });
    expect(span?.outputs).toEqual({
      choices: [
        { message: { role: "assistant", content: "hello", ...message }, finish_reason: null },
      ],
    });
    expect(span?.attributes).toMatchObject({
      "mlflow.message.format": "langchain",
      "mlflow.spanLogLevel": 20,
      batch_size: 1,
    });
  });

  test("streamed: the first token's time, and how many there were", async () => {
    const { flow, trace } = await record((config) => collect(model().stream("who?", config)));
    expect(flow).toMatchInlineSnapshot(
      `"CHAT_MODEL FakeListChatModel OK [new_token]: {"messages":["user:who?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"`,
    );
    const [span] = trace.data.spans;
    expect(span?.attributes["langchain.streamed_tokens"]).toBe("hello".length);
    expect(span?.attributes["langchain.first_token_ms"]).toBeGreaterThan(0);
    expect(span?.events[0]?.attributes).toEqual({ token: "h" });
    expect(span?.events[0]?.timestampNs).toBeGreaterThan(span?.startTimeNs ?? 0n);
  });

  test("by streamEvents", async () => {
    const { tree } = await record((config) =>
      collect(model().streamEvents("who?", { version: "v2", ...config })),
    );
    expect(tree).toMatchInlineSnapshot(`"CHAT_MODEL FakeListChatModel OK [new_token]"`);
  });

  test("generate: every conversation is a trace", async () => {
    const { trees, traces } = await record(
      (config) => model().generate([[new HumanMessage("a")], [new HumanMessage("b")]], config),
      { traces: 2 },
    );
    expect(trees).toMatchInlineSnapshot(`
      [
        "CHAT_MODEL FakeListChatModel OK",
        "CHAT_MODEL FakeListChatModel OK",
      ]
    `);
    expect(traces.map(({ info }) => info.requestPreview)).toEqual(["a", "b"]);
  });

  test("that fails", async () => {
    class Failing extends FakeListChatModel {
      override async _generate(): Promise<never> {
        throw new Error("quota");
      }
    }
    const { tree } = await record((config) => new Failing({ responses: [] }).invoke("x", config));
    expect(tree).toMatchInlineSnapshot(`"CHAT_MODEL Failing ERROR [exception]"`);
  });

  test("given what is no conversation", async () => {
    const { flow } = await record((config) => model().invoke({} as never, config));
    expect(flow).toMatchInlineSnapshot(
      `"CHAT_MODEL FakeListChatModel ERROR [exception]: {} → nothing"`,
    );
  });

  test("answering with tool calls, good and bad ones", async () => {
    class Calling extends FakeListChatModel {
      override async _generate() {
        const message = new AIMessage({
          content: "",
          tool_calls: [{ id: "1", name: "add", args: { a: 1 }, type: "tool_call" }],
          invalid_tool_calls: [{ id: "2", name: "add", args: "{a", type: "invalid_tool_call" }],
        });
        return { generations: [{ text: "", message }] };
      }
    }
    const { span } = await record((config) => new Calling({ responses: [] }).invoke("x", config));
    expect(span("Calling").outputs).toMatchInlineSnapshot(`
      {
        "choices": [
          {
            "finish_reason": null,
            "message": {
              "content": null,
              "refusal": null,
              "role": "assistant",
              "tool_call_id": null,
              "tool_calls": [
                {
                  "function": {
                    "arguments": "{"a": 1}",
                    "name": "add",
                  },
                  "id": "1",
                  "type": "function",
                },
                {
                  "function": {
                    "arguments": "{a",
                    "name": "add",
                  },
                  "id": "2",
                  "type": "function",
                },
              ],
            },
          },
        ],
      }
    `);
  });

  test("with a cache: the answer from it is traced too", async () => {
    const cached = () => new FakeListChatModel({ responses: ["a", "b"], cache: true });
    const { trees } = await record(
      async () => {
        const asking = cached();
        return [(await asking.invoke("q")).content, (await asking.invoke("q")).content];
      },
      { traces: 2 },
    );
    expect(trees[0]).toMatchInlineSnapshot(`"CHAT_MODEL FakeListChatModel OK [new_token]"`);
    expect(trees[1]).toBe(trees[0]);
  });
});

describe("an LLM", () => {
  test("invoked", async () => {
    const { flow, trace } = await record((config) =>
      new FakeLLM({ response: "hello" }).invoke("who?", config),
    );
    expect(flow).toMatchInlineSnapshot(
      `"LLM FakeLLM OK [new_token]: ["who?"] → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"`,
    );
    expect(trace.info.responsePreview).toBe("hello");
  });

  test("streamed", async () => {
    const { flow } = await record((config) =>
      collect(new FakeStreamingLLM({ responses: ["hello"] }).stream("who?", config)),
    );
    expect(flow).toMatchInlineSnapshot(
      `"LLM FakeStreamingLLM OK [new_token]: ["who?"] → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"`,
    );
  });

  test("generate", async () => {
    const { traces } = await record(
      (config) => new FakeLLM({ response: "hello" }).generate(["a", "b"], config),
      { traces: 2 },
    );
    expect(traces.map(({ data }) => data.spans[0]?.inputs)).toEqual([["a"], ["b"]]);
  });
});
