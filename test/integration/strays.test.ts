import { setTimeout as sleep } from "node:timers/promises";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { Runnable, RunnableLambda, RunnableMap } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { autolog, flushTraces } from "langchain-mlflow";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getPipeline } from "../../src/recording/pipeline.js";
import { expectCutShort } from "../support/ledger.js";
import { collect } from "../support/outcome.js";
import { record, traced, tracedWith } from "../support/traces.js";
import { treeOf } from "../support/tree.js";

const model = () => new FakeListChatModel({ responses: ["hello"] });
const chain = () => model().pipe(new StringOutputParser());
const failing = RunnableLambda.from((): string => {
  throw new Error("at once");
});
const running: Promise<unknown>[] = [];
const slow = RunnableLambda.from((text: string) => {
  const call = sleep(10).then(() => chain().invoke(text));
  running.push(call);
  return call;
});
/** Until what nobody awaits is over. */
async function rest(): Promise<void> {
  await Promise.all(running.splice(0));
  await sleep(5);
}

const { losses } = getPipeline();
let lateBefore = 0;
beforeEach(() => {
  lateBefore = losses.late_span ?? 0;
});
const late = () => (losses.late_span ?? 0) - lateBefore;

describe("what still runs when its call has ended belongs to that call's trace", () => {
  afterEach(() => expect(late()).toBe(0));

  test("the other branch of a map when one has failed", async () => {
    const { tree, outcome } = await record(async (config) => {
      const map = RunnableMap.from({ failing, slow });
      const error = await map.invoke("x", config).catch((thrown) => thrown);
      await rest();
      return error;
    });
    expect(outcome.value).toMatchObject({ message: "at once" });
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableMap ERROR [exception]
        CHAIN RunnableLambda ERROR [exception]
        CHAIN RunnableLambda OK
          CHAIN RunnableSequence OK
            CHAT_MODEL FakeListChatModel OK
            CHAIN StrOutputParser OK"
    `);
  });

  test("the other call of a Promise.all, its config forgotten", async () => {
    const { tree } = await record(async (config) => {
      const both = RunnableLambda.from((text: string) =>
        Promise.all([failing.invoke(text), slow.invoke(text)]),
      );
      await both.invoke("x", config).catch(() => {});
      await rest();
    });
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableLambda ERROR [exception]
        CHAIN RunnableLambda ERROR [exception]
        CHAIN RunnableLambda OK
          CHAIN RunnableSequence OK
            CHAT_MODEL FakeListChatModel OK
            CHAIN StrOutputParser OK"
    `);
  });

  test("a call that is not awaited", async () => {
    const { tree } = await record(async (config) => {
      const careless = RunnableLambda.from((text: string) => {
        void slow.invoke(text);
        return text;
      });
      await careless.invoke("x", config);
      await rest();
    });
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableLambda OK
        CHAIN RunnableLambda OK
          CHAIN RunnableSequence OK
            CHAT_MODEL FakeListChatModel OK
            CHAIN StrOutputParser OK"
    `);
  });

  test("a call that is not awaited, of a Runnable without a run, that ends before the call around it", async () => {
    class Quick extends Runnable<string, string> {
      lc_namespace = ["test"];
      override async invoke(text: string) {
        return `${text}!`;
      }
    }
    class Careless extends Runnable<string, string> {
      lc_namespace = ["test"];
      override async invoke(text: string) {
        await sleep(1);
        void new Quick().invoke(text);
        await sleep(5);
        return `${text}?`;
      }
    }
    const { tree } = await record(async () => {
      const failing = RunnableLambda.from((text: string) => {
        running.push(new Careless().invoke(text));
        throw new Error("at once");
      });
      await failing.invoke("x").catch(() => {});
      await rest();
    });
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableLambda ERROR [exception]
        CHAIN Careless OK
          CHAIN Quick OK"
    `);
  });

  test("a stream that is handed out, and read later", async () => {
    const { tree, span } = await record(async (config) => {
      let stream: AsyncIterable<string> | undefined;
      const opening = RunnableLambda.from(async (text: string) => {
        stream = await chain().stream(text);
        return text;
      });
      await opening.invoke("x", config);
      await sleep(5);
      return collect(stream!);
    });
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableLambda OK
        CHAIN RunnableSequence OK
          CHAT_MODEL FakeListChatModel OK [new_token]
          CHAIN StrOutputParser OK"
    `);
    expect(span("StrOutputParser").outputs).toBe("hello");
  });
});

test("a flush does not wait for what goes on: it ends there as abandoned, and what starts later is a root", async () => {
  let ended: Promise<unknown> | undefined;
  const careless = RunnableLambda.from((text: string) => {
    ended = slow.invoke(text);
    return text;
  });
  expectCutShort(1);
  const { traces } = await traced(async () => {
    await careless.invoke("x");
    expect(await flushTraces()).toMatchObject({ sent: 1 });
    await ended;
    await rest();
  });
  expect(traces.map(treeOf)).toMatchInlineSnapshot(`
    [
      "CHAIN RunnableLambda OK
      CHAIN RunnableLambda OK abandoned",
      "CHAIN RunnableSequence OK
      CHAT_MODEL FakeListChatModel OK
      CHAIN StrOutputParser OK",
    ]
  `);
});

describe("what ends when its trace is complete", () => {
  const lateResults = () => losses.late_result ?? 0;
  afterEach(() => vi.restoreAllMocks());

  /** A settled call waits for its branches for ten seconds. Here it waits for 20 ms. */
  function waitLess() {
    const { setTimeout: start } = globalThis;
    const shorter = (run: () => void, delayMs?: number) => start(run, Math.min(delayMs ?? 0, 20));
    vi.spyOn(globalThis, "setTimeout").mockImplementation(shorter as typeof setTimeout);
  }

  class Bare extends Runnable<string, string> {
    lc_namespace = ["test"];
    override async invoke(text: string) {
      await sleep(100);
      return `${text}!`;
    }
  }

  test.each<[string, () => Runnable<string, string>]>([
    ["with a run", () => RunnableLambda.from(async (text: string) => sleep(100, `${text}!`))],
    ["without a run", () => new Bare()],
  ])("%s is counted, with one line on stderr", async (_, create) => {
    const before = lateResults();
    const lines = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    let ended: Promise<string> | undefined;
    const careless = RunnableLambda.from((text: string) => {
      ended = create().invoke(text);
      return text;
    });
    const { traces } = await tracedWith(
      async () => {
        waitLess();
        await careless.invoke("x");
        expect(await ended).toBe("x!");
        vi.mocked(setTimeout).mockRestore();
      },
      () => autolog({ silent: false }),
    );
    expect(traces.map(({ info }) => info.state)).toEqual(["OK"]);
    expect(lateResults() - before).toBe(1);
    const logged = lines.mock.calls.map(String).filter((line) => line.includes("late_result"));
    // Once in a process.
    expect(logged.length).toBeLessThanOrEqual(1);
    if (before === 0) expect(logged[0]).toContain("Await the call");
  });

  test("is not counted if the app aborted it", async () => {
    const before = lateResults();
    const controller = new AbortController();
    const slow = RunnableLambda.from(async (text: string) => sleep(30, text));
    await traced(async () => {
      const call = slow.invoke("x", { signal: controller.signal }).catch(() => "aborted");
      controller.abort();
      expect(await call).toBe("aborted");
      await sleep(50);
    });
    expect(lateResults() - before).toBe(0);
  });
});

describe("what starts below a run of a complete trace is counted, and never a root", () => {
  test.each([
    ["invoked", (config: object) => chain().invoke("x", config), 3],
    ["streamed", (config: object) => collect(chain().stream("x", config)), 3],
    ["as a batch", (config: object) => chain().batch(["x", "y"], config), 6],
    [
      "by streamEvents",
      (config: object) => collect(chain().streamEvents("x", { ...config, version: "v2" })),
      3,
    ],
    ["without a chain around it", (config: object) => model().invoke("x", config), 1],
  ] as const)("%s", async (_, call, runs) => {
    const { tree } = await record(async () => {
      let kept: object = {};
      const keeping = RunnableLambda.from((text: string, config) => {
        kept = config;
        return text;
      });
      await keeping.invoke("x");
      await (call(kept) as Promise<unknown>);
    });
    expect(tree).toBe("CHAIN RunnableLambda OK");
    expect(late()).toBe(runs);
  });

  test("nor what it calls with its config forgotten", async () => {
    const { tree } = await record(async () => {
      let kept: object = {};
      const keeping = RunnableLambda.from((text: string, config) => {
        kept = config;
        return text;
      });
      await keeping.invoke("x");
      await slow.invoke("x", kept);
    });
    expect(tree).toBe("CHAIN RunnableLambda OK");
    expect(late()).toBe(1);
  });
});
