import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate, MessagesPlaceholder, PromptTemplate } from "@langchain/core/prompts";
import {
  type Runnable,
  RunnableMap,
  RunnablePassthrough,
  RunnableSequence,
} from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { load } from "js-yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { saveModel } from "../../src/models/log-model.js";
import { fromLangChain } from "../../src/prompts/from-langchain.js";
import { PromptVersion } from "../../src/prompts/prompt-version.js";
import type { PromptTemplate as Template } from "../../src/prompts/template.js";
import { record } from "../support/traces.js";

function promptOf(template: Template, version = 3): PromptVersion {
  return new PromptVersion({
    ...{ name: "p", version, template, commitMessage: undefined, tags: {}, aliases: [] },
    ...{ responseFormat: undefined, modelConfig: undefined, creationTimestampMs: 0 },
  });
}

const ROLES: Record<string, string> = { system: "system", human: "user", ai: "assistant" };

/** A generator of numbers from 0 to 1, so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = [
  ..."{}{}{}{} \n\t\"\\$'é日\u2028",
  ...[
    "{{",
    "}}",
    "{{{",
    "}}}",
    "🦜",
    "\ud83d",
    "{{a}}",
    "{{b_1}}",
    "{{Cé}}",
    "{{1}}",
    "{{}}",
    "{{ }}",
  ],
  ...[
    "{a}",
    "{{{a}}}",
    "{{a}",
    "{a}}",
    "text",
    "$&",
    "{{user_name}}",
    "{}",
    "{ a }",
    "a",
    "% ",
    "constructor",
  ],
];

type Message = Exclude<Template, string>[number];

/** The white space around the name of a variable is not kept. */
function normal(text: string): string {
  return text.replace(/\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g, "{{$1}}");
}

function normalMessage({ role, content }: Message): Message {
  return { role, content: normal(content) };
}

describe("a prompt as a ChatPromptTemplate", () => {
  test("formats as the prompt, and converts back, for random templates", async () => {
    const random = randomOf(7);
    const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
    const text = () => Array.from({ length: 1 + random() * 12 }, () => pick(PIECES)).join("");
    let withVariables = 0;
    for (let round = 0; round < 4000; round++) {
      const isText = random() < 0.4;
      const template = isText
        ? text()
        : Array.from({ length: 1 + random() * 3 }, () => ({
            role: pick(["system", "user", "assistant"]),
            content: text(),
          }));
      const prompt = promptOf(template);
      const values = Object.fromEntries(prompt.variables.map((name) => [name, text()]));
      const formatted = prompt.format(values);
      const converted = prompt.toLangChain();
      const messages = await converted.formatMessages(values);
      const found = messages.map((message) => ({
        role: ROLES[message._getType()],
        content: message.content,
      }));
      const expected = isText ? [{ role: "user", content: formatted }] : formatted;
      expect(found, JSON.stringify(template)).toEqual(expected);
      expect(new Set(converted.inputVariables)).toEqual(new Set(prompt.variables));
      const back = isText ? normal(template as string) : (template as Message[]).map(normalMessage);
      expect(fromLangChain(converted), JSON.stringify(template)).toEqual({ template: back });
      if (prompt.variables.length > 0) withVariables++;
    }
    expect(withVariables).toBeGreaterThan(1000);
  });

  test("other roles keep their names", async () => {
    const template = [{ role: "developer", content: "{{x}}" }];
    const converted = promptOf(template).toLangChain();
    expect(fromLangChain(converted)).toEqual({ template });
    const [message] = await converted.formatMessages({ x: "1" });
    expect(message).toMatchObject({ role: "developer", content: "1" });
  });
});

