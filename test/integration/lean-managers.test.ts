import { AsyncLocalStorage } from "node:async_hooks";
import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import {
  CallbackManager,
  CallbackManagerForChainRun,
  CallbackManagerForLLMRun,
  CallbackManagerForRetrieverRun,
  CallbackManagerForToolRun,
} from "@langchain/core/callbacks/manager";
import { registerConfigureHook, setContextVariable } from "@langchain/core/context";
import type { SerializedNotImplemented } from "@langchain/core/load/serializable";
import { AIMessage } from "@langchain/core/messages";
import { Runnable, type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { FakeListChatModel, FakeStreamingChatModel } from "@langchain/core/utils/testing";
import { autolog, flushTraces } from "langchain-mlflow";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newFolder, record, traced } from "../support/traces.js";
import { treeOf } from "../support/tree.js";
import { witness } from "../support/witness.js";
import { Dice } from "./programs/random.js";

type Manager = InstanceType<typeof CallbackManager>;

/** What LangChain configures for the arguments of a call. */
function configure(...args: unknown[]): Manager | undefined {
  const { _configureSync } = CallbackManager as unknown as {
    _configureSync(...args: unknown[]): Manager | undefined;
  };
  return _configureSync.call(CallbackManager, ...args);
}

/** Whether the manager passes its events directly to our handler. */
function isLean(manager: Manager | undefined): boolean {
  return manager !== undefined && Object.getPrototypeOf(manager) !== CallbackManager.prototype;
}

const chain = RunnableLambda.from((text: string) => text)
  .pipe(new FakeListChatModel({ responses: ["hello"] }))
  .withConfig({ runName: "chain" });

const TREE = `
CHAIN chain OK
  CHAIN RunnableLambda OK
  CHAT_MODEL FakeListChatModel OK`.trim();

beforeEach(() => {
  process.env.MLFLOW_TRACKING_URI = `file:${newFolder()}`;
  autolog({ silent: true });
});
afterEach(() => {
  autolog({ disable: true });
  vi.unstubAllEnvs();
});

