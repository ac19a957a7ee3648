import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MemorySaver, MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { serving } from "../../src/index.js";

/** A graph that calls a tool, and answers with the tokens of a model. It remembers a conversation. */
function newGraph() {
  const model = new FakeListChatModel({ responses: ["It is cold."] });
  return new StateGraph(MessagesAnnotation)
    .addNode("plan", () => ({
      messages: [
        new AIMessage({
          content: "",
          tool_calls: [{ id: "c1", name: "weather", args: { city: "Oslo" } }],
        }),
      ],
    }))
    .addNode("tools", () => ({
      messages: [new ToolMessage({ tool_call_id: "c1", name: "weather", content: "-3" })],
    }))
    .addNode("answer", async ({ messages }: { messages: BaseMessage[] }) => {
      const asked = messages.filter((one) => one instanceof HumanMessage).length;
      const answer = await model.invoke(messages);
      return { messages: [answer, new AIMessage(`Question ${asked}`)] };
    })
    .addEdge("__start__", "plan")
    .addEdge("plan", "tools")
    .addEdge("tools", "answer")
    .addEdge("answer", "__end__")
    .compile({ checkpointer: new MemorySaver() });
}

function ask(body: object): Request {
  const context = { conversation_id: "one" };
  const input = [{ role: "user", content: "How is the weather in Oslo?" }];
  return new Request("http://host/responses", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input, context, ...body }),
  });
}

interface Event {
  readonly type: string;
  readonly delta?: string;
  readonly item_id?: string;
  readonly item?: { readonly id: string; readonly type: string; readonly content?: unknown };
}

async function eventsOf(response: Response): Promise<Event[]> {
  const texts = (await response.text()).split("\n\n").filter(Boolean);
  expect(texts.at(-1)).toBe("data: [DONE]");
  return texts.slice(0, -1).map((text) => JSON.parse(text.replace("data: ", "")));
}

describe("a graph of LangGraph", () => {
  test("streams the tokens of its model, and each message of its steps once, in order", async () => {
    const handler = serving.createHandler(newGraph(), { agent: true });
    const events = await eventsOf(await handler(ask({ stream: true })));
    const deltas = events.filter(({ type }) => type === "response.output_text.delta");
    const items = events.filter(({ type }) => type === "response.output_item.done");
    expect(deltas.length + items.length).toBe(events.length);
    expect(items.map(({ item }) => item?.type)).toEqual([
      "function_call",
      "function_call_output",
      "message",
      "message",
    ]);
    const [, , answer, count] = items.map(({ item }) => item);
    // A client joins the deltas of an item by its id.
    const joined = (id = "") =>
      deltas
        .filter((one) => one.item_id === id)
        .map(({ delta }) => delta)
        .join("");
    expect(joined(answer?.id)).toBe("It is cold.");
    expect(deltas.filter((one) => one.item_id === answer?.id).length).toBeGreaterThan(5);
    expect(answer?.content).toMatchObject([{ text: "It is cold." }]);
    expect(count?.content).toMatchObject([{ text: "Question 1" }]);
    // The tokens come before the item that they are a part of.
    const lastDelta = events.findLastIndex((one) => one.item_id === answer?.id);
    expect(lastDelta).toBeLessThan(events.findIndex(({ item }) => item?.id === answer?.id));
  });

  test("continues a conversation, and answers with its new messages only", async () => {
    const handler = serving.createHandler(newGraph(), { agent: true });
    await (await handler(ask({ stream: true }))).text();
    const response = await handler(ask({}));
    const { output } = (await response.json()) as { output: { type: string; content: unknown }[] };
    expect(output.map(({ type }) => type)).toEqual([
      "function_call",
      "function_call_output",
      "message",
      "message",
    ]);
    expect(output.at(-1)?.content).toMatchObject([{ text: "Question 2" }]);
    const other = await handler(ask({ context: { conversation_id: "other" } }));
    expect(JSON.stringify(await other.json())).toContain("Question 1");
  });
});
