import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";
import type { CallbackManager } from "@langchain/core/callbacks/manager";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { type RunnableConfig, RunnableLambda, RunnableMap } from "@langchain/core/runnables";
import { DynamicTool } from "@langchain/core/tools";
import { FakeListChatModel, FakeRetriever } from "@langchain/core/utils/testing";
import type { Trace } from "langchain-mlflow";
import { beforeAll, describe, expect, test } from "vitest";
import { contentOf } from "../support/beside-autolog.js";
import { type App, type Observed, observeUnchanged } from "../support/observed-app.js";
import { collect, outcomeOf } from "../support/outcome.js";

type Config = Pick<RunnableConfig, "callbacks">;
type Handlers = CallbackHandlerMethods[];

/** Steps of every kind of run. */
function createChain(ofModel: Handlers | undefined, fails: boolean) {
  const model = new FakeListChatModel({
    responses: ["abc"],
    ...(ofModel && { callbacks: ofModel }),
  });
  const shout = new DynamicTool({
    name: "shout",
    description: "shouts",
    func: async (text) => {
      if (fails) throw new Error("of the app");
      return text.toUpperCase();
    },
  });
  return ChatPromptTemplate.fromTemplate("{question}")
    .pipe(model)
    .pipe(new StringOutputParser())
    .pipe(RunnableMap.from({ tool: shout, documents: new FakeRetriever() }))
    .withConfig({ runName: "chain", tags: ["a"], metadata: { b: 1 } });
}

const INPUT = { question: "who?" };

/** How a chain is called. */
const CALLS: Record<string, (app: App, config: Config, ofModel?: Handlers) => Promise<unknown>> = {
  "invoke()": (_, config, ofModel) => createChain(ofModel, false).invoke(INPUT, config),
  "stream()": (_, config, ofModel) => collect(createChain(ofModel, false).stream(INPUT, config)),
  "batch()": (_, config, ofModel) => createChain(ofModel, false).batch([INPUT, INPUT], config),
  "a call that fails": (_, config, ofModel) => createChain(ofModel, true).invoke(INPUT, config),
  "streamEvents()": async (app, config, ofModel) => {
    const events = createChain(ofModel, false).streamEvents(INPUT, { ...config, version: "v2" });
    for (const event of await collect(events)) app.note("event", event);
  },
};

interface Place {
  readonly run: (app: App, call: (typeof CALLS)[string]) => Promise<unknown>;
  /** The runs, by name, whose starts reach autolog directly. The others are in calls that the app's handler observes. */
  readonly direct: (names: readonly string[]) => readonly string[];
  readonly isInLambda?: boolean;
  readonly times?: number;
}

const none = () => [];

/** Where the app's handler is. */
const PLACES: Record<string, Place> = {
  "at the root": {
    run: (app, call) => call(app, { callbacks: [app.handler()] }),
    direct: none,
  },
  "twice at the root": {
    run: (app, call) => call(app, { callbacks: [app.handler("first"), app.handler("second")] }),
    direct: none,
  },
  "at a step": {
    run: (app, call) => call(app, { callbacks: app.rootCallbacks }, [app.handler()]),
    direct: (names) => names.filter((name) => name !== "FakeListChatModel"),
  },
  "at the root and at a step": {
    run: (app, call) => call(app, { callbacks: [app.handler("root")] }, [app.handler("step")]),
    direct: none,
  },
  "added by a step to what it calls": {
    run: (app, call) =>
      RunnableLambda.from((_: string, config: RunnableConfig) => {
        managerOf(config)?.addHandler(app.handler() as never, true);
        return call(app, config);
      }).invoke("x", { callbacks: app.rootCallbacks }),
    direct: () => ["RunnableLambda"],
    isInLambda: true,
  },
  "removed by a step from what it calls": {
    run: (app, call) =>
      RunnableLambda.from((_: string, config: RunnableConfig) => {
        const manager = managerOf(config);
        const removed = manager?.handlers.find(({ name }) => name === "removed");
        if (removed) manager?.removeHandler(removed);
        return call(app, config);
      }).invoke("x", { callbacks: [app.handler("removed"), app.handler("kept")] }),
    direct: none,
    isInLambda: true,
  },
  "at one call, between calls without it": {
    run: async (app, call) => {
      for (const config of [{}, { callbacks: [app.handler()] }, {}]) {
        app.note("ends", (await outcomeOf(() => call(app, config))).shape);
      }
    },
    direct: (names) => [...names, ...names],
    times: 3,
  },
};

function managerOf({ callbacks }: RunnableConfig): CallbackManager | undefined {
  return callbacks && !Array.isArray(callbacks) ? callbacks : undefined;
}

/** The calls without a handler of the app: on their own, and made by a step. */
const WITHOUT = {
  alone: (app: App, call: (typeof CALLS)[string]) => call(app, {}),
  inLambda: (app: App, call: (typeof CALLS)[string]) =>
    RunnableLambda.from((_: string, config: RunnableConfig) => call(app, config)).invoke("x", {
      callbacks: app.rootCallbacks,
    }),
};

describe.each(Object.entries(CALLS))("%s", (name, call) => {
  let alone: Observed;
  let inLambda: Observed;
  beforeAll(async () => {
    alone = await observeUnchanged((app) => WITHOUT.alone(app, call));
    inLambda = await observeUnchanged((app) => WITHOUT.inLambda(app, call));
  });

  test("without a handler of the app reaches autolog directly", () => {
    // `streamEvents()` adds a handler of LangChain.
    const isObserved = name === "streamEvents()";
    expect(isObserved ? alone.starts.direct : alone.starts.byHandler).toEqual([]);
    expect(alone.traces.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(PLACES))(
    "is observed by a handler %s as without autolog",
    async (_, place) => {
      const { traces, notes, starts } = await observeUnchanged((app) => place.run(app, call));
      expect(notes.length).toBeGreaterThan(0);
      const { isInLambda = false, times = 1 } = place;
      const without = isInLambda ? inLambda : alone;
      expect([...starts.direct].sort()).toEqual([...place.direct(without.starts.direct)].sort());
      const expected = Array.from({ length: times }, () => contentsOf(without.traces)).flat();
      expect(contentsOf(traces)).toEqual(expected);
    },
  );
});

/** Steps that run side by side may change places. */
function contentsOf(traces: readonly Trace[]) {
  return traces.map(contentOf).map(({ spans, ...content }) => ({
    ...content,
    spans: spans.map((span: unknown) => JSON.stringify(span)).sort(),
  }));
}