describe("a manager that has only the handler of autolog", () => {
  test("is an instance of LangChain's class, and so are the managers of its runs", async () => {
    const manager = configure()!;
    expect(isLean(manager)).toBe(true);
    expect(manager).toBeInstanceOf(CallbackManager);
    expect(manager.constructor).toBe(CallbackManager);
    const serialized: SerializedNotImplemented = { lc: 1, type: "not_implemented", id: ["a"] };
    const runs = [
      [await manager.handleChainStart(serialized, {}), CallbackManagerForChainRun],
      [await manager.handleToolStart(serialized, "x"), CallbackManagerForToolRun],
      [await manager.handleRetrieverStart(serialized, "x"), CallbackManagerForRetrieverRun],
      [(await manager.handleLLMStart(serialized, ["x"]))[0], CallbackManagerForLLMRun],
      [(await manager.handleChatModelStart(serialized, [[]]))[0], CallbackManagerForLLMRun],
    ] as const;
    for (const [run, Class] of runs) {
      expect(run).toBeInstanceOf(Class);
      expect(run?.constructor).toBe(Class);
      expect(run?.runId).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
    await runs[0][0].handleChainEnd({});
    await runs[1][0].handleToolEnd("x");
    await runs[2][0].handleRetrieverEnd([]);
    await runs[3][0]?.handleLLMEnd({ generations: [] });
    await runs[4][0]?.handleLLMError(new Error("x"));
  });

  test("has the tags and metadata of LangChain's own manager, at every level", async () => {
    const dice = new Dice(7);
    const rounds = Array.from({ length: 200 }, () =>
      Array.from({ length: dice.between(1, 4) }, () => randomLevel(dice)),
    );
    const lean = await Promise.all(rounds.map((levels) => fieldsOf(levels)));
    await flushTraces();
    autolog({ disable: true });
    const own = await Promise.all(rounds.map((levels) => fieldsOf(levels, [new Empty()])));
    expect(lean.flat().every(({ isLean }) => isLean)).toBe(true);
    expect(own.flat().some(({ isLean }) => isLean)).toBe(false);
    const fieldsIn = (seen: typeof lean) => seen.flat().map(({ fields }) => fields);
    expect(fieldsIn(lean)).toEqual(fieldsIn(own));
  });

  test("is not changed by the managers below it", () => {
    const above = configure(undefined, undefined, ["a"], undefined, { x: 1 })!;
    const below = configure(above, undefined, ["b"], ["a"], { y: 1 }, { x: 2 })!;
    below.removeTags(["a", "b"]);
    below.removeMetadata({ x: 1, y: 1 });
    expect(above).toMatchObject({
      tags: ["a"],
      inheritableTags: ["a"],
      metadata: { x: 1 },
      inheritableMetadata: { x: 1 },
    });
  });

  test("is copied as LangChain copies it, and its copies pass events directly too", () => {
    const dice = new Dice(11);
    const fieldsIn = ({ ...fields }: Manager) => fields;
    for (let round = 0; round < 200; round += 1) {
      const [tags, localTags, metadata, localMetadata] = randomLevel(dice);
      const manager = configure(undefined, undefined, tags, localTags, metadata, localMetadata)!;
      const copy = manager.copy();
      expect(isLean(copy)).toBe(true);
      expect(fieldsIn(copy)).toEqual(fieldsIn(CallbackManager.prototype.copy.call(manager)));
    }
  });

  test("has both handlers in a copy that adds another one", () => {
    const other = new Empty();
    const manager = configure()!;
    expect(manager.copy([other]).handlers).toEqual([...manager.handlers, other]);
    expect(manager.handlers).toHaveLength(1);
  });

  test("is neither copied nor created where LangChain only reads the parent run", () => {
    const manager = configure(undefined, undefined, ["a"], undefined, { x: 1 })!;
    const copy = vi.spyOn(CallbackManager.prototype, "copy");
    const callbacks = [manager, undefined];
    const results = callbacks.map((given) =>
      AsyncLocalStorageProviderSingleton.runWithConfig(
        { callbacks: given, tags: ["b"], metadata: { y: 1 } },
        () => AsyncLocalStorageProviderSingleton.getRunnableConfig()?.callbacks,
      ),
    );
    expect(copy).not.toHaveBeenCalled();
    copy.mockRestore();
    expect(manager.tags).toEqual(["a"]);
    expect(manager.metadata).toEqual({ x: 1 });
    expect(results).toEqual(results.map((_, at) => callbacks[at]));
  });

  test("uses the run id of the call, and LangChain derives the id of a message from it", async () => {
    const runId = "0197aa00-0000-7000-8000-000000000001";
    const model = new FakeStreamingChatModel({ responses: [new AIMessage("hello")] });
    const { outcome } = await traced(() => model.invoke("x", { runId }));
    expect(outcome.value?.id).toBe(`run-${runId}`);
  });
});

describe("the serialized form of a Runnable", () => {
  class Secretive extends RunnableLambda<string, string> {
    static override lc_name = () => "Secretive";
    override lc_serializable = true;
    reads = 0;
    override get lc_attributes(): Record<string, unknown> {
      this.reads += 1;
      throw new Error("not readable");
    }
  }
  const secretive = () => new Secretive({ func: (text: string) => text });

  test("is not created for the handler of autolog, as without autolog", async () => {
    const { tree, outcome } = await record(async () => {
      const runnable = secretive();
      return [await runnable.invoke("x"), runnable.reads];
    });
    expect(outcome.value).toEqual(["x", 0]);
    expect(tree).toBe("CHAIN Secretive OK");
  });

  test("is complete for a caller that reads a method of a manager and does not call it", async () => {
    const forms: unknown[] = [];
    class Own extends Runnable<string, string> {
      override lc_namespace = ["own"];
      override lc_serializable = true;
      override lc_kwargs = { size: 3 };
      override async invoke(text: string, config?: RunnableConfig) {
        return this._callWithConfig(
          async (value: string, _?: unknown, run?: CallbackManagerForChainRun) => {
            forms.push(typeof run?.getChild().handleChainStart, this.toJSON(), this.toJSON());
            return value;
          },
          text,
          config,
        );
      }
    }
    await traced(() => new Own().invoke("x"));
    const complete = { lc: 1, type: "constructor", id: ["own", "Own"], kwargs: { size: 3 } };
    expect(forms).toEqual(["function", complete, complete]);
  });
});

describe("another handler receives the same events as without autolog", () => {
  test("if a step adds it to the manager of its children", async () => {
    const added = witness();
    const { traces } = await traced(() => {
      const outer = RunnableLambda.from((text: string, config: RunnableConfig) => {
        (config.callbacks as Manager).addHandler(added.handler as never);
        return chain.invoke(text, config);
      });
      return outer.invoke("x");
    });
    expect(traces.map(treeOf)).toEqual([`CHAIN RunnableLambda OK\n${indented(TREE)}`]);
    expect(added.events).toHaveLength(6);
  });

  test("if it is passed to one step below, and only there", async () => {
    const { outcome, trees } = await record(async () => {
      const local = witness();
      const outer = RunnableLambda.from(async (text: string) => {
        await chain.invoke(text, { callbacks: local.callbacks });
        return chain.invoke(text);
      });
      await outer.invoke("x");
      return local.events;
    });
    expect(outcome.value).toHaveLength(6);
    expect(trees).toEqual([`CHAIN RunnableLambda OK\n${indented(`${TREE}\n${TREE}`)}`]);
  });

  test("if an environment variable adds LangSmith's tracer or the console's", () => {
    for (const name of ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_VERBOSE"]) {
      vi.stubEnv(name, "true");
      const manager = configure()!;
      expect(isLean(manager)).toBe(false);
      expect(manager.handlers).toHaveLength(2);
      vi.unstubAllEnvs();
    }
    expect(
      configure(undefined, undefined, [], [], {}, {}, { verbose: true })?.handlers,
    ).toHaveLength(2);
  });

  test("if registerConfigureHook adds it", async () => {
    AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());
    const hooked = witness();
    const outer = RunnableLambda.from(async (text: string) => {
      registerConfigureHook({ contextVar: "hooked" });
      setContextVariable("hooked", BaseCallbackHandler.fromMethods(hooked.callbacks[0]!));
      return chain.invoke(text);
    });
    const { traces } = await traced(() => outer.invoke("x"));
    expect(traces).toHaveLength(1);
    expect(hooked.events).toHaveLength(6);
  });

  test("if another library wraps the methods of LangChain's managers", async () => {
    const { prototype } = CallbackManagerForChainRun;
    const { handleChainEnd: original } = prototype;
    const ends: unknown[] = [];
    prototype.handleChainEnd = function (...args) {
      ends.push(args[0]);
      return original.apply(this, args);
    };
    try {
      const { traces } = await traced(() => chain.invoke("x"));
      expect(traces).toHaveLength(1);
      expect(ends).toHaveLength(2);
      // The library was there first.
      autolog({ disable: true });
      expect((await traced(() => chain.invoke("x"))).traces).toHaveLength(1);
      expect(ends).toHaveLength(4);
    } finally {
      prototype.handleChainEnd = original;
    }
  });

  test("if another library has wrapped `_configureSync` before autolog() was called", async () => {
    autolog({ disable: true });
    const configurer = CallbackManager as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const original = configurer._configureSync!;
    const added = witness();
    configurer._configureSync = function (...args) {
      const manager = original.apply(this, args) as Manager | undefined;
      const isAdded = manager?.handlers.some(({ name }) => name === "added");
      if (!isAdded) {
        manager?.addHandler(
          Object.assign(BaseCallbackHandler.fromMethods(added.callbacks[0]!), { name: "added" }),
        );
      }
      return manager;
    };
    try {
      const { traces } = await traced(() => chain.invoke("x"));
      expect(traces).toHaveLength(1);
      expect(added.events).toHaveLength(6);
    } finally {
      autolog({ disable: true });
      configurer._configureSync = original;
    }
  });
});

