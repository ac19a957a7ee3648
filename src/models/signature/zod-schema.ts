import * as z from "zod";
import { invalidParameter } from "../../base/errors.js";
import type { JsonSchema } from "./json-schema.js";
import { isZod3, jsonSchemaOfZod3, type Zod3 } from "./zod-3.js";

/** A zod schema of the app's: its copy of zod need not be ours. */
export type ZodSchema = { readonly _zod: object } | { readonly _def: object };

export function isZodSchema(value: unknown): value is ZodSchema {
  if (typeof value !== "object" || value === null) return false;
  return "_zod" in value || isZod3(value);
}

/** What zod has that JSON has not, in the types of ours that `JsonSchema` names. */
const OF_OURS: Readonly<Record<string, JsonSchema>> = {
  date: { type: "datetime" },
  bigint: { type: "integer" },
  nan: { type: "number" },
  set: { type: "array", items: {} },
};

/**
 * The JSON Schema of a zod schema, version 4 or 3; of what goes in (`input`) or what comes out of it (`output`).
 * What JSON cannot tell, such as a function or a custom check, is left open.
 */
export function jsonSchemaOfZod(schema: ZodSchema, io: "input" | "output"): JsonSchema {
  if (!("_zod" in schema)) return jsonSchemaOfZod3(schema as unknown as Zod3, io);
  try {
    return z.toJSONSchema(schema as unknown as z.ZodType, {
      io,
      unrepresentable: "any",
      cycles: "ref",
      override: ({ zodSchema, jsonSchema }) => {
        Object.assign(jsonSchema, OF_OURS[zodSchema._zod.def.type]);
      },
    }) as unknown as JsonSchema;
  } catch (cause) {
    throw invalidParameter(
      `The zod schema cannot be read: ${(cause as Error).message}. Give an example value instead.`,
    );
  }
}
