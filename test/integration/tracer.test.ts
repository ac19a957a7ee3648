import { LLMChain } from "@langchain/classic/chains";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate, PromptTemplate } from "@langchain/core/prompts";
import {
  RunnableBranch,
  RunnableLambda,
  RunnableMap,
  RunnablePassthrough,
  RunnableSequence,
} from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel, FakeRetriever } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { bothWays } from "../support/beside-autolog.js";
import { collect } from "../support/outcome.js";
import type { Config } from "../support/traces.js";
import { flowOf } from "../support/tree.js";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const model = (fields: ConstructorParameters<typeof ChatOpenAI>[0] = {}) =>
  new ChatOpenAI({
    model: "gpt-4o",
    temperature: 0,
    apiKey: "k",
    configuration: { baseURL: server.url },
    maxRetries: 0,
    ...fields,
  });
const prompt = ChatPromptTemplate.fromTemplate("{input}");
const chain = () => prompt.pipe(model()).pipe(new StringOutputParser());
const inputs = ["a", "b", "c"].map((input) => ({ input }));

const add = tool(async ({ a, b }) => String(a + b), {
  name: "add",
  description: "Adds two numbers.",
  schema: z.object({ a: z.number(), b: z.number() }),
});
const search = tool(async ({ query }) => `about ${query}`, {
  name: "search",
  description: "Searches.",
  schema: z.object({ query: z.string() }),
});
const calculator = tool(async () => "1194.5", {
  name: "calculator",
  description: "Calculates.",
  schema: z.object({ expression: z.string() }),
});

const State = Annotation.Root({ input: Annotation<string>(), output: Annotation<string>() });
const graph = () =>
  new StateGraph(State)
    .addNode("ask", async ({ input }, config) => ({
      output: await chain().invoke({ input }, config),
    }))
    .addEdge(START, "ask")
    .compile();

const rag = () =>
  RunnableSequence.from([
    {
      input: new FakeRetriever().pipe((documents) =>
        documents.map((one) => one.pageContent).join(),
      ),
      question: new RunnablePassthrough(),
    },
    prompt,
    model(),
    new StringOutputParser(),
  ]);

const failing = () =>
  prompt.pipe(
    RunnableLambda.from((): string => {
      throw new RangeError("no answer");
    }),
  );
const settled = async (promise: Promise<unknown>) => void (await promise.catch(() => {}));

const PROGRAMS: readonly (readonly [string, (config: Config) => unknown])[] = [
  ["a chain invoked", (config) => chain().invoke({ input: "a" }, config)],
  ["a chain streamed", (config) => collect(chain().stream({ input: "a" }, config))],
  ["a batch", (config) => chain().batch(inputs, config)],
  ["a batch of one", (config) => chain().batch(inputs.slice(0, 1), config)],
  ["a batch, one at a time", (config) => chain().batch(inputs, { ...config, maxConcurrency: 1 })],
  [
    "a chain by streamEvents",
    (config) => collect(chain().streamEvents({ input: "a" }, { version: "v2", ...config })),
  ],
  ["a chain by streamLog", (config) => collect(chain().streamLog({ input: "a" }, config))],
  [
    "a chain by transform",
    (config) => {
      const input = (async function* () {
        yield { input: "a" };
      })();
      return collect(chain().transform(input, config));
    },
  ],
  [
    "a chain with a name, tags and metadata of the call",
    (config) =>
      chain()
        .withConfig({ runName: "named", metadata: { thread_id: "t-1" } })
        .invoke({ input: "a" }, { tags: ["x"], ...config }),
  ],
  ["a chat model alone", (config) => model().invoke("a", config)],
  ["a chat model streamed", (config) => collect(model().stream("a", config))],
  ["a chat model that is asked for two", (config) => model().generate([["a"], ["b"]], config)],
  [
    "structured output",
    (config) =>
      model()
        .withStructuredOutput(z.object({ name: z.string() }))
        .invoke("a", config),
  ],
  ["retrieval", (config) => rag().invoke("what?", config)],
  ["retrieval streamed", (config) => collect(rag().stream("what?", config))],
  [
    "text, lists, numbers and dictionaries between steps",
    (config) =>
      RunnableLambda.from((text: string) => [text, text])
        .pipe((list) => list.length)
        .pipe((count) => ({ output: `${count}` }))
        .pipe(({ output }) => ({ input: output }))
        .pipe(({ input }) => ({ input: [input] }))
        .pipe(({ input }) => input[0] ?? "")
        .invoke("a", config),
  ],
  [
    "a map and a branch",
    (config) =>
      RunnableMap.from({
        same: new RunnablePassthrough<{ input: string }>(),
        found: RunnableBranch.from<{ input: string }>([
          [({ input }) => input === "a", RunnableLambda.from(() => "yes")],
          RunnableLambda.from(() => "no"),
        ]),
      }).invoke({ input: "a" }, config),
  ],
  [
    "retries",
    (config) => {
      let tries = 0;
      const flaky = RunnableLambda.from((text: string) => {
        tries += 1;
        if (tries < 2) throw new Error("not yet");
        return text;
      });
      return flaky.withRetry({ stopAfterAttempt: 3 }).invoke("a", config);
    },
  ],
  [
    "fallbacks streamed",
    (config) => {
      const chain = failing().withFallbacks([RunnableLambda.from(() => "instead")]);
      return collect(chain.stream({ input: "a" }, config));
    },
  ],
  ["a tool", (config) => add.invoke({ a: 1, b: 2 }, config)],
  [
    "a tool given a model's call",
    (config) =>
      add.invoke({ type: "tool_call", name: "add", id: "c1", args: { a: 1, b: 2 } }, config),
  ],
  [
    "a classic chain",
    (config) => {
      const prompt = PromptTemplate.fromTemplate("{input}");
      const llm = new FakeListChatModel({ responses: ["hello"] });
      return new LLMChain({ prompt, llm, outputKey: "output" }).invoke({ input: "a" }, config);
    },
  ],
  ["a graph invoked", (config) => graph().invoke({ input: "a" }, config)],
  ["a graph streamed", (config) => collect(graph().stream({ input: "a" }, config))],
  [
    "an agent with tools",
    (config) =>
      createReactAgent({ llm: model(), tools: [search, calculator] }).invoke(
        { messages: [{ role: "user", content: "PARALLEL how long?" }] },
        config,
      ),
  ],
  ["a chain that fails", (config) => settled(failing().invoke({ input: "a" }, config))],
  ["a stream that fails", (config) => settled(collect(failing().stream({ input: "a" }, config)))],
  ["a batch that fails", (config) => settled(failing().batch(inputs, config))],
  [
    "a provider that refuses",
    (config) => settled(model({ model: "no-such-model" }).invoke("FAIL", config)),
  ],
];

describe("a tracer alone records what autolog records", () => {
  test.each(PROGRAMS)("of %s", async (_, program) => {
    const { autolog, tracer } = await bothWays(program);
    expect(autolog.length).toBeGreaterThan(0);
    expect(tracer).toEqual(autolog);
  });

  test("bound to a chain", async () => {
    const { autolog, tracer } = await bothWays((config) =>
      chain().withConfig(config).invoke({ input: "a" }),
    );
    expect(tracer).toEqual(autolog);
  });
});

test("each item of a batch has its own input and output", async () => {
  const { byTracer } = await bothWays((config) => chain().batch(inputs, config));
  expect(byTracer.map((trace) => flowOf(trace).split("\n")[0])).toEqual(
    inputs.map(
      ({ input }) => `CHAIN RunnableSequence OK: {"input":"${input}"} → "You said: ${input}"`,
    ),
  );
});
