import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { isCore03 } from "../support/core-version.js";
import { collectGarbageUntil } from "../support/garbage.js";
import { expectCutShort } from "../support/ledger.js";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";
import { treeOf } from "../support/tree.js";

const chain = () =>
  new FakeListChatModel({ responses: ["abcdef"], sleep: 2 }).pipe(new StringOutputParser());

/** Reads so many chunks, then leaves. */
async function take<T>(
  count: number,
  stream: Promise<AsyncIterable<T>> | AsyncIterable<T>,
): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of await stream) if (chunks.push(chunk) === count) break;
  return chunks;
}

describe("break", () => {
  test("closes every span as cancelled, with what had come so far", async () => {
    const { tree, trace, span } = await record(() => take(3, chain().stream("x")));
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK cancelled
        CHAT_MODEL FakeListChatModel OK cancelled [new_token]
        CHAIN StrOutputParser OK cancelled"
    `);
    expect(trace.info.responsePreview).toMatch(/^"abc/);
    expect(JSON.stringify(span("FakeListChatModel").outputs)).toMatch(/"content":"abc?/);
  });

  test("of a binding's stream", async () => {
    const { tree } = await record(() =>
      take(3, chain().withConfig({ runName: "named" }).stream("x")),
    );
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN named OK cancelled
        CHAT_MODEL FakeListChatModel OK cancelled [new_token]
        CHAIN StrOutputParser OK cancelled"
    `);
  });

  test("of a chat model's stream", async () => {
    const model = () => new FakeListChatModel({ responses: ["abcdef"], sleep: 2 });
    const { tree, span } = await record(() => take(3, model().stream("x")));
    expect(tree).toMatchInlineSnapshot(`"CHAT_MODEL FakeListChatModel OK cancelled [new_token]"`);
    expect(span("FakeListChatModel").outputs).toMatchObject({
      choices: [{ message: { role: "assistant", content: "abc" } }],
    });
  });

  test("inside a lambda closes the inner stream, and the lambda goes on", async () => {
    const first = RunnableLambda.from((text: string) => take(3, chain().stream(text)));
    const { tree } = await record(() => first.pipe((text) => text).invoke("x"));
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
          CHAIN RunnableSequence OK cancelled
            CHAT_MODEL FakeListChatModel OK cancelled [new_token]
            CHAIN StrOutputParser OK cancelled
        CHAIN RunnableLambda OK"
    `);
  });

  test("of a graph's stream is no error", async () => {
    const State = Annotation.Root({ n: Annotation<number>() });
    const wait = async ({ n }: { n: number }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { n: n + 1 };
    };
    const graph = () =>
      new StateGraph(State)
        .addNode("a", wait)
        .addNode("b", wait)
        .addEdge(START, "a")
        .addEdge("a", "b")
        .compile();
    const { tree } = await record(async () => {
      const chunk = await take(1, graph().stream({ n: 1 }, { streamMode: "updates" }));
      await new Promise((resolve) => setTimeout(resolve, 30));
      return chunk;
    });
    // LangGraph 0.4 runs on to the end.
    if (isCore03) expect(tree).toMatch(/^CHAIN LangGraph OK\n/);
    else
      expect(tree).toMatch(
        /^CHAIN LangGraph OK cancelled\n {2}CHAIN a OK\n {2}CHAIN b OK cancelled$/,
      );
  });
});

test("reader.cancel() closes the trace as cancelled", async () => {
  const { tree } = await record(async () => {
    const reader = (await chain().stream("x")).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return value;
  });
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK cancelled
      CHAT_MODEL FakeListChatModel OK cancelled
      CHAIN StrOutputParser OK cancelled"
  `);
});

test("a stream that is never read ends as abandoned once it is garbage", async () => {
  const open = async () => void (await chain().stream("x"));
  const { tree, trace } = await record(async () => {
    await open();
    await collectGarbageUntil(() => getState().recording.collector.openCalls === 0);
  });
  expect(tree).toMatch(/^CHAIN RunnableSequence OK abandoned(\n {2}.*)*$/);
  expect(trace.info.requestPreview).toBe('"x"');
});

