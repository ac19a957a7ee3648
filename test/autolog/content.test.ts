import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnablePassthrough } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../src/autolog/content.js";
import { sparseList } from "../support/large-values.js";

const chain = (prompt: string, temperature = 0) =>
  ChatPromptTemplate.fromTemplate(prompt)
    .pipe(new ChatOpenAI({ model: "gpt-4o", apiKey: "sk-none", temperature }))
    .pipe(new StringOutputParser());

const mapped = (fn: (text: string) => string) =>
  new RunnablePassthrough<string>().pipe(RunnableLambda.from(fn));

/** LangChain says of an object of the app's own class only that it cannot serialize it. */
class Store extends RunnablePassthrough {
  override lc_serializable = false;
  calls = 0;
  readonly texts: readonly unknown[];

  constructor(texts: readonly unknown[]) {
    super();
    this.texts = texts;
  }
}

describe("what an object is made of", () => {
  test("is the same for what is made of the same", () => {
    expect(contentOf(chain("a {x}"))).toBe(contentOf(chain("a {x}")));
    expect(contentOf(mapped((text) => `${text}!`))).toBe(contentOf(mapped((text) => `${text}!`)));
  });

  test("differs where a text, a number or a function differs", () => {
    const contents = [chain("a {x}"), chain("b {x}"), chain("a {x}", 1)].map(contentOf);
    const functions = [mapped((text) => text), mapped((text) => text.trim())].map(contentOf);
    expect(new Set([...contents, ...functions]).size).toBe(5);
  });

  test("of an object that LangChain cannot serialize has its fields, except counters", () => {
    const [one, same, other] = [["a"], ["a"], ["b"]].map((texts) => new Store(texts));
    same!.calls = 7;
    expect(contentOf(one!)).toBe(contentOf(same!));
    expect(contentOf(one!)).not.toBe(contentOf(other!));
  });

  test("is looked at in part where there is very much", () => {
    let read = 0;
    const item = () => ({
      toJSON() {
        read += 1;
        return "";
      },
    });
    const documents = Array.from({ length: 1000 }, () => Array.from({ length: 1000 }, item));
    expect(contentOf(new Store(documents))).toBeTypeOf("string");
    expect(read).toBeGreaterThan(100);
    expect(read).toBeLessThan(5000);
  });

  test("of an object that holds itself too", () => {
    const texts: unknown[] = [];
    texts.push(texts);
    expect(contentOf(new Store(texts))).toBe(contentOf(new Store(texts)));
  });

  test("is unknown where it cannot be read", () => {
    const broken = { toJSON: () => JSON.parse("{") };
    expect(contentOf(broken)).toBeUndefined();
  });
});

describe("a large part", () => {
  test("of bytes is read from its beginning, and never made a list or a text", () => {
    const large = (fill: number) => {
      const bytes = Buffer.alloc(10_000_000, fill);
      bytes.toJSON = () => {
        throw new Error("made a list");
      };
      return new Store([bytes, new Float64Array(1_000_000).fill(fill)]);
    };
    expect(contentOf(large(1))).toBeDefined();
    expect(contentOf(large(1))).toBe(contentOf(large(1)));
    expect(contentOf(large(1))).not.toBe(contentOf(large(2)));
  });

  test("may be a sparse list, or an integer that is slow to write", () => {
    expect(contentOf(new Store([sparseList()]))).toBeDefined();
    expect(contentOf(new Store(sparseList()))).toBeDefined();
    expect(contentOf(new Store([1n << 50_000_000n]))).toBeDefined();
  });

  test("of text counts by its beginning, its end and its length", () => {
    const text = "x".repeat(2_000_000);
    const contents = [text, `${text}x`, `y${text.slice(1)}`, `${text.slice(1)}y`];
    expect(new Set(contents.map((it) => contentOf(new Store([it])))).size).toBe(4);
  });
});
