// What an app may do with LangChain, over and over: the programs whose heap is watched.
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";

const QUESTION = { question: "what is up" };
const chain = ChatPromptTemplate.fromMessages([
  ["system", "be brief"],
  ["human", "{question}"],
])
  .pipe(new FakeListChatModel({ responses: ["hello world, this is a slightly longer answer"] }))
  .pipe(new StringOutputParser());

const State = Annotation.Root({ count: Annotation() });
const graph = new StateGraph(State)
  .addNode("first", ({ count }) => ({ count: count + 1 }))
  .addNode("second", ({ count }) => ({ count: count + 1 }))
  .addEdge(START, "first")
  .addEdge("first", "second")
  .compile();

/** As long as the process lives, as a server's shutdown signal does; nobody ever aborts it. */
const { signal: longLived } = new AbortController();

async function takeOne(stream) {
  for await (const _ of stream) break;
}

export const streams = {
  "never read": async () => {
    await chain.stream(QUESTION);
  },
  "one chunk read, then dropped": async () => {
    await (await chain.stream(QUESTION)).getReader().read();
  },
  "broken off": async () => takeOne(await chain.stream(QUESTION)),
  "broken off, under a long-lived signal": async () =>
    takeOne(await chain.stream(QUESTION, { signal: longLived })),
  "never read, under a long-lived signal": async () => {
    await chain.stream(QUESTION, { signal: longLived });
  },
  aborted: async () => {
    const controller = new AbortController();
    const stream = await chain.stream(QUESTION, { signal: controller.signal });
    try {
      for await (const _ of stream) controller.abort();
    } catch {
      // That is how an abort shows.
    }
  },
  "reader cancelled": async () => {
    const reader = (await chain.stream(QUESTION)).getReader();
    await reader.read();
    await reader.cancel();
  },
  "graph's stream broken off": async () =>
    takeOne(await graph.stream({ count: 1 }, { streamMode: "updates" })),
  "streamEvents broken off": async () => takeOne(chain.streamEvents(QUESTION, { version: "v2" })),
  "read to its end": async () => {
    for await (const _ of await chain.stream(QUESTION));
  },
};

export const calls = {
  invoke: () => chain.invoke(QUESTION),
  "invoke, under a long-lived signal": () => chain.invoke(QUESTION, { signal: longLived }),
};