test("a stream that was read in part, and is garbage then, has what had come", async () => {
  const open = async () => {
    const reader = (await chain().stream("x")).getReader();
    return (await reader.read()).value;
  };
  const { tree, span } = await record(async () => {
    const chunk = await open();
    await collectGarbageUntil(() => getState().recording.collector.openCalls === 0);
    return chunk;
  });
  expect(tree).toMatch(/^CHAIN RunnableSequence OK abandoned\n/);
  expect(span("RunnableSequence").outputs).toMatch(/^a/);
});

test("an abort signal ends an invoke as an error", async () => {
  const slow = RunnableLambda.from(async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return text;
  });
  const { tree, outcome } = await record((config) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    return slow.invoke("x", { signal: controller.signal, ...config });
  });
  expect(outcome.kind).toBe("thrown");
  expect(tree).toMatch(/^CHAIN RunnableLambda ERROR \[exception\]$/);
});

test("an abort signal ends every stream it goes with", async () => {
  const { trees } = await record(
    async () => {
      const controller = new AbortController();
      const open = [1, 2, 3].map(() => chain().stream("x", { signal: controller.signal }));
      const streams = await Promise.all(open);
      for (const stream of streams) await stream.next();
      await streams[0]!.return();
      controller.abort();
      return Promise.allSettled(streams.map((stream) => stream.next()));
    },
    { traces: 3 },
  );
  expect(trees.map((tree) => tree.split("\n")[0]).sort()).toEqual([
    "CHAIN RunnableSequence ERROR aborted [exception]",
    "CHAIN RunnableSequence ERROR aborted [exception]",
    "CHAIN RunnableSequence OK cancelled",
  ]);
});

test("an abort signal ends the trace as an error, with what had come so far", async () => {
  const { tree, span, outcome } = await record(async () => {
    const controller = new AbortController();
    for await (const _ of await chain().stream("x", { signal: controller.signal })) {
      controller.abort();
    }
  });
  expect(outcome.kind).toBe("thrown");
  expect(tree).toMatch(/^CHAIN RunnableSequence ERROR aborted \[exception\]\n/);
  expect(span("RunnableSequence").outputs).toMatch(/^a/);
});

