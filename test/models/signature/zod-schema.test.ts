import { createRequire } from "node:module";
import { describe, expect, it, test } from "vitest";
import * as zod4 from "zod";
import * as zod3 from "zod/v3";
import { inferSignature } from "../../../src/models/signature/infer-signature.js";

/** An older copy of zod than ours, as an app may have: its `zod/v4`. */
const otherCopy: typeof zod4 = createRequire(
  new URL("../../langchain-0.3/package.json", import.meta.url),
)("zod/v4");

const COPIES = [
  ["zod 4", zod4],
  ["another copy of zod 4", otherCopy],
  ["zod 3", zod3 as unknown as typeof zod4],
] as const;

describe.each(COPIES)("a schema of %s", (_name, z) => {
  const inputs = (schema: unknown) => String(inferSignature(schema, "x").inputs);
  const outputs = (schema: unknown) => String(inferSignature("x", schema).outputs);

  test.each<[string, () => zod4.ZodType, string]>([
    ["text", () => z.string(), "[string (required)]"],
    ["a number", () => z.number(), "[double (required)]"],
    ["a whole number", () => z.number().int(), "[long (required)]"],
    ["a flag", () => z.boolean(), "[boolean (required)]"],
    ["a date", () => z.date(), "[datetime (required)]"],
    ["a bigint", () => z.bigint(), "[long (required)]"],
    ["a literal", () => z.literal("x"), "[string (required)]"],
    ["a whole literal", () => z.literal(1), "[long (required)]"],
    ["an enum", () => z.enum(["a", "b"]), "[string (required)]"],
    ["anything", () => z.any(), "[Any (required)]"],
    ["a list", () => z.array(z.string()), "[string (required)]"],
    ["a list of lists", () => z.array(z.array(z.number())), "[Array(double) (required)]"],
    ["a tuple of one type", () => z.tuple([z.string(), z.string()]), "[string (required)]"],
    ["a tuple of two", () => z.tuple([z.string(), z.number()]), "[Any (required)]"],
    ["a set", () => z.set(z.string()), "[Any (required)]"],
    [
      "a record",
      () => z.record(z.string(), z.number()),
      "[Map(str -> DataType.double) (required)]",
    ],
    ["rows", () => z.array(z.object({ a: z.string() })), "['a': string (required)]"],
    ["one of two numbers", () => z.union([z.number().int(), z.number()]), "[double (required)]"],
    ["one of two types", () => z.union([z.string(), z.number()]), "[Any (required)]"],
  ])("%s", (_what, make, text) => {
    expect(inputs(make())).toBe(text);
    expect(outputs(make())).toBe(text);
  });

  it("has a column a field, in its order", () => {
    const schema = z.object({
      question: z.string().describe("What to ask"),
      history: z.array(z.object({ role: z.string(), content: z.string().nullable() })),
      limit: z.number().int().optional(),
      tags: z.record(z.string(), z.string()),
      when: z.date().nullable(),
      extra: z.unknown(),
    });
    expect(inputs(schema)).toBe(
      "['question': string (required), " +
        "'history': Array({content: string (optional), role: string (required)}) (required), " +
        "'limit': long (optional), 'tags': Map(str -> DataType.string) (required), " +
        "'when': datetime (optional), 'extra': Any (optional)]",
    );
  });

  it("need not be given what has a default, and gives it", () => {
    const schema = z.object({ n: z.number().default(1), m: z.string().optional().default("x") });
    expect(inputs(schema)).toBe("['n': double (optional), 'm': string (optional)]");
    expect(outputs(schema)).toBe("['n': double (required), 'm': string (required)]");
  });

  it("has the input type of a transform, and leaves its output type open", () => {
    const schema = z.object({ n: z.string().transform(Number), r: z.string().refine(Boolean) });
    expect(inputs(schema)).toBe("['n': string (required), 'r': string (required)]");
    expect(outputs(schema)).toBe("['n': Any (optional), 'r': string (required)]");
  });

  it("is open where it comes to itself", () => {
    type Tree = { name: string; children: Tree[] };
    const tree: zod4.ZodType<Tree> = z.object({
      name: z.string(),
      children: z.array(z.lazy(() => tree)),
    });
    expect(inputs(z.object({ tree }))).toBe(
      "['tree': {children: Array(Any) (required), name: string (required)} (required)]",
    );
  });

  it("joins objects", () => {
    const schema = z.intersection(z.object({ a: z.string() }), z.object({ b: z.boolean() }));
    expect(inputs(schema)).toBe("['a': string (required), 'b': boolean (required)]");
    const either = z.union([z.object({ a: z.string() }), z.object({ a: z.string(), b: z.date() })]);
    expect(inputs(z.object({ either }))).toBe(
      "['either': {a: string (required), b: datetime (optional)} (required)]",
    );
  });
});

test("a date as text stays text", () => {
  expect(String(inferSignature(zod4.iso.datetime(), "x").inputs)).toBe("[string (required)]");
});

test("an enum of TypeScript's, zod 3", () => {
  const Level = { 0: "low", 1: "high", low: 0, high: 1 };
  expect(String(inferSignature(zod3.nativeEnum(Level), "x").inputs)).toBe("[long (required)]");
});
