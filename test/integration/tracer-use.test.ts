import { setTimeout as sleep } from "node:timers/promises";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { autolog, MlflowLangchainTracer, type Trace } from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { tracedByTracer } from "../support/beside-autolog.js";
import { collect, outcomeOf } from "../support/outcome.js";
import { traced } from "../support/traces.js";
import { rootOf, treeOf } from "../support/tree.js";

const prompt = ChatPromptTemplate.fromTemplate("{question}");
const model = (fields: object = {}) => new FakeListChatModel({ responses: ["hello"], ...fields });
const chain = () => prompt.pipe(model());
const input = { question: "who?" };
const TREE = `
CHAIN RunnableSequence OK
  CHAIN ChatPromptTemplate OK
  CHAT_MODEL FakeListChatModel OK`.trim();
const STREAMED = `${TREE} [new_token]`;

describe("a tracer", () => {
  test("makes a trace of the call it is given to, and of no other", async () => {
    const { traces } = await tracedByTracer(async (config) => {
      await chain().invoke(input);
      await chain().invoke(input, config);
      await collect(chain().stream(input));
      await chain().batch([input, input]);
    });
    expect(traces.map(treeOf)).toEqual([TREE]);
  });

  test("that is passed again inside a graph's node adds to the trace of the graph", async () => {
    const { traces } = await tracedByTracer(async (config) => {
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("answer", async ({ messages }) => {
          await sleep(1);
          return { messages: [await model().invoke(messages, config)] };
        })
        .addEdge(START, "answer")
        .compile();
      await graph.invoke({ messages: [{ role: "user", content: "who?" }] }, config);
      await model().invoke("after", config);
    });
    expect(traces.map(treeOf)).toEqual([
      "CHAIN LangGraph OK\n  CHAIN answer OK\n    CHAT_MODEL FakeListChatModel OK",
      "CHAT_MODEL FakeListChatModel OK",
    ]);
  });

  test("may be subclassed", async () => {
    const heard: unknown[] = [];
    class Counting extends MlflowLangchainTracer {
      override handleChatModelStart(...event: unknown[]) {
        heard.push(event[2]);
        super.handleChatModelStart(...event);
      }
    }
    const { traces } = await tracedByTracer(
      (config) => chain().invoke(input, config),
      new Counting(),
    );
    expect(traces.map(treeOf)).toEqual([TREE]);
    expect(heard).toHaveLength(1);
  });

  test("changes nothing of what the app gets, nor of its callbacks", async () => {
    const callbacks = Object.freeze([new MlflowLangchainTracer()]);
    autolog({ disable: true });
    const without = await outcomeOf(() => chain().invoke(input));
    const { outcome } = await tracedByTracer(() =>
      chain().invoke(input, { callbacks: callbacks as never }),
    );
    expect(outcome.shape).toEqual(without.shape);
  });

  test("serves a hundred calls at once: each is its own trace", async () => {
    const answers = Array.from({ length: 100 }, (_, index) => `${index}`);
    const ask = async (text: string, callbacks: never) => {
      const late = RunnableLambda.from(async (question: { question: string }) => {
        await sleep(Number(text) % 7);
        return question;
      });
      const whole = late.pipe(prompt).pipe(model({ responses: [`re: ${text}`] }));
      if (Number(text) % 2) return whole.invoke({ question: text }, { callbacks });
      return collect(whole.stream({ question: text }, { callbacks }));
    };
    const { traces } = await tracedByTracer(({ callbacks }) =>
      Promise.all(answers.map((text) => ask(text, callbacks as never))),
    );
    const told = traces.map((trace) => {
      const { question } = rootOf(trace).inputs as { question: string };
      const last = trace.data.spans.at(-1);
      return [
        question,
        trace.data.spans.length,
        JSON.stringify(last?.outputs).includes(`re: ${question}"`),
      ];
    });
    expect(told.sort(([a], [b]) => Number(a) - Number(b))).toEqual(
      answers.map((text) => [text, 4, true]),
    );
  });

  test("given twice, or beside another, records nothing and counts no token twice", async () => {
    const tracer = new MlflowLangchainTracer();
    const other = new MlflowLangchainTracer({ tags: { other: "yes" } });
    const { traces } = await tracedByTracer(
      ({ callbacks }) =>
        collect(
          prompt
            .pipe(model({ callbacks: [tracer, other] }))
            .stream(input, { callbacks: [...(callbacks ?? []), tracer] }),
        ),
      tracer,
    );
    expect(traces.map(treeOf)).toEqual([STREAMED]);
    expect(traces[0]?.data.spans[2]?.attributes["langchain.streamed_tokens"]).toBe("hello".length);
    expect(traces[0]?.info.tags).toMatchObject({ other: "yes" });
  });

  test("given to a constructor makes a trace of that component alone", async () => {
    const { traces } = await tracedByTracer(({ callbacks }) =>
      collect(prompt.pipe(model({ callbacks })).stream(input)),
    );
    expect(traces.map(treeOf)).toEqual(["CHAT_MODEL FakeListChatModel OK [new_token]"]);
    expect(JSON.stringify(traces[0]?.data.spans[0]?.outputs)).toContain("hello");
  });
});

