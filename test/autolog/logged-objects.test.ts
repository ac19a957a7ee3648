import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnablePassthrough } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../src/autolog/logged-objects.js";
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

describe("the content of an object", () => {
  test("is equal for equal objects", () => {
    expect(contentOf(chain("a {x}"))).toBe(contentOf(chain("a {x}")));
    expect(contentOf(mapped((text) => `${text}!`))).toBe(contentOf(mapped((text) => `${text}!`)));
  });

  test("differs if a text, a number or a function differs", () => {
    const contents = [chain("a {x}"), chain("b {x}"), chain("a {x}", 1)].map(contentOf);
    const functions = [mapped((text) => text), mapped((text) => text.trim())].map(contentOf);
    expect(new Set([...contents, ...functions]).size).toBe(5);
  });

  test("includes the fields of an object that LangChain cannot serialize, except numbers", () => {
    const [one, same, other] = [["a"], ["a"], ["b"]].map((texts) => new Store(texts));
    same!.calls = 7;
    expect(contentOf(one!)).toBe(contentOf(same!));
    expect(contentOf(one!)).not.toBe(contentOf(other!));
  });

  test("is read in part if the object is large", () => {
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

  test("is read for a circular object", () => {
    const texts: unknown[] = [];
    texts.push(texts);
    expect(contentOf(new Store(texts))).toBe(contentOf(new Store(texts)));
  });

  test("is undefined if reading the object throws", () => {
    const broken = { toJSON: () => JSON.parse("{") };
    expect(contentOf(broken)).toBeUndefined();
  });
});

describe("a large value", () => {
  test("of bytes is compared by its beginning, and not converted to a list or text", () => {
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

  test("may be a sparse list, or a huge integer", () => {
    expect(contentOf(new Store([sparseList()]))).toBeDefined();
    expect(contentOf(new Store(sparseList()))).toBeDefined();
    expect(contentOf(new Store([1n << 50_000_000n]))).toBeDefined();
  });

  test("of text is compared by its beginning, end and length", () => {
    const text = "x".repeat(2_000_000);
    const contents = [text, `${text}x`, `y${text.slice(1)}`, `${text.slice(1)}y`];
    expect(new Set(contents.map((it) => contentOf(new Store([it])))).size).toBe(4);
  });
});
