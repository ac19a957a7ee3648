import { jsonSchemaOf } from "../../config/zod-schema.js";
import { warnOnce } from "../../log.js";
import type { Plain } from "../../trace/plain.js";
import { ANY } from "./column-type.js";
import { inferSchema } from "./infer-schema.js";
import { isSchemaLibraryObject, schemaOfJsonSchema, unreadableSchema } from "./json-schema.js";
import { ModelSignature } from "./model-signature.js";
import { inferParams } from "./param-schema.js";
import { plainExample } from "./plain-data.js";
import { Schema } from "./schema.js";

/**
 * The signature of a model, from an example of what it takes, of what it gives, and of its parameters;
 * or from zod 4 schemas of them. An object's fields are columns, a list of objects is rows. Whole
 * numbers are `long`, others `double`; null and what is empty is `any` and optional. LangChain's
 * messages and documents are read as their data. Mirrors `mlflow.models.infer_signature`.
 *
 * Where no schema can be told (a list of different types, an empty object) it is `any`, and that is
 * told once.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE where nothing is given, a zod schema has no JSON
 * schema, or a parameter is neither a scalar, a list of them, nor an object.
 */
export function inferSignature(
  modelInput?: unknown,
  modelOutput?: unknown,
  params?: Readonly<Record<string, unknown>>,
): ModelSignature {
  return new ModelSignature({
    inputs: schemaOf(modelInput, "input"),
    outputs: schemaOf(modelOutput, "output"),
    params: params === undefined ? undefined : inferParams(plainExample(params) ?? null),
  });
}

/** The same of values that are plain data already. */
export function inferSignatureOfPlain(input: Plain, output?: Plain): ModelSignature {
  return new ModelSignature({
    inputs: schemaOfData(input, "input"),
    outputs: output === undefined ? undefined : schemaOfData(output, "output"),
  });
}

function schemaOf(value: unknown, io: "input" | "output"): Schema | undefined {
  if (value === undefined) return undefined;
  if (!isSchemaLibraryObject(value)) return schemaOfData(plainExample(value), io);
  let schema: unknown;
  try {
    schema = jsonSchemaOf(value, io);
  } catch (cause) {
    throw unreadableSchema(io, cause);
  }
  return schemaOfJsonSchema(schema);
}

/** What cannot be told is anything: a signature is no reason to fail. */
function schemaOfData(data: Plain | undefined, io: "input" | "output"): Schema {
  try {
    return inferSchema(data);
  } catch (cause) {
    const { message } = cause as Error;
    warnOnce(
      `signature ${message}`,
      `Failed to infer the schema of the model's ${io}, it is taken for anything: ${message}`,
    );
    return new Schema([{ type: ANY, required: true }]);
  }
}
