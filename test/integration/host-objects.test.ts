import { Runnable, RunnableLambda } from "@langchain/core/runnables";
import { IterableReadableStream } from "@langchain/core/utils/stream";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const chain = () =>
  RunnableLambda.from((text: string) => text).pipe(new FakeListChatModel({ responses: ["hello"] }));

/** All that an app can see of an object without calling it. */
function looksOf(object: object): unknown[] {
  const chainOf = (one: object | null): object[] =>
    one === null ? [] : [one, ...chainOf(Object.getPrototypeOf(one))];
  const [, ...above] = chainOf(object);
  return [
    Object.prototype.toString.call(object),
    Object.keys(object),
    JSON.stringify(object),
    Object.isExtensible(object),
    above.map(
      (prototype) => `${prototype.constructor?.name} ${Reflect.ownKeys(prototype).map(String)}`,
    ),
  ];
}

describe("what an app is given is what LangChain made", () => {
  test("the stream of a chain, and all of its methods", async () => {
    await record(async (config) => {
      const stream = await chain().stream("x", config);
      expect(stream).toBeInstanceOf(IterableReadableStream);
      const looks = looksOf(stream);
      const [one, other] = stream.tee();
      return [looks, await collect(one as never), await collect(other as never)];
    });
  });

  test("the generator of a transform", async () => {
    async function* inputs() {
      yield "x";
    }
    const { outcome } = await record(async (config) => {
      const generator = chain().transform(inputs(), config);
      const looks = looksOf(generator);
      expect(generator[Symbol.asyncIterator]()).toBe(generator);
      return [looks, await collect(generator)];
    });
    expect(JSON.stringify(outcome.value)).toContain("[object AsyncGenerator]");
  });

  test("what a generator's methods resolve to, also after its end", async () => {
    async function* inputs() {
      yield "x";
    }
    await record(
      async (config) => {
        const [read, left, failed] = [1, 2, 3].map(() => chain().transform(inputs(), config));
        const error = await failed!.throw(new RangeError("mine")).catch((thrown) => thrown);
        return [
          await left!.next(),
          await left!.return("value" as never),
          await left!.next(),
          await collect(read!),
          await read!.next(),
          await read!.return("value" as never),
          error,
        ];
      },
      { traces: 3 },
    );
  });

  test("the events of a stream", async () => {
    await record(async (config) => {
      const events = chain().streamEvents("x", { version: "v2", ...config });
      return [looksOf(events), (await collect(events)).length];
    });
  });

  test("a promise of a call, and of a batch", async () => {
    await record(
      async (config) => {
        const promises = [chain().invoke("x", config), chain().batch(["x"], config)];
        return [promises.map(looksOf), await Promise.all(promises)];
      },
      { traces: 2 },
    );
  });
});

describe("a method of the app's own", () => {
  abstract class Mine extends Runnable<string, string> {
    lc_namespace = ["test"];
  }

  test("that throws before there is a promise still does", async () => {
    class Throwing extends Mine {
      override invoke(): Promise<string> {
        throw new SyntaxError("at once");
      }
    }
    const { flow } = await record(() => {
      const throwing = new Throwing();
      let thrown: unknown;
      try {
        void throwing.invoke();
      } catch (error) {
        thrown = error;
      }
      return { error: String(thrown) };
    });
    expect(flow).toBe("CHAIN Throwing ERROR [exception]: nothing → nothing");
  });

  test("that returns no promise still returns none, and keeps its `this` and its name", async () => {
    class Sync extends Mine {
      readonly #greeting = "hi ";
      override invoke(input: string): Promise<string> {
        return (this.#greeting + input) as unknown as Promise<string>;
      }
    }
    const { flow } = await record(() => {
      const sync = new Sync();
      return [sync.invoke("x"), sync.invoke.name, sync.invoke.length, Sync.name];
    });
    expect(flow).toBe('CHAIN Sync OK: "x" → "hi x"');
  });

  test("that calls its super is one call, and its run is LangChain's", async () => {
    class Outer extends RunnableLambda<string, string> {
      override async invoke(input: string, options?: object) {
        return `<${await super.invoke(input, options)}>`;
      }
    }
    const outer = () => new Outer({ func: (text: string) => text });
    const { flow, outcome } = await record((config) => outer().invoke("x", config));
    expect(outcome.value).toBe("<x>");
    expect(flow).toBe('CHAIN RunnableLambda OK: "x" → "x"');
  });
});