describe("fromLangChain()", () => {
  test("converts f-strings, mustache, messages and partial variables", async () => {
    expect(fromLangChain(PromptTemplate.fromTemplate('{a} {{"b": 1}}'))).toEqual({
      template: '{{a}} {"b": 1}',
    });
    const mustache = { templateFormat: "mustache" } as const;
    expect(fromLangChain(PromptTemplate.fromTemplate("{{a}} {{{ b }}} {&}", mustache))).toEqual({
      template: "{{a}} {{b}} {&}",
    });
    const chat = ChatPromptTemplate.fromMessages([
      new SystemMessage("Be {brief}."),
      ["human", "{question} in {language}"],
      ["ai", "Sure."],
    ]);
    expect(fromLangChain(await chat.partial({ language: "{German}" })).template).toEqual([
      { role: "system", content: "Be {brief}." },
      { role: "user", content: "{{question}} in {German}" },
      { role: "assistant", content: "Sure." },
    ]);
    const one = ChatPromptTemplate.fromMessages([["human", "{a}"]]);
    expect(fromLangChain(one)).toEqual({ template: [{ role: "user", content: "{{a}}" }] });
  });

  test.each([
    ["a MessagesPlaceholder", () => new MessagesPlaceholder("history"), "MessagesPlaceholder"],
    ["literal text that is a variable in MLflow", () => ["human", "{{{{a}}}}"], "other variables"],
    ["a name that MLflow does not have", () => ["human", "{a b}"], "{{a b}}"],
    ["an image", () => ["human", [{ type: "image_url", image_url: "{url}" }]], "not text"],
  ])("refuses %s", (_title, message, expected) => {
    const chat = ChatPromptTemplate.fromMessages([message() as never]);
    expect(() => fromLangChain(chat)).toThrow(expected);
  });

  test("refuses sections of mustache, partial functions and other objects", async () => {
    const section = PromptTemplate.fromTemplate("{{#a}}x{{/a}}", { templateFormat: "mustache" });
    expect(() => fromLangChain(section)).toThrow("{{#a}}");
    const dated = await PromptTemplate.fromTemplate("{day}").partial({ day: async () => "x" });
    expect(() => fromLangChain(dated)).toThrow("'day'");
    expect(() => fromLangChain("x" as never)).toThrow("ChatPromptTemplate");
  });
});

describe("the trace of a chain", () => {
  const model = new FakeListChatModel({ responses: ["yes"] });
  const linked = '[{"name": "p", "version": "3"}]';

  test.each([
    [
      "the template in a map",
      (template: ChatPromptTemplate): Runnable =>
        RunnableMap.from({ template, name: new RunnablePassthrough() }),
    ],
    ["the template in a pipe", (template: ChatPromptTemplate): Runnable => template.pipe(model)],
    ["the template alone", (template: ChatPromptTemplate): Runnable => template],
  ])("is linked to the prompt: %s", async (_title, chainOf) => {
    const chain = chainOf(promptOf("Hi {{name}}").toLangChain());
    // In the second call, the class of the template is patched.
    for (let call = 0; call < 2; call++) {
      const { trace } = await record((config) => chain.invoke({ name: "Ada" }, config));
      expect(trace.info.tags["mlflow.linkedPrompts"]).toBe(linked);
      const span = trace.data.spans.find(({ name }) => name.startsWith("ChatPromptTemplate"));
      expect(span?.attributes["mlflow.linkedPrompts"]).toBe(linked);
    }
  });

  test("is linked after partial(), and not without a prompt of MLflow", async () => {
    const template = promptOf("{{greeting}} {{name}}").toLangChain();
    const partial = await template.partial({ greeting: "Hi" });
    const { trace } = await record((config) => partial.pipe(model).invoke({ name: "Ada" }, config));
    expect(trace.info.tags["mlflow.linkedPrompts"]).toBe(linked);
    const other = ChatPromptTemplate.fromMessages([["human", "{name}"]]).pipe(model);
    const plain = await record((config) => other.invoke({ name: "Ada" }, config));
    expect(plain.trace.info.tags["mlflow.linkedPrompts"]).toBeUndefined();
  });
});

describe("the MLmodel file of a chain", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "prompts-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function promptsOf(lcModel: Runnable): Promise<unknown> {
    const path = join(folder, "model");
    await saveModel({ lcModel, path });
    const model = load(readFileSync(join(path, "MLmodel"), "utf8")) as { prompts?: unknown };
    return model.prompts;
  }

  test("lists the prompts that the chain contains", async () => {
    const first = promptOf("Hi {{name}}").toLangChain();
    const map = RunnableMap.from({ first, name: new RunnablePassthrough() });
    const second = promptOf("{{first}}", 4).toLangChain();
    const chain = RunnableSequence.from([map, second, new StringOutputParser()]);
    expect(await promptsOf(chain)).toEqual(
      expect.arrayContaining(["prompts:/p/3", "prompts:/p/4"]),
    );
  });

  test("lists none without a prompt of MLflow", async () => {
    promptOf("Hi {{name}}").toLangChain();
    expect(await promptsOf(ChatPromptTemplate.fromTemplate("Hi {name}"))).toBeNull();
  });
});
