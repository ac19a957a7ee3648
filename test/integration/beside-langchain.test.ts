import { AsyncLocalStorage } from "node:async_hooks";
import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import {
  getContextVariable,
  registerConfigureHook,
  setContextVariable,
} from "@langchain/core/context";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { PromptTemplate } from "@langchain/core/prompts";
import { type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import {
  Annotation,
  Command,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { isCore03 } from "../support/core-version.js";
import { type App, observeUnchanged } from "../support/observed-app.js";
import { collect } from "../support/outcome.js";
import { treeOf } from "../support/tree.js";

const createModel = (fields: object = {}) =>
  new FakeListChatModel({ responses: ["hello"], ...fields });
const createChain = (model = createModel()) =>
  PromptTemplate.fromTemplate("{text}").pipe(model).pipe(new StringOutputParser());
const TREE = `
CHAIN RunnableSequence OK
  CHAIN PromptTemplate OK
  CHAT_MODEL FakeListChatModel OK
  CHAIN StrOutputParser OK`.trim();
const STREAMED = TREE.replace("FakeListChatModel OK", "FakeListChatModel OK [new_token]");

const State = Annotation.Root({ text: Annotation<string>() });

beforeAll(() => {
  AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Notes the lines that LangChain prints, without colors and durations. */
function notePrinted(app: App): void {
  const colors = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
  vi.spyOn(console, "log").mockImplementation((text) => {
    const plain = String(text).replaceAll(colors, "");
    app.note("prints", plain.replace(/\[\d+(\.\d+)?(ms|s)\]/, "[time]"));
  });
}

describe("the console of `verbose` prints the same", () => {
  test("by a variable", async () => {
    const { notes, traces, starts } = await observeUnchanged(async (app) => {
      vi.stubEnv("LANGCHAIN_VERBOSE", "true");
      notePrinted(app);
      await createChain().invoke({ text: "a" });
      return collect(createChain().stream({ text: "a" }));
    });
    // LangChain adds more than one console.
    expect(notes.length).toBeGreaterThanOrEqual(2 * 4 * 2);
    expect(traces.map(treeOf)).toEqual([TREE, STREAMED]);
    expect(starts.direct).toEqual([]);
  });

  test("by a field of the model", async () => {
    const { notes, traces, starts } = await observeUnchanged((app) => {
      notePrinted(app);
      return createChain(createModel({ verbose: true })).invoke(
        { text: "a" },
        { callbacks: app.rootCallbacks },
      );
    });
    expect(notes).toHaveLength(2);
    expect(traces.map(treeOf)).toEqual([TREE]);
    expect(starts.byHandler).toEqual(["FakeListChatModel"]);
  });
});

describe("a handler that registerConfigureHook adds observes the same", () => {
  class Hooked extends BaseCallbackHandler {
    name = "hooked";
  }

  test("if a context variable holds it", async () => {
    const { notes, traces, starts } = await observeUnchanged((app) =>
      RunnableLambda.from((text: string) => {
        registerConfigureHook({ contextVar: "hooked" });
        setContextVariable("hooked", Object.assign(new Hooked(), app.handler("hooked")));
        return createChain().invoke({ text });
      }).invoke("a", { callbacks: app.rootCallbacks }),
    );
    expect(notes).toHaveLength(4 * 2);
    expect(traces.map(treeOf)).toEqual([`CHAIN RunnableLambda OK\n${TREE.replace(/^/gm, "  ")}`]);
    expect(starts.direct).toEqual(["RunnableLambda"]);
  });

  test("if a variable of the environment asks for it", async () => {
    const { notes, traces } = await observeUnchanged((app) => {
      class Created extends Hooked {
        constructor() {
          super();
          Object.assign(this, app.handler("created"));
        }
      }
      return RunnableLambda.from((text: string) => {
        vi.stubEnv("HOOKED", "true");
        registerConfigureHook({ handlerClass: Created as never, envVar: "HOOKED" } as never);
        return createChain().invoke({ text });
      }).invoke("a", { callbacks: app.rootCallbacks });
    });
    expect(notes).toHaveLength(4 * 2);
    expect(traces).toHaveLength(1);
  });
});

describe("streamEvents emits the same events", () => {
  // LangChain 0.3 has no v3.
  const versions = isCore03 ? ["v1", "v2"] : ["v1", "v2", "v3"];
  const graph = () =>
    new StateGraph(State)
      .addNode("model", async ({ text }, config) => ({
        text: await createChain().invoke({ text }, config),
      }))
      .addEdge(START, "model")
      .compile();

  test.each(["v1", "v2"] as const)("of a chain, %s", async (version) => {
    const { notes, traces } = await observeUnchanged(async (app) => {
      const events = createChain().streamEvents({ text: "a" }, { version });
      for (const event of await collect(events)) app.note("event", event);
    });
    expect(notes.length).toBeGreaterThan(10);
    expect(traces.map(treeOf)).toEqual([STREAMED]);
  });

  test.each(versions)("of a model, %s", async (version) => {
    const { notes, traces } = await observeUnchanged(async (app) => {
      const options = version === "v3" ? {} : { version };
      const events = createModel().streamEvents("a", options as never);
      for await (const event of events) app.note("event", event);
    });
    expect(notes.length).toBeGreaterThan(5);
    expect(traces.map(treeOf)).toEqual(["CHAT_MODEL FakeListChatModel OK [new_token]"]);
  });

  test.each(versions)("of a graph, %s", async (version) => {
    const { notes, traces } = await observeUnchanged(async (app) => {
      const events = await graph().streamEvents({ text: "a" }, { version } as never);
      for (const event of await collect(events as AsyncIterable<unknown>)) app.note("event", event);
    });
    expect(notes.length).toBeGreaterThan(10);
    expect(traces.map(treeOf)).toEqual([
      expect.stringMatching(/^CHAIN LangGraph OK\n {2}CHAIN model OK\n {4}CHAIN RunnableSequence/),
    ]);
  });
});

describe("in a graph", () => {
  test("a node reads the same config and context variables, at every level", async () => {
    const look = (app: App, where: string) => {
      const config: RunnableConfig = AsyncLocalStorageProviderSingleton.getRunnableConfig() ?? {};
      const { tags, metadata, configurable, recursionLimit, runName } = config;
      const thread = configurable?.thread_id;
      app.note(where, { tags, metadata, thread, recursionLimit, runName });
      app.note(`${where}, variable`, getContextVariable("user"));
    };
    const { traces, starts } = await observeUnchanged((app) => {
      const inner = RunnableLambda.from((text: string) => {
        look(app, "step");
        return text;
      });
      const graph = new StateGraph(State)
        .addNode("set", async ({ text }) => {
          look(app, "set");
          setContextVariable("user", "ada");
          return { text: await inner.invoke(text) };
        })
        .addNode("read", async ({ text }) => {
          look(app, "read");
          await Promise.all([inner.invoke(text), createChain().invoke({ text })]);
          return { text: await inner.batch([text, text]).then((texts) => texts.join()) };
        })
        .addEdge(START, "set")
        .addEdge("set", "read")
        .compile({ checkpointer: new MemorySaver() });
      return graph.invoke(
        { text: "a" },
        {
          callbacks: app.rootCallbacks,
          configurable: { thread_id: "t" },
          tags: ["a"],
          metadata: { b: 1 },
        },
      );
    });
    expect(traces).toHaveLength(1);
    expect(starts.byHandler).toEqual(isCore03 ? [] : expect.any(Array));
  });

  test("an interrupt and its resumption are the same", async () => {
    const { traces, starts } = await observeUnchanged(async (app) => {
      const graph = new StateGraph(State)
        .addNode("ask", ({ text }) => ({ text: `${text} ${interrupt("who?")}` }))
        .addEdge(START, "ask")
        .compile({ checkpointer: new MemorySaver() });
      const config = { configurable: { thread_id: "t" }, callbacks: app.rootCallbacks };
      app.note("first", await graph.invoke({ text: "a" }, config));
      return graph.invoke(new Command({ resume: "ada" }), config);
    });
    expect(traces).toHaveLength(2);
    expect(starts.byHandler).toEqual([]);
  });
});

describe("the serialized form", () => {
  class Own extends RunnableLambda<string, string> {
    static override lc_name = () => "Own";
    readonly app: App;

    constructor(app: App) {
      super({ func: (text: string) => `${text}!` });
      this.app = app;
    }

    override toJSON(): never {
      this.app.note("toJSON");
      return { lc: 1, type: "constructor", id: ["mine", "Own"], kwargs: { size: 3 } } as never;
    }
  }

  test("that a class of the app creates is what its handler receives", async () => {
    const { notes, traces } = await observeUnchanged((app) =>
      new Own(app).pipe(new Own(app)).invoke("a", { callbacks: [app.handler()] }),
    );
    expect(notes.filter((note) => note.includes('"id":["mine","Own"]'))).toHaveLength(3);
    expect(traces).toHaveLength(1);
  });

  test("of a class of the app is not created if only autolog observes the call", async () => {
    const { notes, traces } = await observeUnchanged((app) => new Own(app).invoke("a"));
    expect(notes).toEqual([]);
    expect(traces.map(treeOf)).toEqual(["CHAIN Own OK"]);
  });

  test("that throws fails no call that LangChain alone does not fail", async () => {
    class Throwing extends Own {
      override toJSON(): never {
        throw new Error("of the app");
      }
    }
    const { traces } = await observeUnchanged((app) => new Throwing(app).invoke("a"));
    expect(traces).toHaveLength(1);
  });
});

test("ids given with calls are those of their runs and messages", async () => {
  const idOf = (call: number) => `0197aa00-0000-7000-8000-00000000000${call}`;
  const { traces, notes, starts } = await observeUnchanged(async (app) => {
    const given = (call: number) => ({ runId: idOf(call), callbacks: app.rootCallbacks });
    const { id } = await createModel().invoke("a", given(1));
    const chunks = await collect(createModel().stream("a", given(2)));
    await createChain().invoke({ text: "a" }, { ...given(3), callbacks: [app.handler()] });
    const inputs = [{ text: "a" }, { text: "b" }];
    await createChain().batch(inputs, [given(4), { callbacks: app.rootCallbacks }]);
    app.note("message", id === `run-${idOf(1)}`);
    app.note("chunks", new Set(chunks.map((chunk) => chunk.id?.endsWith(idOf(2)))).size);
  });
  expect(notes.slice(-2)).toEqual(["message true", "chunks 1"]);
  expect(traces).toHaveLength(5);
  expect(starts.direct).toHaveLength(1 + 1 + 2 * 4);
});
