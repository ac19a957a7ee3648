import { setTimeout as sleep } from "node:timers/promises";
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { Runnable, RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import {
  autolog,
  flushTraces,
  getCurrentActiveSpan,
  MlflowLangchainTracer,
  SpanType,
  setTrackingUri,
  startSpan,
  trace,
  tracingContext,
  updateCurrentTrace,
  withSpan,
} from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { getPipeline } from "../../src/recording/pipeline.js";
import { resolveOptions } from "../../src/settings/options.js";
import { collect } from "../support/outcome.js";
import { newFolder, traced, tracedWith } from "../support/traces.js";
import { flowOf, rootOf, treeOf } from "../support/tree.js";
import { observe } from "./programs/observe.js";

const model = () => new FakeListChatModel({ responses: ["hello"] });
const prompt = ChatPromptTemplate.fromTemplate("{question}");
const input = { question: "who?" };

/** The options of an app that never calls autolog(). */
const withoutAutolog = () => {
  autolog({ disable: true });
  getPipeline().configure(resolveOptions({ silent: true }));
};

/** The tree without the functions that choose the next node of a graph. */
const stepsOf = (one: Parameters<typeof treeOf>[0]) =>
  treeOf(one).replace(/\n *CHAIN (Runnable(Lambda|Callable)|Branch<plan>) OK$/gm, "");

interface Config {
  readonly callbacks?: never;
}

const lookUp = tool(
  async ({ city }: { city: string }, config) =>
    withSpan(
      async (span) => {
        span.setInputs({ city });
        const found = await model().invoke(`weather of ${city}`, { callbacks: config?.callbacks });
        return String(found.content);
      },
      { name: "look up", spanType: SpanType.RETRIEVER },
    ),
  { name: "weather", description: "The weather of a city", schema: z.object({ city: z.string() }) },
);

const plan = trace(async function plan(messages: BaseMessage[]) {
  await sleep(1);
  const last = messages.at(-1);
  if (last instanceof ToolMessage) return new AIMessage(`It is ${last.content}`);
  const tool_calls = [{ id: "1", name: "weather", args: { city: String(last?.content) } }];
  return new AIMessage({ content: "", tool_calls });
});

/** A node calls a traced function, a tool has a span by hand. */
const agent = new StateGraph(MessagesAnnotation)
  .addNode("plan", async ({ messages }) => ({ messages: [await plan(messages)] }))
  .addNode("act", async ({ messages }, config) => {
    const [call] = (messages.at(-1) as AIMessage).tool_calls ?? [];
    const result = await lookUp.invoke({ ...call!, type: "tool_call" }, config);
    return { messages: [result] };
  })
  .addEdge(START, "plan")
  .addConditionalEdges("plan", ({ messages }) =>
    (messages.at(-1) as AIMessage).tool_calls?.length ? "act" : "__end__",
  )
  .addEdge("act", "plan")
  .compile();

const ask = (city: string, config: Config = {}) =>
  withSpan(
    async () => {
      updateCurrentTrace({ user: `user of ${city}`, tags: { city } });
      const { messages } = await agent.invoke({ messages: [new HumanMessage(city)] }, config);
      return String(messages.at(-1)?.content);
    },
    { name: "request", spanType: SpanType.AGENT, inputs: { city } },
  );

const AGENT_TREE = `
AGENT request OK
  CHAIN LangGraph OK
    CHAIN plan OK
      UNKNOWN plan OK
    CHAIN act OK
      TOOL weather OK
        RETRIEVER look up OK
          CHAT_MODEL FakeListChatModel OK
    CHAIN plan OK
      UNKNOWN plan OK`.trim();

describe("an agent with spans by hand around it, in a node and in a tool", () => {
  test("is one trace with autolog", async () => {
    const { traces, outcome } = await traced(() => ask("Oslo"));
    expect(outcome).toMatchObject({ value: "It is hello" });
    expect(traces.map(stepsOf)).toEqual([AGENT_TREE]);
    expect(traces[0]?.info).toMatchObject({
      tags: { city: "Oslo", "mlflow.traceName": "request" },
      traceMetadata: { "mlflow.trace.user": "user of Oslo" },
    });
  });

  test("is one trace with the tracer instead of autolog", async () => {
    const { traces } = await tracedWith(
      () => ask("Oslo", { callbacks: [new MlflowLangchainTracer()] as never }),
      withoutAutolog,
    );
    expect(traces.map(stepsOf)).toEqual([AGENT_TREE]);
  });

  test("is recorded without its LangChain calls if nothing records them", async () => {
    const { traces } = await tracedWith(() => ask("Oslo"), withoutAutolog);
    expect(traces.map((one) => one.data.spans.map(({ name }) => name).sort())).toEqual([
      ["look up", "plan", "plan", "request"],
    ]);
  });

  test.each([
    ["autolog", false],
    ["the tracer", true],
  ])(
    "2 000 at once are 2 000 traces with %s, and none has a span or tag of another",
    async (_, isTracer) => {
      const cities = Array.from({ length: 2_000 }, (_value, index) => `city ${index}`);
      const program = async () => {
        const config = isTracer ? { callbacks: [new MlflowLangchainTracer()] as never } : {};
        await Promise.all(
          cities.map((city, index) =>
            tracingContext({ sessionId: `session ${index}`, tags: { number: String(index) } }, () =>
              ask(city, config),
            ),
          ),
        );
      };
      // Not in a store, where reading 2 000 traces takes far longer than recording them.
      setTrackingUri(`file:${newFolder()}`);
      if (isTracer) withoutAutolog();
      else autolog({ silent: true });
      const { traces, stop } = observe();
      await program();
      await flushTraces();
      stop();
      expect(traces).toHaveLength(cities.length);
      const mixed = traces.filter((one) => {
        const { tags, traceMetadata } = one.info;
        const number = cities.indexOf(tags.city ?? "");
        const text = JSON.stringify(one.data.spans.map(({ inputs, outputs }) => [inputs, outputs]));
        const named = new Set(text.match(/city \d+/g));
        return (
          stepsOf(one) !== AGENT_TREE ||
          tags.number !== String(number) ||
          traceMetadata["mlflow.trace.user"] !== `user of ${tags.city}` ||
          traceMetadata["mlflow.trace.session"] !== `session ${number}` ||
          named.size !== 1 ||
          !named.has(String(tags.city))
        );
      });
      expect(mixed.map(stepsOf)).toEqual([]);
      expect(new Set(traces.map(({ info }) => info.tags.city)).size).toBe(cities.length);
    },
    300_000,
  );
});

describe("a span by hand", () => {
  const inner = trace((text: string) => text.toUpperCase(), { name: "inner" });

  test("in a lambda of a chain is below the lambda", async () => {
    const step = RunnableLambda.from(({ question }: typeof input) => inner(question)).withConfig({
      runName: "step",
    });
    const { traces } = await traced(() => step.pipe(model()).invoke(input));
    expect(traces.map(flowOf)).toMatchInlineSnapshot(`
      [
        "CHAIN RunnableSequence OK: {"question":"who?"} → "ai:hello"
        CHAIN step OK: {"question":"who?"} → "WHO?"
          UNKNOWN inner OK: {"text":"who?"} → "WHO?"
        CHAT_MODEL FakeListChatModel OK: {"messages":["user:WHO?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}",
      ]
    `);
  });

  test("in a custom model, a retriever and a Runnable without a run of its own is below each", async () => {
    class Model extends FakeListChatModel {
      override async _generate(...args: Parameters<FakeListChatModel["_generate"]>) {
        inner("model");
        return super._generate(...args);
      }
    }
    class Retriever extends BaseRetriever {
      lc_namespace = ["app"];
      override async _getRelevantDocuments() {
        inner("retriever");
        return [];
      }
    }
    class Own extends Runnable<string, string> {
      lc_namespace = ["app"];
      async invoke(text: string) {
        return withSpan(async () => {
          await new Retriever().invoke(text);
          const { content } = await new Model({ responses: ["hi"] }).invoke(text);
          return String(content);
        });
      }
    }
    const { traces } = await traced(() => new Own().invoke("x"));
    expect(traces.map(treeOf)).toEqual([
      `
CHAIN Own OK
  UNKNOWN span OK
    RETRIEVER Retriever OK
      UNKNOWN inner OK
    CHAT_MODEL Model OK
      UNKNOWN inner OK`.trim(),
    ]);
  });

  test("in the items of a batch is in the trace of its item", async () => {
    const step = RunnableLambda.from((text: string) => inner(text));
    const { traces } = await traced(() => step.batch(["a", "b", "c"]));
    expect(traces.map(flowOf)).toEqual(
      ["a", "b", "c"].map((text) => {
        const values = `"${text}" → "${text.toUpperCase()}"`;
        return `CHAIN RunnableLambda OK: ${values}\n  UNKNOWN inner OK: {"text":${values.replace(" →", "} →")}`;
      }),
    );
  });

  test("in a streamed step is below the step, and one around a stream has it below", async () => {
    const step = RunnableLambda.from(({ question }: typeof input) => inner(question));
    const { traces } = await traced(() =>
      withSpan(async () => collect(step.pipe(model()).stream(input)), { name: "request" }),
    );
    expect(traces.map(treeOf)).toEqual([
      `
UNKNOWN request OK
  CHAIN RunnableSequence OK
    CHAIN RunnableLambda OK
      UNKNOWN inner OK
    CHAT_MODEL FakeListChatModel OK [new_token]`.trim(),
    ]);
  });

  test("around a chain that gets a config of the run above is between both", async () => {
    const chain = prompt.pipe(model());
    const step = RunnableLambda.from((question: string, config) =>
      withSpan(() => chain.invoke({ question }, config), { name: "between" }),
    );
    const { traces } = await traced(() => step.invoke("who?"));
    expect(traces.map(treeOf)).toEqual([
      `
CHAIN RunnableLambda OK
  UNKNOWN between OK
    CHAIN RunnableSequence OK
      CHAIN ChatPromptTemplate OK
      CHAT_MODEL FakeListChatModel OK`.trim(),
    ]);
  });

  test("has the error that its function throws, which is rethrown unchanged", async () => {
    const failure = new TypeError("no such city");
    const { traces, outcome } = await traced(() =>
      withSpan(() =>
        RunnableLambda.from(() => {
          throw failure;
        }).invoke("x"),
      ),
    );
    expect(outcome).toMatchObject({ error: failure });
    expect(traces.map(treeOf)).toEqual([
      "UNKNOWN span ERROR [exception]\n  CHAIN RunnableLambda ERROR [exception]",
    ]);
    expect(rootOf(traces[0]!).status).toMatchObject({
      statusCode: "ERROR",
      description: "no such city",
    });
  });

  test("is not recorded, and nothing in it, where the context excludes tracing", async () => {
    const seen: unknown[] = [];
    const { traces } = await traced(async () => {
      await tracingContext({ enabled: false }, async () => {
        await withSpan(async (span) => {
          span.setInputs("x");
          seen.push(span.traceId, getCurrentActiveSpan());
          await prompt.pipe(model()).invoke(input);
        });
        await tracingContext({ enabled: true }, () => model().invoke("traced"));
        startSpan({ name: "no-op" }).end();
      });
    });
    expect(traces.map(treeOf)).toEqual(["CHAT_MODEL FakeListChatModel OK"]);
    expect(seen).toEqual(["no-op-span-trace-id", null]);
  });

  test("that excludes a part of a trace from it leaves out calls that get the config of the trace too", async () => {
    const step = RunnableLambda.from((text: string, config) =>
      tracingContext({ enabled: false }, () => model().invoke(text, config)),
    );
    const { traces } = await traced(() => step.invoke("x"));
    expect(traces.map(treeOf)).toEqual(["CHAIN RunnableLambda OK"]);
  });

  test("of a trace that is not sampled records nothing, with all that is in it", async () => {
    const { traces } = await traced(() => ask("Oslo"), { samplingRatio: 0 });
    expect(traces).toEqual([]);
  });
});
