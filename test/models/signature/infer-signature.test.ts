import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { inferSignature } from "../../../src/models/signature/infer-signature.js";
import { ModelSignature } from "../../../src/models/signature/model-signature.js";

const inputs = (value: unknown) => inferSignature(value).toDict().inputs;
const parsed = (value: unknown) => JSON.parse(inputs(value) ?? "null");

describe("a signature inferred from examples", () => {
  test("is Python's for the page's chain, to the letter", () => {
    const example = { input_language: "English", output_language: "German", input: "I love it." };
    expect(inferSignature(example, "Ich liebe es.").toDict()).toEqual({
      inputs:
        '[{"type": "string", "name": "input_language", "required": true}, {"type": "string", "name": "output_language", "required": true}, {"type": "string", "name": "input", "required": true}]',
      outputs: '[{"type": "string", "required": true}]',
      params: null,
    });
  });

  test("is Python's for a graph's messages", () => {
    expect(inputs({ messages: [{ role: "user", content: "hi" }] })).toBe(
      '[{"type": "array", "items": {"type": "object", "properties": {"content": {"type": "string", "required": true}, "role": {"type": "string", "required": true}}}, "name": "messages", "required": true}]',
    );
  });

  test.each<[string, unknown, object]>([
    ["a text", "q", { type: "string" }],
    ["a whole number", 5, { type: "long" }],
    ["a big whole number", 5n, { type: "long" }],
    ["another number", 1.5, { type: "double" }],
    ["true", true, { type: "boolean" }],
    ["a date", new Date(0), { type: "datetime" }],
    ["bytes", new Uint8Array([1]), { type: "binary" }],
    ["null", null, { type: "any" }],
    ["a list of texts", ["a", "b"], { type: "string" }],
    ["a list of lists", [["a"], []], { type: "array", items: { type: "string" } }],
    ["an empty list", [], { type: "string" }],
    ["whole numbers among others", [1, 2.5], { type: "double" }],
  ])("%s is one column without a name", (_, value, type) => {
    expect(parsed(value)).toEqual([{ ...type, required: true }]);
  });

  test("what is null or empty is any; null is optional", () => {
    expect(parsed({ nothing: null, list: [], object: {} })).toEqual([
      { type: "any", name: "nothing", required: false },
      { type: "any", name: "list", required: true },
      { type: "any", name: "object", required: true },
    ]);
  });

  test.each<[string, unknown, string]>([
    ["a list of different types", ["a", 1], "same type"],
    ["an empty object", {}, "empty inputs"],
  ])("%s is taken for anything, and that is told", (_, value, told) => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(parsed(value)).toEqual([{ type: "any", required: true }]);
    expect(write.mock.calls.join()).toContain(told);
    write.mockRestore();
  });

  test("a column that a row lacks, or has null in, is optional", () => {
    expect(
      parsed([
        { a: 1, b: "x", c: null },
        { a: 2, c: "y" },
      ]),
    ).toEqual([
      { type: "long", name: "a", required: true },
      { type: "string", name: "b", required: false },
      { type: "string", name: "c", required: false },
    ]);
  });

  test("properties are merged over the items of a list, in the order of their names", () => {
    expect(
      parsed({
        list: [
          { b: 1, a: null },
          { b: 2, c: ["x"] },
        ],
      })[0].items.properties,
    ).toEqual({
      a: { type: "any", required: false },
      b: { type: "long", required: true },
      c: { type: "array", items: { type: "string" }, required: false },
    });
  });

  test("LangChain's messages are read as what they hold", () => {
    const [{ items }] = parsed({ messages: [new HumanMessage("hi"), new AIMessage("hello")] });
    expect(items.properties.content).toEqual({ type: "string", required: true });
    expect(items.properties.type).toEqual({ type: "string", required: true });
    expect(items.properties.tool_calls).toEqual({ type: "any", required: false });
  });

  test("parameters have their examples as defaults", () => {
    const { params } = inferSignature("q", "a", { temperature: 0.1, stop: ["x"], n: 1 });
    expect(String(params)).toBe(
      "['temperature': double (default: 0.1), 'stop': string (default: [\"x\"]) (shape: (-1,)), 'n': long (default: 1)]",
    );
    expect(params?.toDict()[0]).toEqual({
      name: "temperature",
      default: 0.1,
      shape: null,
      type: "double",
    });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["nothing at all", () => inferSignature(), /At least one/],
    ["a parameter that is null", () => inferSignature("q", "a", { x: null }), /parameter 'x'/],
  ])("%s is refused, saying why", (_, infer, message) => {
    expect(infer).toThrow(message);
    expect(infer).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
  });
});

describe("a signature from zod schemas", () => {
  test("has the fields of an object as columns", () => {
    const schema = z.object({
      text: z.string(),
      n: z.int().optional(),
      score: z.number().nullable(),
      tags: z.array(z.string()),
      extra: z.record(z.string(), z.number()),
      inner: z.object({ when: z.iso.datetime(), ok: z.boolean().default(true) }),
      whatever: z.union([z.string(), z.number()]),
    });
    const { inputs: columns } = inferSignature(schema, z.string());
    expect(String(columns)).toBe(
      "['text': string (required), 'n': long (optional), 'score': double (optional), 'tags': Array(string) (required), " +
        "'extra': Map(str -> double) (required), 'inner': {ok: boolean (optional), when: datetime (required)} (required), " +
        "'whatever': Any (required)]",
    );
  });

  test("has an output of its own", () => {
    const { outputs } = inferSignature(z.string(), z.object({ a: z.enum(["x", "y"]) }));
    expect(String(outputs)).toBe("['a': string (required)]");
  });
});

test("a signature is read back as it was written", () => {
  const written = inferSignature({ a: [{ b: 1 }], c: null }, ["x"], { n: 1, list: [1.5] }).toDict();
  expect(ModelSignature.fromDict(written).toDict()).toEqual(written);
});

test("a tensor's schema of another flavor is kept", () => {
  const tensor =
    '[{"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]';
  const signature = ModelSignature.fromDict({ inputs: tensor });
  expect(signature.toDict().inputs).toBe(tensor);
  expect(signature.inputs?.isTensorSpec).toBe(true);
});
