import { setTimeout as sleep } from "node:timers/promises";
import {
  type Runnable,
  RunnableLambda,
  RunnablePassthrough,
  RunnableSequence,
} from "@langchain/core/runnables";
import { DynamicTool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, StateGraph } from "@langchain/langgraph";
import { autolog, MlflowLangchainTracer, type RootCall, type ShouldTrace } from "langchain-mlflow";
import { afterEach, describe, expect, test, vi } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { collect } from "../support/outcome.js";
import { record, traced, tracedWith } from "../support/traces.js";
import { treeOf } from "../support/tree.js";

const upper = (name = "upper") =>
  RunnableLambda.from((text: string) => text.toUpperCase()).withConfig({ runName: name });
const model = () => new FakeListChatModel({ responses: ["hello"] });
const chain = () =>
  RunnableSequence.from([(text: string) => upper("inner").invoke(text), model()] as never);

const State = Annotation.Root({ text: Annotation<string> });
const graph = () =>
  new StateGraph(State)
    .addNode("shout", async ({ text }) => ({ text: await upper("inner").invoke(text) }))
    .addEdge("__start__", "shout")
    .addEdge("shout", "__end__")
    .compile();

const none: ShouldTrace = () => false;
const isHealthCheck = ({ name, metadata }: RootCall) =>
  name === "health" || metadata.kind === "health";
const OFF = { metadata: { tracingEnabled: false } };

/** Everything that counts what is lost. */
const losses = () => ({ ...getPipeline().losses });
const roots = (traces: readonly { readonly info: { readonly tags: object } }[]) =>
  traces.map(({ info }) => Reflect.get(info.tags, "mlflow.traceName"));

afterEach(() => {
  vi.restoreAllMocks();
  autolog({ silent: true });
});

/** The lines on stderr that `program` writes. */
async function warnings(program: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  await program();
  vi.mocked(process.stderr.write).mockRestore();
  return lines.filter((line) => line.includes("shouldTrace"));
}