describe("its options", () => {
  const record = async (tracer: MlflowLangchainTracer, config: object = {}) => {
    const { traces } = await tracedByTracer(
      (given) => chain().invoke(input, { ...given, ...config }),
      tracer,
    );
    return traces[0] as Trace;
  };

  test("put tags, metadata, the session and the parent on its traces", async () => {
    const parentSpan = { traceId: `tr-${"a".repeat(32)}`, spanId: "b".repeat(16) };
    const tracer = new MlflowLangchainTracer({
      tags: { team: "search", long: "x".repeat(5000) },
      metadata: { version: "1.2", long: "y".repeat(300) },
      sessionId: "s-1",
      parentSpan,
    });
    const { info } = await record(tracer, { metadata: { thread_id: "t-1" } });
    expect(info.tags).toMatchObject({ team: "search", long: "x".repeat(4096) });
    expect(info.traceMetadata).toMatchObject({
      version: "1.2",
      long: "y".repeat(250),
      "mlflow.trace.session": "s-1",
      "langchain.parent_trace_id": parentSpan.traceId,
      "langchain.parent_span_id": parentSpan.spanId,
    });
  });

  test("a span that was read back is a parent", async () => {
    const first = await record(new MlflowLangchainTracer());
    const parentSpan = rootOf(first);
    const { info } = await record(new MlflowLangchainTracer({ parentSpan }));
    expect(info.traceMetadata["langchain.parent_trace_id"]).toBe(first.info.traceId);
    expect(info.traceMetadata["langchain.parent_span_id"]).toBe(parentSpan.spanId);
  });

  test("of one tracer are not those of another", async () => {
    await record(new MlflowLangchainTracer({ tags: { team: "search" }, sessionId: "s" }));
    const { info } = await record(new MlflowLangchainTracer());
    expect(info.tags).not.toHaveProperty("team");
    expect(info.traceMetadata).not.toHaveProperty("mlflow.trace.session");
  });
});

describe("with autolog on", () => {
  const tracer = () => new MlflowLangchainTracer({ tags: { mine: "yes" }, metadata: { a: "b" } });

  test.each<[string, (callbacks: MlflowLangchainTracer[]) => Promise<unknown>]>([
    ["with the call", (callbacks) => chain().invoke(input, { callbacks })],
    ["bound", (callbacks) => chain().withConfig({ callbacks }).invoke(input)],
    ["to one step", (callbacks) => prompt.pipe(model({ callbacks })).invoke(input)],
    [
      "with the call and to one step",
      (callbacks) => prompt.pipe(model({ callbacks })).invoke(input, { callbacks }),
    ],
    [
      "to one step of a call that has another",
      (callbacks) => {
        const others = [new MlflowLangchainTracer({ tags: { other: "yes" } })];
        return prompt.pipe(model({ callbacks })).invoke(input, { callbacks: others });
      },
    ],
  ])("given %s: one trace, with its tags and metadata", async (_, program) => {
    const { traces } = await traced(() => program([tracer()]));
    expect(traces.map(treeOf)).toEqual([TREE]);
    expect(traces[0]?.info.tags).toMatchObject({ mine: "yes" });
    expect(traces[0]?.info.traceMetadata).toMatchObject({ a: "b" });
  });

  test("its tags are on the traces of its calls alone", async () => {
    const { traces } = await traced(async () => {
      await chain().invoke(input, { callbacks: [tracer()] });
      await chain().invoke(input);
    });
    expect(traces.map(({ info }) => info.tags.mine)).toEqual(["yes", undefined]);
  });

  test("a batch is a trace an item, each with its tags", async () => {
    const { traces } = await traced(() =>
      chain().batch([input, input, input], { callbacks: [tracer()] }),
    );
    expect(traces.map(treeOf)).toEqual([TREE, TREE, TREE]);
    expect(traces.map(({ info }) => info.tags.mine)).toEqual(["yes", "yes", "yes"]);
  });

  test("what autolog leaves out, it records", async () => {
    const { traces } = await traced(() => chain().invoke(input, { callbacks: [tracer()] }), {
      logTraces: false,
    });
    expect(traces.map(treeOf)).toEqual([TREE]);
  });
});
