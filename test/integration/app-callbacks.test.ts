import { CallbackManager } from "@langchain/core/callbacks/manager";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { autolog, flushTraces } from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { createListeners, TracingHandler } from "../../src/langchain/events/handler.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { currentScope } from "../../src/recording/scopes.js";
import { collect, outcomeOf } from "../support/outcome.js";
import { record, traced } from "../support/traces.js";
import { treeOf } from "../support/tree.js";
import { witness } from "../support/witness.js";

const prompt = ChatPromptTemplate.fromTemplate("{question}");
const model = (fields: object = {}) => new FakeListChatModel({ responses: ["hello"], ...fields });
const chain = () => prompt.pipe(model());
const input = { question: "who?" };

const NAMES = ["RunnableSequence", "ChatPromptTemplate", "FakeListChatModel"];
const TREE = `
CHAIN RunnableSequence OK
  CHAIN ChatPromptTemplate OK
  CHAT_MODEL FakeListChatModel OK`.trim();

describe("the app's own", () => {
  test("array of callbacks does not change", async () => {
    const { tree, outcome } = await record(async () => {
      const heard = witness();
      const { handler, callbacks } = heard;
      const answer = await chain().invoke(input, { callbacks });
      expect(callbacks).toEqual([handler]);
      return [answer, heard.events];
    });
    expect(tree).toBe(TREE);
    expect(outcome.value?.[1]).toHaveLength(3 * 2);
  });

  test("CallbackManager keeps its handlers, and they receive every run once", async () => {
    const { tree, outcome } = await record(async () => {
      const heard = witness();
      const manager = new CallbackManager();
      manager.addHandler(heard.handler as never);
      const answer = await chain().invoke(input, { callbacks: manager });
      expect(manager.handlers).toEqual([heard.handler]);
      expect(manager.inheritableHandlers).toEqual([heard.handler]);
      return [answer, heard.events];
    });
    expect(tree).toBe(TREE);
    expect(outcome.value?.[1]).toHaveLength(3 * 2);
  });

  test("callbacks of one step receive the events of that step only", async () => {
    const { tree, outcome } = await record(async () => {
      const heard = witness();
      await prompt.pipe(model({ callbacks: heard.callbacks })).invoke(input);
      return heard.events;
    });
    expect(tree).toBe(TREE);
    expect(outcome.value).toEqual(["handleChatModelStart FakeListChatModel", "handleLLMEnd"]);
  });
});

describe("a handler of ours that the app hands over itself", () => {
  const ours = () => {
    const { recording } = getState();
    const { describeError } = getPipeline();
    const instanceOf = () => undefined;
    const effects = { ...recording, describeError, here: currentScope, instanceOf };
    return new TracingHandler(createListeners(effects)) as object;
  };

  test.each([
    ["with the call", () => chain().invoke(input, { callbacks: [ours()] })],
    ["with a stream", () => collect(chain().stream(input, { callbacks: [ours()] }))],
    ["to one step", () => prompt.pipe(model({ callbacks: [ours()] })).invoke(input)],
    [
      "to one step that streams",
      () => collect(prompt.pipe(model({ callbacks: [ours()] })).stream(input)),
    ],
    [
      "to the call and to one step, the very same",
      () => {
        const callbacks = [ours()];
        return collect(prompt.pipe(model({ callbacks })).stream(input, { callbacks }));
      },
    ],
  ] as const)("%s: nothing is recorded twice, and no token counted twice", async (_, program) => {
    autolog({ disable: true });
    const alone = await outcomeOf<unknown>(program);
    await flushTraces();
    const { outcome, traces } = await traced<unknown>(program);
    expect(outcome.shape).toEqual(alone.shape);
    expect(traces.map(treeOf)).toEqual([expect.stringMatching(/^CHAIN RunnableSequence OK\n/)]);
    const { spans } = traces[0]!.data;
    expect(spans.map(({ name }) => name)).toEqual(NAMES);
    const { attributes, outputs } = spans[2]!;
    expect(attributes["langchain.streamed_tokens"] ?? "hello".length).toBe("hello".length);
    expect(outputs).toMatchObject({ choices: [{ message: { content: "hello" } }] });
  });
});
