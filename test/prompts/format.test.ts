import { describe, expect, test } from "vitest";
import { PromptVersion } from "../../src/prompts/prompt-version.js";
import type { PromptTemplate } from "../../src/prompts/template.js";

function promptOf(template: PromptTemplate): PromptVersion {
  return new PromptVersion({
    ...{ name: "p", version: 1, template, commitMessage: undefined, tags: {}, aliases: [] },
    ...{ responseFormat: undefined, modelConfig: undefined, creationTimestampMs: 0 },
  });
}

describe("PromptVersion.format()", () => {
  test.each([
    ["Hi {{name}} and {{ name }}!", { name: "Ada" }, "Hi Ada and Ada!"],
    ['{"a": {{x}}, "b": "{y}"}', { x: 1 }, '{"a": 1, "b": "{y}"}'],
    ["{{{x}}}", { x: "1" }, "{1}"],
    ["{{a}}{{b}}", { a: "{{b}}", b: "$& $1" }, "{{b}}$& $1"],
    ["{{user.name}}", { "user.name": "Ada" }, "Ada"],
    ["{{1x}} {{é}} {{ }}", {}, "{{1x}} {{é}} {{ }}"],
    ["{{my-name}}", { "my-name": "Ada" }, "Ada"],
    ["{{x}}", { x: "🦜", unused: "1" }, "🦜"],
    ["{{x}} {{y}}", { x: ["a"], y: null }, '["a"] null'],
  ])("%j with %j gives %j", (template, values, expected) => {
    expect(promptOf(template).format(values)).toBe(expected);
  });

  test("inserts a BigInt and a function, which JSON cannot have, as text", () => {
    expect(promptOf("{{x}} {{y}}").format({ x: 1n, y: () => "z" })).toBe('1 () => "z"');
  });

  test("formats each message of a chat, and leaves the template unchanged", () => {
    const template = [
      { role: "system", content: "Be {{style}}." },
      { role: "user", content: "{{q}}" },
    ];
    const prompt = promptOf(template);
    expect(prompt.format({ style: "brief", q: '"quoted"\n{{style}}' })).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: '"quoted"\n{{style}}' },
    ]);
    expect(prompt.template).toEqual(template);
  });

  test("names the missing variables, unless it may be partial", () => {
    const prompt = promptOf("{{a}} {{b}} {{c}}");
    expect(() => prompt.format({ b: "2", c: undefined })).toThrow(
      "Missing variables: a, c. To format the prompt partially, set `allowPartial: true`.",
    );
    expect(prompt.format({ b: "2" }, { allowPartial: true })).toBe("{{a}} 2 {{c}}");
    expect(prompt.format({ a: "1", b: "2", c: "3" }, { allowPartial: true })).toBe("1 2 3");
  });

  test("refuses Jinja2, unknown options and values that are not an object", () => {
    const jinja = promptOf("{% if x %}{{ x }}{% endif %}");
    expect(() => jinja.format({ x: 1 })).toThrow("Jinja2");
    expect(() => jinja.toLangChain()).toThrow("Jinja2");
    expect(() => promptOf("x").format({}, { partial: true } as never)).toThrow("`partial`");
    expect(() => promptOf("x").format("x" as never)).toThrow("an object");
  });

  test("toSingleBraceFormat() changes variables only", () => {
    expect(promptOf("{{ a }} {b} {{{c}}} {{1}}").toSingleBraceFormat()).toBe("{a} {b} {{c}} {{1}}");
  });
});
