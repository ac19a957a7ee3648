import { BytesOutputParser } from "@langchain/core/output_parsers";
import { Runnable, RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, interrupt, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { isCore03 } from "../support/core-version.js";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("bytes that are streamed are stored like bytes that are returned", async () => {
  const chain = () =>
    new FakeListChatModel({ responses: ["hello hello"] }).pipe(new BytesOutputParser());
  const returned = await record((config) => chain().invoke("x", config));
  const streamed = await record((config) => collect(chain().stream("x", config)));
  const response = await record(async () => new Response(await chain().stream("x")).text());
  expect(response.outcome.value).toBe("hello hello");
  for (const { span } of [returned, streamed, response]) {
    expect(JSON.stringify(span("RunnableSequence").outputs)).toContain(base64("hello hello"));
    expect(span("BytesOutputParser").outputs).toEqual(span("RunnableSequence").outputs);
  }
});

test.skipIf(isCore03)(
  "an interrupted graph has its interrupts in the output of the root",
  async () => {
    const State = Annotation.Root({ answer: Annotation<string>() });
    const graph = () =>
      new StateGraph(State)
        .addNode("ask", () => ({ answer: interrupt("Continue?") }))
        .addEdge(START, "ask")
        .compile({ checkpointer: new MemorySaver() });
    const { span, trace } = await record((config) =>
      graph().invoke({ answer: "" }, { ...config, configurable: { thread_id: "t" } }),
    );
    expect(span("LangGraph").outputs).toMatchObject({ __interrupt__: [{ value: "Continue?" }] });
    expect(trace.info.state).toBe("OK");
  },
);

test("a class that returns another object than its run reported has the returned one", async () => {
  /** Ends like RemoteGraph: the run reports a list, and the caller receives its last item. */
  class LastOf extends Runnable<string, { text: string }> {
    lc_namespace = ["test"];
    override async invoke(input: string, options?: object): Promise<{ text: string }> {
      const all = RunnableLambda.from((text: string) => [{ text }, { text: `${text}!` }]);
      const texts = await this._callWithConfig(
        async (value: string) => (await all.invoke(value)) as unknown as { text: string },
        input,
        options,
      );
      return (texts as unknown as { text: string }[]).at(-1) as { text: string };
    }
  }
  const { span } = await record((config) => new LastOf().invoke("hi", config));
  expect(span("LastOf").outputs).toEqual({ text: "hi!" });
});

test("a failed item of a batch that returns errors is a failed trace", async () => {
  const shout = RunnableLambda.from((text: string) => `${text}!`);
  const check = RunnableLambda.from((text: string) => {
    if (text.startsWith("bad")) throw new RangeError("refused");
    return text;
  });
  for (const program of [check, shout.pipe(check), check.withConfig({ runName: "bound" })]) {
    const batch = (config: object) =>
      program.batch(["good", "bad"], config, { returnExceptions: true });
    const { traces } = await record(batch, { traces: 2 });
    const states = traces.map(({ info }) => `${info.requestPreview} ${info.state}`).sort();
    expect(states).toEqual(['"bad" ERROR', '"good" OK']);
    const [root] = traces.find(({ info }) => info.state === "ERROR")?.data.spans ?? [];
    expect(root?.status).toMatchObject({
      code: "ERROR",
      message: "refused",
    });
    expect(root?.events?.map(({ name }) => name)).toEqual(["exception"]);
  }
});