class Empty extends BaseCallbackHandler {
  name = "empty";
}

type Level = readonly [
  inheritableTags: string[] | undefined,
  localTags: string[] | undefined,
  inheritableMetadata: Record<string, number> | undefined,
  localMetadata: Record<string, number> | undefined,
  step: string | undefined,
];

function randomLevel(dice: Dice): Level {
  const maybe = <T>(make: () => T) => (dice.chance(0.5) ? make() : undefined);
  const tags = () =>
    maybe(() => Array.from({ length: dice.between(0, 3) }, () => dice.oneOf(["a", "b", "c"])));
  const metadata = () => maybe(() => ({ [dice.oneOf(["x", "y", "z"])]: dice.between(0, 3) }));
  return [tags(), tags(), metadata(), metadata(), maybe(() => dice.oneOf(["a", "step"]))];
}

/** Starts a run at each level, below the run of the level before. Returns the fields of all managers. */
async function fieldsOf(levels: readonly Level[], callbacks?: unknown) {
  const seen: { isLean: boolean; fields: object }[] = [];
  let above: unknown = callbacks;
  for (const [tags, localTags, metadata, localMetadata, step] of levels) {
    const manager = configure(above, undefined, tags, localTags, metadata, localMetadata)!;
    const run = await manager.handleChainStart({ lc: 1, type: "not_implemented", id: [] }, {});
    await run.handleChainEnd({});
    above = run.getChild(step);
    for (const one of [manager, above as Manager]) {
      const { handlers, inheritableHandlers, _parentRunId, ...fields } = one as Manager & {
        _parentRunId?: string;
      };
      const counts = [handlers.length, inheritableHandlers.length];
      seen.push({
        isLean: isLean(one),
        fields: { ...fields, counts, below: Boolean(_parentRunId) },
      });
    }
  }
  return seen;
}

function indented(tree: string): string {
  return tree.replace(/^/gm, "  ");
}
