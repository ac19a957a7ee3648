import * as z from "zod";

/** The JSON schema of what a zod 4 schema takes (`input`) or gives (`output`). Throws where there is none. */
export function jsonSchemaOf(schema: unknown, io: "input" | "output"): unknown {
  return z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: "any" });
}
