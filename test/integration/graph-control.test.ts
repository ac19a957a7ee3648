import {
  Annotation,
  Command,
  entrypoint,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
  task,
} from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { record } from "../support/traces.js";

const State = Annotation.Root({
  n: Annotation<number>(),
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const thread = { configurable: { thread_id: "t1" } };

describe("an interrupt", () => {
  const asking = () =>
    new StateGraph(State)
      .addNode("ask", async () => ({ log: [interrupt({ question: "ok?" }) as string] }))
      .addEdge(START, "ask");

  test("is no error: an event at the node, and the resume is a trace of the same session", async () => {
    const { traces, trees } = await record(
      async (config) => {
        const graph = asking().compile({ checkpointer: new MemorySaver() });
        const paused = await graph.invoke({ n: 1 }, { ...thread, ...config });
        const done = await graph.invoke(new Command({ resume: "yes" }), { ...thread, ...config });
        return [paused, done];
      },
      { traces: 2 },
    );
    expect(trees).toMatchInlineSnapshot(`
      [
        "CHAIN LangGraph OK
        CHAIN ask OK [interrupt]",
        "CHAIN LangGraph OK
        CHAIN ask OK",
      ]
    `);
    const [paused, resumed] = traces;
    const ask = paused?.data.spans.find(({ name }) => name === "ask");
    expect(ask?.events[0]?.attributes.value).toMatchObject([{ value: { question: "ok?" } }]);
    expect(resumed?.info.requestPreview).toContain('"resume": "yes"');
    expect(resumed?.info.responsePreview).toContain('"log": ["yes"]');
    for (const { info } of traces) {
      expect(info.traceMetadata["mlflow.trace.session"]).toBe("t1");
    }
  });

  test("in a graph inside a graph", async () => {
    const { trees } = await record(
      async (config) => {
        const graph = new StateGraph(State)
          .addNode("sub", asking().compile())
          .addEdge(START, "sub")
          .compile({ checkpointer: new MemorySaver() });
        await graph.invoke({ n: 1 }, { ...thread, ...config });
        return graph.invoke(new Command({ resume: "yes" }), { ...thread, ...config });
      },
      { traces: 2 },
    );
    expect(trees).toMatchInlineSnapshot(`
      [
        "CHAIN LangGraph OK
        CHAIN sub OK [interrupt]
          CHAIN LangGraph OK [interrupt]
            CHAIN ask OK [interrupt]",
        "CHAIN LangGraph OK
        CHAIN sub OK
          CHAIN LangGraph OK
            CHAIN ask OK",
      ]
    `);
  });
});

describe("a command", () => {
  test("to go on elsewhere", async () => {
    const graph = () =>
      new StateGraph(State)
        .addNode("a", async () => new Command({ goto: "b", update: { n: 5 } }), { ends: ["b"] })
        .addNode("b", async () => ({ log: ["b"] }))
        .addEdge(START, "a")
        .compile();
    const { flow } = await record((config) => graph().invoke({ n: 1 }, config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK: {"n":1} → {"n":5,"log":["b"]}
        CHAIN a OK: {"n":1,"log":[]} → {"graph":null,"update":{"n":5},"resume":null,"goto":["b"]}
        CHAIN b OK: {"n":5,"log":[]} → {"log":["b"]}"
    `);
  });

  test("to the parent graph is thrown, and is no error", async () => {
    const sub = new StateGraph(State)
      .addNode("x", async () => new Command({ goto: "b", graph: Command.PARENT }), { ends: [] })
      .addEdge(START, "x")
      .compile();
    const graph = () =>
      new StateGraph(State)
        .addNode("s", sub, { ends: ["b"] })
        .addNode("b", async () => ({ log: ["b"] }))
        .addEdge(START, "s")
        .compile();
    const { tree, span } = await record((config) => graph().invoke({ n: 1 }, config));
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN LangGraph OK
        CHAIN s OK
          CHAIN LangGraph OK
            CHAIN x OK
        CHAIN b OK"
    `);
    expect(span("x").outputs).toMatchObject({ graph: "__parent__", goto: ["b"] });
  });
});

test("the functional API: a workflow and its tasks", async () => {
  const increment = task("increment", async (n: number) => n + 1);
  const workflow = () => entrypoint("workflow", async (n: number) => increment(await increment(n)));
  const { tree } = await record((config) => workflow().invoke(1, config));
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN workflow OK
      CHAIN workflow OK
      CHAIN increment OK
      CHAIN increment OK"
  `);
});
