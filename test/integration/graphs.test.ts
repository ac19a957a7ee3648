import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, END, Send, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { isCore03 } from "../support/core-version.js";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const State = Annotation.Root({
  n: Annotation<number>(),
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

const model = new FakeListChatModel({ responses: ["hello"] });
const graph = () =>
  new StateGraph(State)
    .addNode("count", async ({ n }) => ({ n: n + 1, log: ["count"] }))
    .addNode("ask", async ({ n }) => ({ log: [String((await model.invoke(`${n}?`)).content)] }))
    .addEdge(START, "count")
    .addEdge("count", "ask")
    .addEdge("ask", END)
    .compile();

const TREE = `
CHAIN LangGraph OK
  CHAIN count OK
  CHAIN ask OK
    CHAT_MODEL FakeListChatModel OK`.trim();
const WITH_TOKENS = `${TREE} [new_token]`;

describe("a graph", () => {
  test("invoked", async () => {
    const { tree, flow, span } = await record((config) => graph().invoke({ n: 1 }, config));
    expect(tree).toBe(TREE);
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK: {"n":1} → {"n":2,"log":["count","hello"]}
        CHAIN count OK: {"n":1,"log":[]} → {"n":2,"log":["count"]}
        CHAIN ask OK: {"n":2,"log":["count"]} → {"log":["hello"]}
          CHAT_MODEL FakeListChatModel OK: {"messages":["user:2?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"
    `);
    expect(span("count").attributes.metadata).toMatchObject({
      langgraph_node: "count",
      langgraph_step: 1,
    });
  });

  test.each(["values", "updates", "debug", "custom"] as const)(
    "streamed in mode %s: its output is the final state",
    async (streamMode) => {
      const { tree, trace } = await record((config) =>
        collect(graph().stream({ n: 1 }, { streamMode, ...config })),
      );
      expect(tree).toBe(TREE);
      expect(trace.info.responsePreview).toBe('{"n": 2, "log": ["count", "hello"]}');
    },
  );

  test("streamed in mode messages: the model streams", async () => {
    const { tree } = await record((config) =>
      collect(graph().stream({ n: 1 }, { streamMode: "messages", ...config })),
    );
    expect(tree).toBe(WITH_TOKENS);
  });

  test("streamed in two modes at once", async () => {
    const { tree } = await record((config) =>
      collect(graph().stream({ n: 1 }, { streamMode: ["values", "updates"], ...config })),
    );
    expect(tree).toBe(TREE);
  });

  test.each(["v1", "v2"] as const)("by streamEvents %s", async (version) => {
    const { tree } = await record((config) =>
      collect(graph().streamEvents({ n: 1 }, { version, ...config })),
    );
    expect(tree).toBe(WITH_TOKENS);
  });

  test.skipIf(isCore03)(
    "by streamEvents v3, where the model's stream is a series of events",
    async () => {
      const streamEvents = (options: object) =>
        graph().streamEvents({ n: 1 }, { version: "v3", ...options } as never);
      const { tree, span } = await record(async (config) =>
        collect(await (streamEvents(config) as never)),
      );
      expect(tree).toBe(WITH_TOKENS);
      expect(span("FakeListChatModel").attributes["langchain.streamed_tokens"]).toBe(
        "hello".length,
      );
    },
  );

  test("a batch of it: a trace per item", async () => {
    const { trees } = await record((config) => graph().batch([{ n: 1 }, { n: 2 }], config), {
      traces: 2,
    });
    expect(trees).toEqual([TREE, TREE]);
  });

  test("its thread is the trace's session", async () => {
    const { trace } = await record((config) =>
      graph().invoke({ n: 1 }, { configurable: { thread_id: "t1" }, ...config }),
    );
    expect(trace.info.traceMetadata["mlflow.trace.session"]).toBe("t1");
  });

  test("a name of its own", async () => {
    const named = new StateGraph(State)
      .addNode("only", async () => ({}))
      .addEdge(START, "only")
      .compile({ name: "planner" });
    const { tree } = await record((config) => named.invoke({ n: 1 }, config));
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN planner OK
        CHAIN only OK"
    `);
  });

  test("a failing node", async () => {
    const failing = new StateGraph(State)
      .addNode("fail", async () => {
        throw new Error("no luck");
      })
      .addEdge(START, "fail")
      .compile();
    const { flow } = await record((config) => failing.invoke({ n: 1 }, config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN LangGraph ERROR [exception]: {"n":1} → nothing
        CHAIN fail ERROR [exception]: {"n":1,"log":[]} → nothing"
    `);
  });

  test("a state that looks like what LangChain wraps with", async () => {
    const Output = Annotation.Root({ output: Annotation<string>() });
    const plain = new StateGraph(Output)
      .addNode("only", async () => ({ output: "b" }))
      .addEdge(START, "only")
      .compile();
    const invoked = await record((config) => plain.invoke({ output: "a" }, config));
    expect(invoked.flow).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK: {"output":"a"} → {"output":"b"}
        CHAIN only OK: {"output":"a"} → {"output":"b"}"
    `);
    const streamed = await record((config) => collect(plain.stream({ output: "a" }, config)));
    expect(streamed.flow).toBe(invoked.flow);
  });
});

describe("inside a graph", () => {
  test("a graph as node, and one called in a node", async () => {
    const inner = graph();
    const outer = () =>
      new StateGraph(State)
        .addNode("sub", inner)
        .addNode("call", async (state) => inner.invoke(state))
        .addEdge(START, "sub")
        .addEdge("sub", "call")
        .compile();
    const { tree } = await record((config) => outer().invoke({ n: 1 }, config));
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK
        CHAIN sub OK
          CHAIN LangGraph OK
            CHAIN count OK
            CHAIN ask OK
              CHAT_MODEL FakeListChatModel OK
        CHAIN call OK
          CHAIN LangGraph OK
            CHAIN count OK
            CHAIN ask OK
              CHAT_MODEL FakeListChatModel OK"
    `);
    const streamed = await record((config) =>
      collect(outer().stream({ n: 1 }, { subgraphs: true, ...config })),
    );
    expect(streamed.tree).toBe(tree);
  });

  test("parallel nodes", async () => {
    const note = (text: string) => async () => ({ log: [text] });
    const parallel = () =>
      new StateGraph(State)
        .addNode("left", note("l"))
        .addNode("right", note("r"))
        .addNode("join", note("j"))
        .addEdge(START, "left")
        .addEdge(START, "right")
        .addEdge("left", "join")
        .addEdge("right", "join")
        .compile();
    const { flow } = await record((config) => parallel().invoke({ n: 1 }, config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK: {"n":1} → {"n":1,"log":["l","r","j"]}
        CHAIN left OK: {"n":1,"log":[]} → {"log":["l"]}
        CHAIN right OK: {"n":1,"log":[]} → {"log":["r"]}
        CHAIN join OK: {"n":1,"log":["l","r"]} → {"log":["j"]}"
    `);
  });

  test("one node fails while another still runs: one trace, and nothing of it open", async () => {
    const failing = () =>
      new StateGraph(State)
        .addNode("slow", async () => {
          await new Promise((resolve) => setTimeout(resolve, 30));
          return { log: ["slow"] };
        })
        .addNode("fail", async () => {
          throw new Error("at once");
        })
        .addEdge(START, "slow")
        .addEdge(START, "fail")
        .compile();
    const { tree } = await record((config) => failing().invoke({ n: 1 }, config));
    expect(tree).toContain("CHAIN fail ERROR [exception]");
  });

  test("Send: one node many times", async () => {
    const fan = () =>
      new StateGraph(State)
        .addNode("work", async ({ n }: { n: number }) => ({ log: [`${n}`] }))
        .addConditionalEdges(START, () => [1, 2].map((n) => new Send("work", { n })))
        .compile();
    const { flow } = await record((config) => fan().invoke({ n: 0 }, config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK: {"n":0} → {"n":0,"log":["1","2"]}
        CHAIN work OK: {"n":1} → {"log":["1"]}
        CHAIN work OK: {"n":2} → {"log":["2"]}"
    `);
  });

  test("a conditional edge", async () => {
    const conditional = () =>
      new StateGraph(State)
        .addNode("a", async () => ({ n: 2 }))
        .addNode("b", async () => ({ log: ["b"] }))
        .addEdge(START, "a")
        .addConditionalEdges("a", ({ n }) => (n > 1 ? "b" : END), ["b", END])
        .compile();
    const { flow } = await record((config) => conditional().invoke({ n: 1 }, config));
    const named = flow.replace("Branch<a,b,__end__>", "RunnableLambda");
    expect(named).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK: {"n":1} → {"n":2,"log":["b"]}
        CHAIN a OK: {"n":1,"log":[]} → {"n":2}
          CHAIN RunnableLambda OK: {"n":2,"log":[]} → "b"
        CHAIN b OK: {"n":2,"log":[]} → {"log":["b"]}"
    `);
  });
});
