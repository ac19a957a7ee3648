import { StringOutputParser } from "@langchain/core/output_parsers";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import type { Span } from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { record } from "../support/traces.js";

const TEXT = "one two three";

/** Ends like ChatOpenAI: throws if its connection breaks, or its request is aborted. */
class BreakingModel extends FakeListChatModel {
  readonly #failsAt: number;

  constructor(failsAt = Number.POSITIVE_INFINITY) {
    super({ responses: [TEXT], sleep: 2 });
    this.#failsAt = failsAt;
  }

  override async *_streamResponseChunks(
    ...args: Parameters<FakeListChatModel["_streamResponseChunks"]>
  ): ReturnType<FakeListChatModel["_streamResponseChunks"]> {
    let count = 0;
    for await (const chunk of super._streamResponseChunks(...args)) {
      if (args[1].signal?.aborted) throw new Error("The request was aborted.");
      if (count === this.#failsAt) throw new TypeError("terminated");
      count += 1;
      yield chunk;
    }
  }
}

const answerOf = ({ outputs }: Span) =>
  (outputs as { choices?: { message: { content: string } }[] } | null)?.choices?.[0]?.message
    .content;

/** Reads a stream until `isEnough`, then breaks. Returns the text, also if the stream throws. */
async function read(
  stream: Promise<AsyncIterable<{ content: unknown } | string>>,
  isEnough: (text: string) => boolean = () => false,
) {
  let text = "";
  try {
    for await (const chunk of await stream) {
      text += typeof chunk === "string" ? chunk : String(chunk.content);
      if (isEnough(text)) break;
    }
  } catch (error) {
    return { text, error: (error as Error).message };
  }
  return { text };
}

describe("a stream that fails in the middle", () => {
  test("of a model keeps the streamed text as its output", async () => {
    const { span, trace } = await record(() => read(new BreakingModel(5).stream("x")));
    expect(answerOf(span("BreakingModel"))).toBe("one t");
    expect(trace.info.state).toBe("ERROR");
    expect(trace.info.responsePreview).toContain("one t");
  });

  test("of a chain keeps what the app received, and the text of the model", async () => {
    const chain = () => new BreakingModel(5).pipe(new StringOutputParser());
    const { span, trace } = await record(() => read(chain().stream("x")));
    expect(answerOf(span("BreakingModel"))).toBe("one t");
    expect(span("StrOutputParser").outputs).toBe("one t");
    expect(span("RunnableSequence").outputs).toBe("one t");
    expect(trace.info.state).toBe("ERROR");
  });

  test("inside a lambda keeps the text of the model", async () => {
    const lambda = () => RunnableLambda.from(() => read(new BreakingModel(5).stream("x")));
    const { span } = await record(() => lambda().invoke("x"));
    expect(answerOf(span("BreakingModel"))).toBe("one t");
  });
});

describe("a stream that a step reads, and that does not complete", () => {
  const chain = () => new BreakingModel(5).pipe(new StringOutputParser());
  test.each([
    ["fails", () => false],
    ["is left", (text: string) => text.length >= 3],
  ])("keeps in each span what the step received if it %s", async (_, isEnough) => {
    const lambda = () => RunnableLambda.from(() => read(chain().stream("x"), isEnough));
    const { span, outcome } = await record(() => lambda().invoke("x"));
    const { text } = outcome.value as { text: string };
    expect(text).not.toBe("");
    expect(answerOf(span("BreakingModel"))).toBe(text);
    expect(span("StrOutputParser").outputs).toBe(text);
    expect(span("RunnableSequence").outputs).toBe(text);
  });
});

test("an aborted graph keeps the text of the model, and the chunks that the app received", async () => {
  const graph = () =>
    new StateGraph(MessagesAnnotation)
      .addNode("model", async ({ messages }, config) => ({
        messages: await new BreakingModel().invoke(messages, config),
      }))
      .addEdge(START, "model")
      .compile();
  const { span, outcome } = await record(async () => {
    const controller = new AbortController();
    let text = "";
    const input = { messages: [{ role: "user", content: "x" }] };
    const options = { streamMode: "messages" as const, signal: controller.signal };
    try {
      for await (const [message] of await graph().stream(input, options)) {
        text += message.content;
        if (text.length >= 5) controller.abort();
      }
    } catch {
      return text;
    }
    return text;
  });
  expect(outcome.value).toMatch(/^one t/);
  expect(TEXT).toContain(answerOf(span("BreakingModel")));
  expect(answerOf(span("BreakingModel"))).toMatch(/^one t/);
  expect(JSON.stringify(span("LangGraph").outputs)).toContain('"o"');
});

describe("a stream that the app leaves", () => {
  const enough = (text: string) => text.length >= 5;

  test("keeps in each span of a chain exactly what the app received", async () => {
    const chain = () => new BreakingModel().pipe(new StringOutputParser());
    const { span, outcome } = await record(() => read(chain().stream("x"), enough));
    expect(outcome.value).toEqual({ text: "one t" });
    expect(answerOf(span("BreakingModel"))).toBe("one t");
    expect(span("StrOutputParser").outputs).toBe("one t");
    expect(span("RunnableSequence").outputs).toBe("one t");
  });

  test("keeps in the last model of a chain exactly what the app received", async () => {
    const chain = () => RunnableLambda.from((text: string) => text).pipe(new BreakingModel());
    const { span } = await record(() => read(chain().stream("x"), enough));
    expect(answerOf(span("BreakingModel"))).toBe("one t");
  });

  test("of a bound chain keeps in each span what the app received", async () => {
    const chain = () =>
      new BreakingModel().pipe(new StringOutputParser()).withConfig({ runName: "bound" });
    const { span } = await record(() => read(chain().stream("x"), enough));
    expect(span("StrOutputParser").outputs).toBe("one t");
    expect(answerOf(span("BreakingModel"))).toBe("one t");
  });
});
