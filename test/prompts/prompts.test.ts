import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PromptTemplate } from "@langchain/core/prompts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { genai, MlflowClient, setTrackingUri } from "../../src/index.js";
import { PromptVersion } from "../../src/prompts/prompt-version.js";
import type { PromptTemplate as Template } from "../../src/prompts/template.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "prompts-"));
  setTrackingUri(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function promptOf(template: Template): PromptVersion {
  return new PromptVersion({
    ...{ name: "p", version: 1, template, commitMessage: undefined, tags: {}, aliases: [] },
    ...{ responseFormat: undefined, modelConfig: undefined, creationTimestampMs: 0 },
  });
}

const PIECES = [
  "{",
  "}",
  "{{",
  "}}",
  "{{a}}",
  "{{ b }}",
  "{{c.d}}",
  "é",
  "🙂",
  "$&",
  " ",
  "a",
  "\n",
];
let seed = 7;
function random(limit: number): number {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * limit);
}
function randomText(): string {
  return Array.from({ length: random(12) }, () => PIECES[random(PIECES.length)]).join("");
}

test("LangChain formats each of 3000 random chat prompts as format() does, and converts it back", async () => {
  const values = { a: "{{b}}", b: "{x} $& é", "c.d": "}}🙂{{", extra: "ignored" };
  for (let count = 0; count < 3000; count++) {
    const template = ["system", "user", "assistant"].map((role) => ({
      role,
      content: randomText(),
    }));
    const prompt = promptOf(template);
    const langChain = prompt.toLangChain();
    const messages = await langChain.formatMessages(values);
    const formatted = prompt.format(values) as readonly { content: string }[];
    expect(messages.map(({ content }) => content)).toEqual(formatted.map(({ content }) => content));
    const normal = template.map(({ role, content }) => ({
      role,
      content: content.replace(/\{\{\s*(a|b|aa+|c\.d)\s*\}\}/g, "{{$1}}"),
    }));
    expect(genai.fromLangChain(langChain)).toEqual({ template: normal });
  }
});

test("A missing variable is refused by name, and kept with allowPartial", () => {
  const prompt = promptOf("{{a}} {{toString}}");
  expect(() => prompt.format({ a: 1 })).toThrow("Missing variables: toString.");
  expect(prompt.format({ a: 1 }, { allowPartial: true })).toBe("1 {{toString}}");
});

test("What a prompt of MLflow cannot have is refused", () => {
  const literal = PromptTemplate.fromTemplate("{{{{a}}}}");
  expect(() => genai.fromLangChain(literal)).toThrow("MLflow reads other variables");
  expect(() => promptOf("{% if a %}b{% endif %}").format()).toThrow("Jinja2");
});

test("Registered prompts are loaded by name, number and alias, and are not listed as models", async () => {
  const first = await genai.registerPrompt({
    name: "qa",
    template: "One: {{q}}",
    tags: { t: "1" },
  });
  const chat = [{ role: "user", content: "Two é: {{q}}" }];
  await genai.registerPrompt({ name: "qa", template: chat, commitMessage: "Chat" });
  expect(first).toMatchObject({ version: 1, tags: { t: "1" }, uri: "prompts:/qa/1" });
  expect(await genai.loadPrompt("qa")).toMatchObject({ template: chat, commitMessage: "Chat" });
  await genai.setPromptAlias("qa", "production", 1);
  expect((await genai.loadPrompt("prompts:/qa@production")).template).toBe("One: {{q}}");
  expect((await genai.loadPrompt("qa", { version: 1 })).aliases).toEqual(["production"]);
  expect(await genai.loadPrompt("none", { allowMissing: true })).toBeUndefined();
  await expect(genai.loadPrompt("none")).rejects.toThrow("not found");
  expect((await genai.searchPrompts().page()).items).toMatchObject([
    { name: "qa", tags: { t: "1" } },
  ]);
  expect((await new MlflowClient().searchRegisteredModels()).registeredModels).toEqual([]);
});
