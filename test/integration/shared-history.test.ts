import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import {
  autolog,
  flushTraces,
  getLastActiveTraceId,
  getTrace,
  type Span,
  setTrackingUri,
} from "langchain-mlflow";
import { expect, test } from "vitest";
import { newFolder } from "../support/traces.js";

const PARAGRAPH = "A sentence of an ordinary conversation. ".repeat(50);
const NODES = ["first", "second", "third", "fourth"];

/** Each node receives the whole history. The third one changes a message of it in place. */
function createGraph() {
  const change = ({ messages }: { messages: BaseMessage[] }) => {
    messages[1]!.content = "changed";
    return { messages: [new AIMessage("done")] };
  };
  return new StateGraph(MessagesAnnotation)
    .addNode("first", () => ({ messages: [new AIMessage(PARAGRAPH)] }))
    .addNode("second", () => ({ messages: [] }))
    .addNode("third", change)
    .addNode("fourth", () => ({ messages: [] }))
    .addEdge(START, "first")
    .addEdge("first", "second")
    .addEdge("second", "third")
    .addEdge("third", "fourth")
    .addEdge("fourth", END)
    .compile();
}

function textsOf(span: Span | undefined): string[] {
  const inputs = span?.inputs as { messages: readonly { content: string }[] } | undefined;
  return (inputs?.messages ?? []).map(({ content }) =>
    content === PARAGRAPH ? "paragraph" : content,
  );
}

test("each node has the history that it received, although nodes share the copies of messages", async () => {
  setTrackingUri(`file:${newFolder()}`);
  // The ten traces would need more than 12 MB without sharing.
  autolog({ silent: true, durability: "memory", maxQueueBytes: 8_000_000 });
  const graph = createGraph();
  const traceIds: string[] = [];
  for (let call = 0; call < 10; call++) {
    const messages = Array.from({ length: 60 }, () => new HumanMessage(PARAGRAPH));
    await graph.invoke({ messages });
    traceIds.push(getLastActiveTraceId()!);
  }
  expect(await flushTraces()).toMatchObject({ dropped: 0 });
  const history = Array.from({ length: 60 }, () => "paragraph");
  for (const traceId of traceIds) {
    const { spans } = (await getTrace(traceId))!.data;
    const received = NODES.map((node) => textsOf(spans.find(({ name }) => name === node)));
    const whole = [...history, "paragraph"];
    expect(received).toEqual([history, whole, whole, [...whole, "done"].with(1, "changed")]);
  }
});
