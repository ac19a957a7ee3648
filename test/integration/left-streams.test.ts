import { StringOutputParser } from "@langchain/core/output_parsers";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { isCore03 } from "../support/core-version.js";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

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
    const { tree } = await record(
      async () => {
        const chunk = await take(1, graph().stream({ n: 1 }, { streamMode: "updates" }));
        await new Promise((resolve) => setTimeout(resolve, 30));
        return chunk;
      },
      { compare: false },
    );
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
