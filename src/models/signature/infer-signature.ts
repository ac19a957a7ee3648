import { warnOnce } from "../../base/log.js";
import type { Fields } from "../dump.js";
import { inferParamSchema, inferSchema } from "./infer-schema.js";
import { schemaOfJsonSchema } from "./json-schema.js";
import { ModelSignature } from "./model-signature.js";
import { Schema } from "./schema.js";
import { isZodSchema, jsonSchemaOfZod } from "./zod-schema.js";

/**
 * Infers the signature of a model (MLflow's `mlflow.models.infer_signature`).
 *
 * Input and output are example values or zod schemas (zod 4 or 3). An object is one row whose fields are columns, a
 * list of objects is rows, anything else is one column without a name. Whole numbers are `long`, others `double`;
 * a Date is `datetime`, a Uint8Array `binary`; null and undefined make a field optional; messages and documents
 * have the fields LangChain dumps. `params` are the parameters of `predict`, with these values as defaults.
 *
 * ```ts
 * inferSignature({ question: "How far?" }, "238,900 miles", { temperature: 0 });
 * ```
 *
 * A value MLflow has no type for, such as a list of unlike items, is told once on stderr, and its schema is `any`.
 * Throws INVALID_PARAMETER_VALUE when nothing is given, or a parameter is no scalar, list of scalars or object.
 */
export function inferSignature(
  modelInput?: unknown,
  modelOutput?: unknown,
  params?: Readonly<Record<string, unknown>>,
): ModelSignature {
  const hasParams = params !== undefined && Object.keys(params).length > 0;
  return new ModelSignature({
    inputs: schemaOf(modelInput, "inputs"),
    outputs: schemaOf(modelOutput, "outputs"),
    params: hasParams ? inferParamSchema(params as Fields) : undefined,
  });
}

function schemaOf(example: unknown, key: "inputs" | "outputs"): Schema | undefined {
  if (example === undefined || example === null) return undefined;
  if (isZodSchema(example)) {
    return schemaOfJsonSchema(jsonSchemaOfZod(example, key === "inputs" ? "input" : "output"));
  }
  try {
    return inferSchema(example);
  } catch (cause) {
    const why = (cause as Error).message;
    const note =
      key === "inputs"
        ? " Note that MLflow doesn't validate data types during inference for AnyType."
        : "";
    warnOnce(
      `infer ${key} ${why}`,
      `Failed to infer schema for ${key}: ${why.replace(/\.?$/, ".")} Setting schema to ` +
        `\`Schema([ColSpec(type=AnyType())])\` as default.${note}`,
    );
    return new Schema([{ type: "any" }]);
  }
}
