import { StringOutputParser } from "@langchain/core/output_parsers";
import { type RunnableConfig, RunnableLambda, RunnableMap } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { autolog, type Trace } from "langchain-mlflow";
import { describe, expect, test } from "vitest";
import { contentOf } from "../support/beside-autolog.js";
import { type App, observeUnchanged } from "../support/observed-app.js";
import { collect } from "../support/outcome.js";

const model = () => new FakeListChatModel({ responses: ["hello"] });
const named = (name: string, run: (text: string) => unknown) =>
  RunnableLambda.from(run).withConfig({ runName: name });
let disables = false;
function disable(): void {
  if (disables) autolog({ disable: true });
}

const off = named("off", (text) => {
  disable();
  return text;
});
const later = () => named("later", async (text) => `${await model().invoke(text)}!`);
const chain = () =>
  named("before", (text) => text)
    .pipe(off as never)
    .pipe(model())
    .pipe(new StringOutputParser())
    .pipe(later());
const State = Annotation.Root({ text: Annotation<string>() });

const CALLS: Record<string, (app: App, config: RunnableConfig) => Promise<unknown>> = {
  "an invoke": (_, config) => chain().invoke("a", config),
  "a stream": async (_, config) => collect(chain().stream("a", config)),
  "a stream that is being read": async (_, config) => {
    const chunks: unknown[] = [];
    for await (const chunk of await model().pipe(new StringOutputParser()).stream("a", config)) {
      chunks.push(chunk);
      if (chunks.length === 2) disable();
    }
    return chunks;
  },
  "a batch": (_, config) => chain().batch(["a", "b"], config),
  "a map": (_, config) => RunnableMap.from({ one: chain(), two: later() }).invoke("a", config),
  "a graph": (_, config) =>
    new StateGraph(State)
      .addNode("one", async ({ text }) => ({ text: String(await chain().invoke(text)) }))
      .addNode("two", async ({ text }, inner) => ({
        text: String(await later().invoke(text, inner)),
      }))
      .addEdge(START, "one")
      .addEdge("one", "two")
      .compile()
      .invoke({ text: "a" }, config),
  "a call that fails later": (_, config) =>
    chain()
      .pipe(() => Promise.reject(new Error("of the app")))
      .invoke("a", config),
};

describe.each(Object.entries(CALLS))("%s in which autolog is disabled", (_, call) => {
  test.each([
    ["without callbacks", (app: App) => ({ callbacks: app.rootCallbacks })],
    ["beside a handler of the app", (app: App) => ({ callbacks: [app.handler()] })],
  ] as const)("is recorded to its end, and does not change, %s", async (_, configOf) => {
    disables = false;
    const whole = await observeUnchanged((app) => call(app, configOf(app)));
    disables = true;
    const { traces, notes } = await observeUnchanged(async (app) => {
      try {
        return await call(app, configOf(app));
      } finally {
        await model().invoke("no trace");
      }
    });
    expect(whole.traces.length).toBeGreaterThan(0);
    expect(traces.map(unwrapped)).toEqual(whole.traces.map(unwrapped));
    expect(notes).toEqual(whole.notes);
  });
});

/** LangChain passes the output `x` of a lambda as `{ output: "x" }`. What runs after the end of autolog keeps this form. */
function unwrapped(trace: Trace) {
  const { spans, ...content } = contentOf(trace);
  const texts = spans.map((span: { outputs?: { output?: unknown } }) => ({
    ...span,
    outputs: typeof span.outputs?.output === "string" ? span.outputs.output : span.outputs,
  }));
  return { ...content, spans: texts };
}
