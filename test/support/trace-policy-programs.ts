import { AIMessage } from "@langchain/core/messages";
import { Runnable, RunnableLambda, RunnableSequence } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { isCore03 } from "./core-version.js";

/** In every value that a trace policy omits. */
export const PLANTED = "pl4nted-by-the-app";

/** Records an empty dictionary, as LangChain's own `omitPayload`. */
const omit = () => ({});
export const OMIT_ALL = { processInputs: omit, processOutputs: omit };

type Step = (text: string) => string | Promise<string>;

/** A step for which LangChain makes no run: only the sequence around it is traced. */
class Quiet extends Runnable<string, string> {
  lc_namespace = ["test"];
  readonly #step: Step;

  constructor(step: Step) {
    super({});
    this.#step = step;
  }

  override async invoke(text: string): Promise<string> {
    return this.#step(text);
  }

  override async *transform(texts: AsyncGenerator<string>): AsyncGenerator<string> {
    for await (const text of texts)
      for (const part of (await this.#step(text)).split(" ")) yield part;
  }
}

/** A sequence whose values only its own run would record. */
export function policied(
  policy: object = OMIT_ALL,
  last: Step = (text) => `${text} ${PLANTED} answer`,
) {
  const steps = [new Quiet((text) => `${text} ${PLANTED}`), new Quiet(last)] as const;
  return RunnableSequence.from<string, string>([...steps], { tracePolicy: policy } as never);
}

const quiet = (step: Step = (text) => text) => new Quiet(step);
/** A sequence without a policy. */
const sequenceOf = (first: unknown, last: unknown) =>
  RunnableSequence.from<string, string>([quiet(), first, last] as never);

/** Calls its steps by itself, so that LangChain makes no run. */
class OwnInvoke extends RunnableSequence<string, string> {
  override async invoke(text: string): Promise<string> {
    let value: unknown = text;
    for (const step of this.steps) value = await step.invoke(value);
    return value as string;
  }
}
const ownInvoke = (tracePolicy: object) =>
  new OwnInvoke({ first: quiet(), last: quiet(() => "done"), tracePolicy } as never);

const fails: Step = () => {
  throw new Error("the step failed");
};

/** Two nodes that pass a value in a channel that is neither input nor output of the graph. */
function graph(policy: object = OMIT_ALL) {
  const State = Annotation.Root({
    question: Annotation<string>,
    hidden: Annotation<string>,
    answer: Annotation<string>,
  });
  const input = Annotation.Root({ question: Annotation<string> });
  const output = Annotation.Root({ answer: Annotation<string> });
  const tracePolicy = { tracePolicy: policy };
  return new StateGraph({ state: State, input, output })
    .addNode("read", async () => ({ hidden: PLANTED }), tracePolicy)
    .addNode("use", async ({ hidden }) => ({ answer: `${hidden.length}` }), tracePolicy)
    .addEdge(START, "read")
    .addEdge("read", "use")
    .addEdge("use", END)
    .compile();
}

/** An agent whose middleware calls a policied sequence before the model. */
async function runAgent(): Promise<void> {
  const name = "langchain";
  const langchain: typeof import("langchain") = await import(/* @vite-ignore */ name);
  const check = langchain.createMiddleware({
    name: "Check",
    beforeModel: async () => {
      await policied().invoke(PLANTED);
    },
  });
  const model = new FakeListChatModel({ responses: ["hello"] });
  const agent = langchain.createAgent({ model, tools: [], middleware: [check] });
  await agent.invoke({ messages: [new AIMessage("hi")] });
}

async function breakOff(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) break;
}

async function abort(sequence: ReturnType<typeof policied>): Promise<void> {
  const controller = new AbortController();
  const stream = await sequence.stream(PLANTED, { signal: controller.signal });
  for await (const _ of stream) controller.abort();
}

const caught = (promise: Promise<unknown>) => promise.catch(() => {});
const drain = async (stream: AsyncIterable<unknown>) => {
  for await (const _ of stream);
};

/** Each calls something whose policy omits all its values. None fails. */
export const PROGRAMS: Readonly<Record<string, () => Promise<unknown>>> = {
  "a sequence that is invoked": () => policied().invoke(PLANTED),
  "a sequence that is streamed": async () => drain(await policied().stream(PLANTED)),
  "a sequence whose events are streamed": () =>
    drain(policied().streamEvents(PLANTED, { version: "v2" })),
  "a sequence that is batched": () => policied().batch([PLANTED, `${PLANTED} 2`]),
  "a stream that is left": async () => breakOff(await policied().stream(PLANTED)),
  "a stream that is aborted": () => caught(abort(policied())),
  "a sequence that fails": () => caught(policied(OMIT_ALL, fails).invoke(PLANTED)),
  "a batch of which items fail": () =>
    policied(OMIT_ALL, fails).batch([PLANTED, PLANTED], undefined, { returnExceptions: true }),
  "a sequence with a configuration": () =>
    policied().withConfig({ runName: "configured" }).invoke(PLANTED),
  "a Runnable without a run that calls a sequence twice": () =>
    new Quiet(
      async (text) => (await policied().invoke(text)) + (await policied().invoke(text)),
    ).invoke(PLANTED),
  "a step without a run after a sequence": () =>
    sequenceOf(
      policied(),
      quiet(() => "done"),
    ).invoke("start"),
  "a step without a run before a sequence": () =>
    sequenceOf(
      quiet(() => PLANTED),
      policied(OMIT_ALL, () => "done"),
    ).invoke("start"),
  "a sequence whose subclass makes no run": () => ownInvoke(OMIT_ALL).invoke(PLANTED),
  "a sequence without a run whose policy returns nothing": () =>
    ownInvoke({ processInputs: () => undefined, processOutputs: () => null }).invoke(PLANTED),
  "a hidden sequence": () =>
    caught(
      sequenceOf(policied().withConfig({ tags: ["langsmith:hidden"] }), quiet(fails)).invoke(
        "start",
      ),
    ),
  "a sequence with a thread id that is no text": () =>
    policied().invoke(PLANTED, { metadata: { thread_id: { toString: "x" } } }),
  "a fallback's stream that is left": async () =>
    breakOff(
      await policied()
        .withFallbacks([quiet()] as never)
        .stream("start"),
    ),
  "a sequence in a lambda": () =>
    RunnableLambda.from(async () => {
      await policied().invoke(PLANTED);
      return "done";
    }).invoke("start"),
  "a node of a graph": () => graph().invoke({ question: "why?" }),
  "a node of a graph that is streamed": async () =>
    drain(await graph().stream({ question: "why?" }, { outputKeys: ["answer"] })),
  "a graph whose stream is left": async () =>
    breakOff(await graph().stream({ question: "why?" }, { streamMode: "updates" })),
  ...(isCore03 ? {} : { "a middleware of an agent": runAgent }),
};