test.skipIf(isCore03)("a timeout is an error", async () => {
  const slow = RunnableLambda.from(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  const { tree, outcome } = await record(() => slow.invoke("x", { timeout: 20 }));
  expect(outcome.kind).toBe("thrown");
  expect(tree).toBe("CHAIN RunnableLambda ERROR [exception]");
});

test("an error in the middle of a stream", async () => {
  const failing = RunnableLambda.from(async function* (_: string) {
    yield "a";
    throw new Error("halfway");
  });
  const { tree } = await record((config) => collect(failing.stream("x", config)));
  expect(tree).toBe("CHAIN RunnableLambda ERROR [exception]");
});

test("a chat model's stream that is left at once has what was read", async () => {
  const model = () => new FakeListChatModel({ responses: ["abcdef"], sleep: 2 });
  const { trace, span } = await record(() => take(1, model().stream("x")));
  expect(trace.info.responsePreview).toBe("a");
  expect(span("FakeListChatModel").attributes["langchain.end"]).toBe("cancelled");
});

describe("streamEvents", () => {
  const State = Annotation.Root({ text: Annotation<string>() });
  /** `answers` receives the promise of each call of the model. */
  const graph = (answers: Promise<unknown>[] = []) =>
    new StateGraph(State)
      .addNode("model", async ({ text }, config) => {
        const answer = chain().invoke(text, config);
        answers.push(answer);
        return { text: await answer };
      })
      .addEdge(START, "model")
      .compile();

  test.each(["v1", "v2"] as const)("%s that is left is no error", async (version) => {
    const { outcome, traces } = await record(() => leave(chain().streamEvents("x", { version })));
    expect(traces).toHaveLength(1);
    // v1 reads on to the end, whoever leaves; 0.3 tells who leaves of its own abort.
    const end = version === "v1" ? "" : " cancelled";
    expect(treeOf(traces[0]!)).toMatch(
      new RegExp(`^CHAIN RunnableSequence OK${end}\n {2}CHAT_MODEL FakeListChatModel OK${end} `),
    );
    expect(outcome.kind).toBe(version === "v2" && isCore03 ? "thrown" : "returned");
  });

  test("v2 that is left at its first event", async () => {
    const prompted = () => ChatPromptTemplate.fromTemplate("{text}").pipe(chain());
    const { tree, outcome } = await record(() =>
      take(1, prompted().streamEvents({ text: "x" }, { version: "v2" })),
    );
    expect(tree).toMatch(/^CHAIN RunnableSequence OK cancelled\n {2}CHAIN ChatPromptTemplate OK/);
    expect(tree).not.toMatch(/ERROR|exception/);
    expect(outcome.kind).toBe(isCore03 ? "thrown" : "returned");
  });

  test("of a binding, left", async () => {
    const bound = () => chain().withConfig({ runName: "named" });
    const { traces } = await record(() => leave(bound().streamEvents("x", { version: "v2" })));
    expect(traces.map(treeOf)).toEqual([expect.stringMatching(/^CHAIN named OK cancelled\n/)]);
  });

  test("read to its end does not abort inner streams that are not read", async () => {
    class Careless extends SimpleChatModel {
      override _llmType() {
        return "careless";
      }
      override async _call() {
        await RunnableLambda.from((text: string) => text).stream("x");
        return "said";
      }
    }
    const steps = () => RunnableLambda.from((text: string) => text).pipe(new Careless({}));
    const guarded = () => steps().withFallbacks([steps()]).pipe(new StringOutputParser());
    expectCutShort(1);
    const { tree } = await record(async () => {
      const events = await collect(guarded().streamEvents("x", { version: "v2" }));
      await new Promise((resolve) => setTimeout(resolve, 10));
      return events.length;
    });
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK
        CHAIN RunnableWithFallbacks OK
          CHAIN RunnableSequence OK
            CHAIN RunnableLambda OK
            CHAT_MODEL Careless OK
              CHAIN RunnableLambda OK abandoned
        CHAIN StrOutputParser OK"
    `);
  });

  test("of a graph, left", async () => {
    const { traces } = await record(async () => {
      const answers: Promise<unknown>[] = [];
      await leave(graph(answers).streamEvents({ text: "x" }, { version: "v2" }));
      await Promise.allSettled(answers);
      await new Promise((resolve) => setTimeout(resolve, 30));
    });
    // LangGraph 0.4 runs on to the end.
    const root = isCore03 ? /^CHAIN LangGraph OK/ : /^CHAIN LangGraph OK cancelled\n/;
    expect(traces.map(treeOf)).toEqual([expect.stringMatching(root)]);
    expect(treeOf(traces[0]!)).not.toMatch(/ERROR|exception/);
  });

  test.each([
    ["a chain", () => chain(), "x"],
    ["a graph", () => graph(), { text: "x" }],
  ] as const)("of %s, ended by the caller's signal", async (_, make, input) => {
    const { traces } = await record(async () => {
      const controller = new AbortController();
      const options = { version: "v2", signal: controller.signal } as const;
      const events = (make() as ReturnType<typeof chain>).streamEvents(input as string, options);
      for await (const { event } of events)
        if (event === "on_chat_model_stream") controller.abort();
    });
    expect(traces.map(treeOf)).toEqual([expect.stringMatching(/^CHAIN \w+ ERROR aborted/)]);
  });
});

/** Leaves at the first token. */
async function leave(events: AsyncIterable<{ readonly event: string }>): Promise<void> {
  for await (const { event } of events) if (/model_stream/.test(event)) break;
}
