import { setTimeout as sleep } from "node:timers/promises";
import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import { Runnable, type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const shout = RunnableLambda.from((text: string) => `${text}!`);

abstract class Mine extends Runnable<string, string> {
  lc_namespace = ["test"];
}

describe("a Runnable that makes a run of its own", () => {
  class WithRun extends Mine {
    override invoke(input: string, options?: Partial<RunnableConfig>) {
      return this._callWithConfig((text: string) => shout.invoke(text), input, options);
    }
  }

  test("gets that run's span, and what it calls hangs below", async () => {
    const invoked = await record((config) => new WithRun().invoke("hi", config));
    expect(invoked.flow).toMatchInlineSnapshot(`
      "CHAIN WithRun OK: "hi" → "hi!"
        CHAIN RunnableLambda OK: "hi" → "hi!""
    `);
    const streamed = await record((config) => collect(new WithRun().stream("hi", config)));
    expect(streamed.flow).toBe(invoked.flow);
  });

  test("the same when it hands its config on", async () => {
    class Handing extends Mine {
      override invoke(input: string, options?: Partial<RunnableConfig>) {
        const say = (text: string, inner?: Partial<RunnableConfig>) => shout.invoke(text, inner);
        return this._callWithConfig(say, input, options);
      }
    }
    for (const call of [
      (config: object) => new Handing().invoke("hi", config),
      (config: object) => collect(new Handing().stream("hi", config)),
    ]) {
      const { flow } = await record((config) => call(config) as Promise<unknown>);
      expect(flow).toMatchInlineSnapshot(`
        "CHAIN Handing OK: "hi" → "hi!"
          CHAIN RunnableLambda OK: "hi" → "hi!""
      `);
    }
  });

  test("the same inside a sequence, invoked and streamed", async () => {
    const sequence = () => new WithRun().pipe(shout);
    const invoked = await record((config) => sequence().invoke("hi", config));
    expect(invoked.flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: "hi" → "hi!!"
        CHAIN WithRun OK: "hi" → "hi!"
          CHAIN RunnableLambda OK: "hi" → "hi!"
        CHAIN RunnableLambda OK: "hi!" → "hi!!""
    `);
    const streamed = await record((config) => collect(sequence().stream("hi", config)));
    expect(streamed.flow).toBe(invoked.flow);
  });
});

describe("a Runnable that makes no run", () => {
  class OneCall extends Mine {
    override async invoke(input: string, options?: Partial<RunnableConfig>) {
      return `<${await shout.invoke(input, options)}>`;
    }
  }
  class TwoCalls extends Mine {
    override async invoke(input: string, options?: Partial<RunnableConfig>) {
      return shout.invoke(await shout.invoke(input, options), options);
    }
  }
  class NoCall extends Mine {
    override async invoke(input: string) {
      return `${input}?`;
    }
  }
  class Failing extends Mine {
    override async invoke(): Promise<string> {
      throw new Error("no");
    }
  }

  test.each([
    ["one", OneCall, "<hi!>", 2],
    ["two", TwoCalls, "hi!!", 3],
    ["none", NoCall, "hi?", 1],
  ] as const)(
    "and calls %s gets a span of its own all the same",
    async (_, Class, output, spans) => {
      for (const call of [
        (config: object) => new Class().invoke("hi", config),
        (config: object) => collect(new Class().stream("hi", config)),
        (config: object) => collect(new Class().streamEvents("hi", { version: "v2", ...config })),
      ]) {
        const { trace } = await record((config) => call(config) as Promise<unknown>);
        expect(trace.data.spans).toHaveLength(spans);
        const [root, ...below] = trace.data.spans;
        expect(root).toMatchObject({ name: Class.name, inputs: "hi", outputs: output });
        for (const span of below) expect(span.parentId).toBe(root?.spanId);
      }
    },
  );

  test("gets it inside a sequence, and in each item of a batch", async () => {
    class Forgetful extends Mine {
      override async invoke(input: string) {
        return shout.invoke(await shout.invoke(input));
      }
    }
    const sequence = () => new Forgetful().pipe(shout);
    const invoked = await record((config) => sequence().invoke("hi", config));
    expect(invoked.flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: "hi" → "hi!!!"
        CHAIN Forgetful OK: "hi" → "hi!!"
          CHAIN RunnableLambda OK: "hi" → "hi!"
          CHAIN RunnableLambda OK: "hi!" → "hi!!"
        CHAIN RunnableLambda OK: "hi!!" → "hi!!!""
    `);
    const streamed = await record((config) => collect(sequence().stream("hi", config)));
    expect(streamed.flow).toBe(invoked.flow);
    const { trees } = await record((config) => new OneCall().batch(["a", "b"], config), {
      traces: 2,
    });
    expect(trees).toMatchInlineSnapshot(`
      [
        "CHAIN OneCall OK
        CHAIN RunnableLambda OK",
        "CHAIN OneCall OK
        CHAIN RunnableLambda OK",
      ]
    `);
  });

  test("and passes its config on gets it between the parent that LangChain names and its children", async () => {
    const { flow } = await record((config) => new TwoCalls().pipe(shout).invoke("hi", config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: "hi" → "hi!!!"
        CHAIN TwoCalls OK: "hi" → "hi!!"
          CHAIN RunnableLambda OK: "hi" → "hi!"
          CHAIN RunnableLambda OK: "hi!" → "hi!!"
        CHAIN RunnableLambda OK: "hi!!" → "hi!!!""
    `);
  });

  test("and fails", async () => {
    const { flow } = await record((config) => new Failing().pipe(shout).invoke("hi", config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence ERROR [exception]: "hi" → nothing
        CHAIN Failing ERROR [exception]: "hi" → nothing"
    `);
  });

  test("and fails in a stream: the spans that only waited for it are not failed", async () => {
    class Calling extends Mine {
      override async invoke(input: string, options?: Partial<RunnableConfig>): Promise<string> {
        throw new RangeError(await shout.invoke(input, options));
      }
    }
    const { tree } = await record((config) =>
      collect(new Calling().pipe(new NoCall()).pipe(shout).stream("hi", config)),
    );
    expect(tree).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence ERROR [exception]
        CHAIN Calling ERROR [exception]
          CHAIN RunnableLambda OK"
    `);
  });

  test("and is aborted while it reads another one gets it, also if the outer one ends first", async () => {
    class Reading extends Mine {
      readonly next: Runnable<string, string>;
      constructor(next: Runnable<string, string>, name: string) {
        super();
        this.next = next;
        this.name = name;
      }
      override async invoke(input: string, options?: Partial<RunnableConfig>) {
        let text = "";
        for await (const chunk of await this.next.stream(input, options)) text += chunk;
        return text;
      }
    }
    const { tree } = await record((config) => {
      const controller = new AbortController();
      const waits = RunnableLambda.from(async (text: string) => {
        setImmediate(() => controller.abort());
        // LangChain 0.3 waits for its end.
        await sleep(50);
        return text;
      }).withConfig({ runName: "waits" });
      const reading = new Reading(new Reading(waits, "inner"), "outer");
      return collect(shout.pipe(reading).stream("hi", { ...config, signal: controller.signal }));
    });
    expect(tree.replaceAll(/ (aborted|\[exception\])/g, "")).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence ERROR
        CHAIN RunnableLambda OK
        CHAIN outer ERROR
          CHAIN inner ERROR
            CHAIN waits ERROR"
    `);
  });

  test("but only passes its input on, as a binding does, gets no span", async () => {
    class Relay extends Mine {
      override invoke(input: string, options?: Partial<RunnableConfig>) {
        return shout.invoke(input, options);
      }
    }
    for (const relay of [new Relay(), shout.withConfig({ tags: ["x"] })]) {
      const alone = await record((config) => relay.invoke("hi", config));
      expect(alone.flow).toBe('CHAIN RunnableLambda OK: "hi" → "hi!"');
      const streamed = await record((config) => collect(relay.pipe(shout).stream("hi", config)));
      expect(streamed.tree).toMatchInlineSnapshot(`
        "CHAIN RunnableSequence OK
          CHAIN RunnableLambda OK
          CHAIN RunnableLambda OK"
      `);
    }
  });
});

describe("a stream of its own", () => {
  class Spelling extends Mine {
    override async invoke(input: string) {
      return input;
    }
    override async *_streamIterator(input: string) {
      yield* input;
    }
  }
  class Wrapping extends Mine {
    override invoke(input: string, options?: Partial<RunnableConfig>) {
      return shout.invoke(input, options);
    }
    override async *_streamIterator(input: string, options?: Partial<RunnableConfig>) {
      for await (const chunk of await shout.stream(input, options)) yield `<${chunk}>`;
    }
  }

  test("is the output, joined", async () => {
    const { flow } = await record((config) => collect(new Spelling().stream("abc", config)));
    expect(flow).toBe('CHAIN Spelling OK: "abc" → "abc"');
    const nested = await record((config) =>
      collect(new Spelling().pipe(shout).stream("abc", config)),
    );
    expect(nested.flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: "abc" → "abc!"
        CHAIN Spelling OK: "abc" → "abc"
        CHAIN RunnableLambda OK: "abc" → "abc!""
    `);
  });

  test("made of another stream", async () => {
    const { flow } = await record((config) => collect(new Wrapping().stream("a", config)));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN Wrapping OK: "a" → "<a!>"
        CHAIN RunnableLambda OK: "a" → "a!""
    `);
  });
});

test("a chat model of one's own", async () => {
  class Parrot extends SimpleChatModel {
    override _llmType() {
      return "parrot";
    }
    override async _call() {
      return "said";
    }
  }
  const { flow } = await record((config) => new Parrot({}).invoke("say", config));
  expect(flow).toMatchInlineSnapshot(
    `"CHAT_MODEL Parrot OK: {"messages":["user:say"]} → {"choices":[{"message":"assistant:said","finish_reason":null}]}"`,
  );
});

test("a chat model that asks another one: the other is its child", async () => {
  const inner = new FakeListChatModel({ responses: ["from within"] });
  class Asking extends SimpleChatModel {
    override _llmType() {
      return "asking";
    }
    override async _call() {
      return String((await inner.invoke("inner?")).content);
    }
  }
  const { tree } = await record((config) => new Asking({}).invoke("outer?", config));
  expect(tree).toMatchInlineSnapshot(`
    "CHAT_MODEL Asking OK
      CHAT_MODEL FakeListChatModel OK"
  `);
});

test("a class made only after autolog()", async () => {
  const { flow } = await record(() => {
    class Late extends Mine {
      override async invoke(input: string) {
        return input.toUpperCase();
      }
    }
    return new Late().invoke("hi");
  });
  expect(flow).toBe('CHAIN Late OK: "hi" → "HI"');
});
