import { InMemoryChatMessageHistory } from "@langchain/core/chat_history";
import { ChatPromptTemplate, MessagesPlaceholder } from "@langchain/core/prompts";
import {
  type RunnableConfig,
  RunnableLambda,
  RunnableWithMessageHistory,
} from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { record } from "../support/traces.js";

const same = RunnableLambda.from((text: string) => text);

async function callerOf(config: RunnableConfig) {
  const { trace } = await record(() => same.invoke("x", config));
  const { "mlflow.trace.session": session, "mlflow.trace.user": user } = trace.info.traceMetadata;
  return { session, user };
}

describe("the session and the user of a trace", () => {
  test.each<[string, RunnableConfig, object]>([
    ["thread_id of the config", { configurable: { thread_id: "t" } }, { session: "t" }],
    ["a number", { configurable: { thread_id: 7 } }, { session: "7" }],
    ["session_id in metadata", { metadata: { session_id: "s" } }, { session: "s" }],
    ["conversation_id in metadata", { metadata: { conversation_id: "c" } }, { session: "c" }],
    ["thread_id in metadata", { metadata: { thread_id: "t", session_id: "s" } }, { session: "t" }],
    ["user_id in metadata", { metadata: { user_id: "u", user: "v" } }, { user: "u" }],
    ["user in metadata", { metadata: { user: "v" } }, { user: "v" }],
    ["an object is no identifier", { metadata: { user: { name: "v" } } }, {}],
  ])("are recorded from: %s", async (_what, config, expected) => {
    expect(await callerOf(config)).toEqual({ session: undefined, user: undefined, ...expected });
  });

  test("are recorded from the sessionId of RunnableWithMessageHistory", async () => {
    const histories = new Map<string, InMemoryChatMessageHistory>();
    const prompt = ChatPromptTemplate.fromMessages([
      new MessagesPlaceholder("history"),
      ["human", "{input}"],
    ]);
    const chain = new RunnableWithMessageHistory({
      runnable: prompt.pipe(new FakeListChatModel({ responses: ["hello"] })),
      getMessageHistory: (sessionId: string) => {
        const history = histories.get(sessionId) ?? new InMemoryChatMessageHistory();
        histories.set(sessionId, history);
        return history;
      },
      inputMessagesKey: "input",
      historyMessagesKey: "history",
    });
    const { trace } = await record(() => {
      histories.clear();
      return chain.invoke({ input: "hi" }, { configurable: { sessionId: "s-1" } });
    });
    expect(trace.info.traceMetadata["mlflow.trace.session"]).toBe("s-1");
  });
});