describe("shouldTrace", () => {
  test("skips the calls for which it returns false, and what they call", async () => {
    const app = async () => {
      await chain().invoke("x", { runName: "health" });
      await chain().invoke("x", { runName: "answer" });
      await chain().invoke("x", { metadata: { kind: "health" } });
      await chain().withConfig({ runName: "health" }).invoke("x");
    };
    const { traces } = await traced(app, { shouldTrace: (call) => !isHealthCheck(call) });
    expect(roots(traces)).toEqual(["answer"]);
  });

  test("receives the name, the input and the metadata of each root call, and of no other", async () => {
    const calls: RootCall[] = [];
    const shouldTrace: ShouldTrace = (call) => {
      calls.push(call);
      return true;
    };
    const input = { text: "x" };
    await traced(
      async () => {
        await graph().invoke(input, { metadata: { tenant: "a" } });
        await upper("named")
          .withConfig({ metadata: { tenant: "b", team: "t" } })
          .invoke("y", {
            metadata: { tenant: "c" },
          });
        await model().invoke("z", { runName: "ask" });
        await new DynamicTool({
          name: "search",
          description: "d",
          func: async (text) => text,
        }).invoke("q");
      },
      { shouldTrace },
    );
    expect(calls).toEqual([
      { name: "LangGraph", input, metadata: { tenant: "a" } },
      { name: "named", input: "y", metadata: { tenant: "c", team: "t" } },
      { name: "ask", input: "z", metadata: {} },
      { name: "search", input: "q", metadata: {} },
    ]);
    expect(calls[0]?.input).toBe(input);
  });

  test("decides for streams, events and graphs as a whole", async () => {
    await record(
      async (config) => [
        await collect(chain().stream("x", config)),
        await collect(graph().stream({ text: "x" }, config)),
        (await collect(chain().streamEvents("x", { ...config, version: "v2" }) as never)).length >
          0,
        await graph().invoke({ text: "x" }, config),
      ],
      { traces: 0, autolog: { shouldTrace: none } },
    );
  });

  test("decides for each item of a batch", async () => {
    const shouldTrace: ShouldTrace = ({ input, metadata }) =>
      input !== "b" && metadata.kind !== "health";
    for (const step of [upper(), chain(), upper().withRetry(), chain().withRetry()]) {
      const { traces } = await traced(() => step.batch(["a", "b", "c"]), { shouldTrace });
      expect(traces.map(({ data }) => data.spans[0]?.inputs)).toEqual(["a", "c"]);
      const configs = [{ metadata: { kind: "health" } }, {}, {}];
      const { traces: others } = await traced(() => step.batch(["a", "b", "c"], configs), {
        shouldTrace,
      });
      expect(others.map(({ data }) => data.spans[0]?.inputs)).toEqual(["c"]);
      for (const { data } of others) {
        expect(data.spans.filter(({ parentId }) => parentId === undefined)).toHaveLength(1);
      }
    }
  });

  test("skips what a skipped call starts later while it runs", async () => {
    const slow = RunnableLambda.from(async (text: string) => {
      await sleep(5);
      return new Promise<string>((resolve) =>
        setTimeout(() => resolve(upper("inner").invoke(text)), 5),
      );
    }).withConfig({ runName: "health" });
    const talking = RunnableLambda.from(async function* (text: string) {
      yield "well";
      await sleep(5);
      yield await upper("inner").invoke(text);
    }).withConfig({ runName: "health" });
    const { traces } = await traced(
      async () => {
        await slow.invoke("x");
        await collect(talking.stream("x"));
      },
      { shouldTrace: (call) => !isHealthCheck(call) },
    );
    expect(traces).toEqual([]);
  });

  test("counts no loss, and leaves no run behind, also of a stream that is left", async () => {
    const before = losses();
    const tracer = new MlflowLangchainTracer();
    await traced(
      async () => {
        await chain().invoke("x");
        for await (const _ of await chain().stream("x", { callbacks: [tracer] })) break;
      },
      { shouldTrace: none, maxOpenCalls: 1 },
    );
    expect(losses()).toEqual(before);
    const { openCalls, openRuns } = getState().recording.collector;
    expect({ openCalls, openRuns }).toEqual({ openCalls: 0, openRuns: 0 });
  });

  test("applies to calls with a tracer too, as samplingRatio does", async () => {
    const tracer = new MlflowLangchainTracer();
    const { traces } = await traced(
      async () => {
        await chain().invoke("x", { callbacks: [tracer] });
        await upper("answer").invoke("x", { callbacks: [tracer] });
      },
      { shouldTrace: ({ name }) => name === "answer" },
    );
    expect(roots(traces)).toEqual(["answer"]);
  });

  test("lets the call be traced if it throws or returns no boolean, and logs one warning", async () => {
    const filters = [
      () => {
        throw new Error("no such tenant");
      },
      async () => Promise.reject(new Error("late")),
      () => undefined,
    ] as unknown as ShouldTrace[];
    let traces = 0;
    const lines = await warnings(async () => {
      for (const shouldTrace of filters) {
        const result = await tracedWith(
          async () => [await upper().invoke("x"), await upper().invoke("y")],
          () => autolog({ shouldTrace }),
        );
        expect(result.outcome).toMatchObject({ value: ["X", "Y"] });
        traces += result.traces.length;
      }
    });
    expect(traces).toBe(6);
    expect(lines).toEqual([
      "langchain-mlflow: the option `shouldTrace` threw an error: no such tenant. Calls for which it fails are traced. Return true or false.\n",
    ]);
  });

  test("is not asked about calls that it makes itself, and those are not traced", async () => {
    let asked = 0;
    const shouldTrace: ShouldTrace = () => {
      asked += 1;
      void upper("in the filter").invoke("y");
      return true;
    };
    const { traces } = await traced(() => upper("answer").invoke("x"), { shouldTrace });
    expect({ asked, roots: roots(traces) }).toEqual({ asked: 1, roots: ["answer"] });
  });

  test("does not take the chunks of a stream that is the input", async () => {
    const inputs: unknown[] = [];
    const shouldTrace: ShouldTrace = ({ input }) => inputs.push(input) > 0;
    const source = async function* () {
      yield "a";
      yield "b";
    };
    const { outcome } = await traced(
      () => collect(new RunnablePassthrough<string>().transform(source(), {})),
      { shouldTrace },
    );
    expect(outcome).toMatchObject({ value: ["a", "b"] });
    expect(inputs).toEqual([undefined]);
  });
});

