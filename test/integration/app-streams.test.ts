import { Runnable, RunnableLambda, RunnableSequence } from "@langchain/core/runnables";
import { expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

/** A Runnable of an app, with these methods. */
function runnable(methods: object): Runnable {
  class OfApp extends Runnable {
    lc_namespace = ["test"];
    override async invoke(): Promise<string> {
      return "ab";
    }
  }
  Object.defineProperties(OfApp.prototype, Object.getOwnPropertyDescriptors(methods));
  return new OfApp({});
}

async function* once(): AsyncGenerator<string> {
  yield "start";
}

const letters = {
  *transform() {
    yield "a";
    yield "b";
  },
};

test("a synchronous generator is read as without autolog", async () => {
  const { outcome } = await record(() => collect(runnable(letters).transform(once(), {})));
  expect(outcome.value).toEqual(["a", "b"]);
});

test("a synchronous generator is read as the first step of a sequence", async () => {
  const same = RunnableLambda.from((text: string) => text);
  const sequence = RunnableSequence.from([runnable(letters), same] as never);
  const { outcome } = await record(async () => collect(await sequence.stream("start")));
  expect(outcome.value).toEqual(["ab"]);
});

test("the error of a synchronous generator is the app's", async () => {
  const failing = runnable({
    *transform() {
      yield "a";
      throw new Error("broken");
    },
  });
  const { outcome } = await record(() => collect(failing.transform(once(), {})));
  expect(outcome.error?.message).toBe("broken");
});

test("chunks whose concat changes them reach the app unchanged", async () => {
  class Chunk {
    text: string;
    constructor(text: string) {
      this.text = text;
    }
    concat(other: Chunk): this {
      this.text += other.text;
      return this;
    }
  }
  const { outcome, trace } = await record(() =>
    collect(
      runnable({
        async *_streamIterator() {
          for (const text of ["a", "b", "c"]) yield new Chunk(text);
        },
      })._streamIterator("start"),
    ),
  );
  expect(outcome.value).toEqual(["a", "b", "c"].map((text) => new Chunk(text)));
  expect(trace.info.state).toBe("OK");
});

test("a returned value whose then cannot be read reaches the app", async () => {
  // biome-ignore lint/suspicious/noThenProperty: it is what is tested
  const value = Object.defineProperty({}, "then", {
    get() {
      throw new Error("not readable");
    },
  });
  const { outcome } = await record(() => {
    const returned: unknown = runnable({ invoke: () => value }).invoke("start");
    return returned === value;
  });
  expect(outcome.value).toBe(true);
});
