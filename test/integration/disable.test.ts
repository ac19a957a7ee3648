import * as agents from "@langchain/classic/agents";
import * as chains from "@langchain/classic/chains";
import * as callbackManager from "@langchain/core/callbacks/manager";
import * as chatModels from "@langchain/core/language_models/chat_models";
import * as llms from "@langchain/core/language_models/llms";
import * as outputParsers from "@langchain/core/output_parsers";
import * as prompts from "@langchain/core/prompts";
import * as retrievers from "@langchain/core/retrievers";
import * as runnables from "@langchain/core/runnables";
import * as toolModule from "@langchain/core/tools";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import * as testing from "@langchain/core/utils/testing";
import * as langgraph from "@langchain/langgraph";
import * as prebuilt from "@langchain/langgraph/prebuilt";
import * as openai from "@langchain/openai";
import { autolog } from "langchain-mlflow";
import { expect, test, vi } from "vitest";
import { collect } from "../support/outcome.js";
import { traced } from "../support/traces.js";

const modules = {
  agents,
  chains,
  callbackManager,
  chatModels,
  llms,
  outputParsers,
  prompts,
  retrievers,
  runnables,
  toolModule,
  asyncCaller: { AsyncCaller },
  testing,
  langgraph,
  prebuilt,
  openai,
};

/** Every class there is, with all above it: its own property descriptors and what it inherits from. */
function dump(): Map<object, { descriptors: object; above: object | null }> {
  const seen = new Map<object, { descriptors: object; above: object | null }>();
  const visit = (owner: object | null) => {
    if (owner === null || seen.has(owner)) return;
    const above = Object.getPrototypeOf(owner);
    seen.set(owner, { descriptors: Object.getOwnPropertyDescriptors(owner), above });
    visit(above);
  };
  for (const module of Object.values(modules)) {
    for (const exported of Object.values(module)) {
      if (typeof exported !== "function") continue;
      visit(exported);
      visit(exported.prototype ?? null);
    }
  }
  return seen;
}

function differences(
  before: ReturnType<typeof dump>,
  after: ReturnType<typeof dump>,
): readonly string[] {
  const found: string[] = [];
  const nameOf = (owner: object) =>
    typeof owner === "function" ? owner.name : `${owner.constructor?.name}.prototype`;
  for (const [owner, was] of before) {
    const is = after.get(owner);
    if (!is) continue;
    if (is.above !== was.above) found.push(`${nameOf(owner)} inherits from another`);
    const then = was.descriptors as Record<PropertyKey, PropertyDescriptor>;
    const now = is.descriptors as Record<PropertyKey, PropertyDescriptor>;
    for (const key of new Set([...Reflect.ownKeys(then), ...Reflect.ownKeys(now)])) {
      const same = ["value", "get", "set", "writable", "enumerable", "configurable"].every((part) =>
        Object.is(
          then[key]?.[part as keyof PropertyDescriptor],
          now[key]?.[part as keyof PropertyDescriptor],
        ),
      );
      if (!same) found.push(`${nameOf(owner)}.${String(key)}`);
    }
  }
  return found;
}

const State = langgraph.Annotation.Root({ n: langgraph.Annotation<number>() });

/** Calls a little of everything, so that everything is patched. */
async function useAll(): Promise<void> {
  const model = new testing.FakeListChatModel({ responses: ["hello"] });
  const chain = prompts.ChatPromptTemplate.fromTemplate("{q}")
    .pipe(model)
    .pipe(new outputParsers.StringOutputParser());
  await chain.invoke({ q: "x" });
  await collect(chain.stream({ q: "x" }));
  await collect(chain.streamEvents({ q: "x" }, { version: "v2" }));
  await chain.batch([{ q: "x" }, { q: "y" }]);
  await new testing.FakeLLM({ response: "hello" }).invoke("x");
  await new testing.FakeRetriever().invoke("x");
  await runnables.RunnablePassthrough.assign({ a: () => 1 }).invoke({});
  await new langgraph.StateGraph(State)
    .addNode("a", async () => ({ n: 1 }))
    .addEdge(langgraph.START, "a")
    .compile()
    .invoke({ n: 0 });
  new openai.ChatOpenAI({ apiKey: "k" });
}

test("disable restores every descriptor and prototype of every class", async () => {
  const before = dump();
  await traced(useAll);
  const patched = differences(before, dump());
  expect(patched).toEqual(
    expect.arrayContaining([
      "CallbackManager._configureSync",
      "Runnable inherits from another",
      "Runnable.prototype.stream",
      "Runnable.prototype.toJSON",
      "RunnableSequence.prototype.invoke",
      "Pregel.prototype._streamIterator",
    ]),
  );
  autolog({ disable: true });
  expect(differences(before, dump())).toEqual([]);
});

test("switching on and off twice restores the originals", async () => {
  const before = dump();
  for (let round = 0; round < 2; round += 1) {
    const { traces } = await traced(useAll);
    expect(traces).toHaveLength(9);
    autolog({ disable: true });
    expect(differences(before, dump())).toEqual([]);
  }
});

test("who has wrapped ours since keeps his wrapper, and ours falls silent", async () => {
  const { prototype } = runnables.RunnableSequence;
  const original = prototype.invoke;
  await traced(useAll);
  const ours = prototype.invoke;
  const theirs = vi.fn(function (this: unknown, ...args: Parameters<typeof ours>) {
    return ours.apply(this as never, args);
  });
  prototype.invoke = theirs as typeof ours;
  autolog({ disable: true });
  expect(prototype.invoke).toBe(theirs);
  const chain = prompts.PromptTemplate.fromTemplate("{q}").pipe((prompt) => prompt.value);
  expect(await chain.invoke({ q: "x" })).toBe("x");
  expect(theirs).toHaveBeenCalledOnce();
  prototype.invoke = original;
});