describe("tracingEnabled: false in the metadata of a call", () => {
  test("skips a root call and what it calls", async () => {
    await record(
      async () => [
        await chain().invoke("x", OFF),
        await chain().withConfig(OFF).invoke("x"),
        await collect(chain().stream("x", OFF)),
        await chain().batch(["x", "y"], OFF),
        await upper().batch(["x", "y"], OFF),
        await graph().invoke({ text: "x" }, OFF),
        await collect(graph().withConfig(OFF).stream({ text: "x" })),
        (await collect(chain().streamEvents("x", { ...OFF, version: "v2" }) as never)).length > 0,
      ],
      { traces: 0 },
    );
  });

  test("skips one item of a batch", async () => {
    for (const step of [upper(), chain(), chain().withRetry()]) {
      const { traces } = await traced(() => step.batch(["a", "b", "c"], [{}, OFF, {}]));
      expect(traces.map(({ data }) => data.spans[0]?.inputs)).toEqual(["a", "c"]);
    }
  });

  const secret = () =>
    RunnableLambda.from(async (text: string) => {
      await upper("forgotten").invoke(text);
      return upper("passed on").invoke(text);
    }).withConfig({ runName: "secret", ...OFF });

  test.each<[string, () => Runnable<string, string>]>([
    ["a step of a sequence", () => RunnableSequence.from([upper("a"), secret(), upper("b")])],
    [
      "a call with the config of its caller",
      () =>
        RunnableLambda.from(async (text: string, config) => {
          const first = await upper("a").invoke(text, config);
          return upper("b").invoke(await secret().invoke(first, config), config);
        }),
    ],
    [
      "a call without a config",
      () =>
        RunnableLambda.from(async (text: string) => {
          const first = await upper("a").invoke(text);
          return upper("b").invoke(await secret().invoke(first));
        }),
    ],
  ])("skips the subtree of %s", async (_, program) => {
    for (const run of [
      () => program().invoke("x"),
      () => collect(program().stream("x")),
      () => program().batch(["x"]),
    ]) {
      const { traces, outcome } = await traced<unknown>(run);
      expect(outcome).toMatchObject({ kind: expect.stringMatching(/returned|ok|value/) });
      expect(traces).toHaveLength(1);
      const names = traces[0]?.data.spans.map(({ name }) => name);
      expect(names?.slice(1).sort()).toEqual(["a", "b"]);
    }
  });

  test("skips the subtree of a node of a graph", async () => {
    const app = new StateGraph(State)
      .addNode("secret", async ({ text }) => ({ text: await upper("inner").invoke(text) }), OFF)
      .addNode("shown", async ({ text }) => ({ text: await upper("b").invoke(text) }))
      .addEdge("__start__", "secret")
      .addEdge("secret", "shown")
      .addEdge("shown", "__end__")
      .compile();
    const { tree } = await record((config) => app.invoke({ text: "x" }, config));
    expect(tree).not.toContain("secret");
    expect(tree).not.toContain("inner");
    expect(tree).toContain("shown");
  });

  test("applies with a tracer and without autolog", async () => {
    const tracer = new MlflowLangchainTracer();
    const config = { callbacks: [tracer] };
    const program = () => RunnableSequence.from([upper("a"), secret(), upper("b")]);
    const { traces } = await tracedWith(
      async () => {
        await program().invoke("x", config);
        await chain().invoke("x", { ...config, ...OFF });
        await collect(program().stream("x", config));
      },
      () => autolog({ disable: true }),
    );
    expect(traces).toHaveLength(2);
    for (const trace of traces) expect(treeOf(trace)).not.toContain("secret");
    expect(getState().recording.collector.openRuns).toBe(0);
  });

  test("does not skip a call whose metadata says true or nothing", async () => {
    await record((config) =>
      upper().invoke("x", { ...config, metadata: { tracingEnabled: true } }),
    );
  });
});
