import { invalidParameter } from "../../base/errors.js";
import { ParamSchema, type ParamSpec } from "./param-schema.js";
import { type ColSpec, Schema, type TensorSpec } from "./schema.js";

/** A signature as it stands in an MLmodel file: JSON texts, or null for what it does not say. */
export interface SignatureDict {
  readonly inputs: string | null;
  readonly outputs: string | null;
  readonly params: string | null;
}

type SchemaLike = Schema | readonly (ColSpec | TensorSpec)[];

/**
 * MLflow's `ModelSignature`: what a model takes, what it gives, and the parameters of `predict`.
 *
 * ```ts
 * new ModelSignature({ inputs: [{ type: "string", name: "question" }], outputs: [{ type: "string" }] });
 * ```
 *
 * Mostly made by {@link inferSignature}. Throws INVALID_PARAMETER_VALUE when nothing is given, or a
 * schema is none MLflow could read.
 */
export class ModelSignature {
  readonly inputs: Schema | undefined;
  readonly outputs: Schema | undefined;
  readonly params: ParamSchema | undefined;

  constructor(schemas: {
    readonly inputs?: SchemaLike | undefined;
    readonly outputs?: SchemaLike | undefined;
    readonly params?: ParamSchema | readonly ParamSpec[] | undefined;
  }) {
    const { inputs, outputs, params } = schemas;
    if (!(inputs || outputs || params)) {
      throw invalidParameter("At least one of inputs, outputs or params must be provided");
    }
    this.inputs = toSchema(inputs);
    this.outputs = toSchema(outputs);
    this.params = isList(params) ? new ParamSchema(params as readonly ParamSpec[]) : params;
  }

  /** From what an MLmodel file holds, written here or by Python. */
  static fromDict(dict: Partial<SignatureDict>): ModelSignature {
    const { inputs, outputs, params } = dict;
    return new ModelSignature({
      inputs: inputs ? Schema.fromJson(inputs) : undefined,
      outputs: outputs ? Schema.fromJson(outputs) : undefined,
      params: params ? ParamSchema.fromJson(params) : undefined,
    });
  }

  /** What goes into an MLmodel file; Python's `ModelSignature.from_dict` reads it. */
  toDict(): SignatureDict {
    return {
      inputs: this.inputs?.toJson() ?? null,
      outputs: this.outputs?.toJson() ?? null,
      params: this.params?.toJson() ?? null,
    };
  }

  /** As Python prints it. */
  toString(): string {
    const text = (schema: Schema | ParamSchema | undefined) => schema?.toString() ?? "None";
    return (
      `inputs: \n  ${text(this.inputs)}\noutputs: \n  ${text(this.outputs)}\n` +
      `params: \n  ${text(this.params)}\n`
    );
  }
}

function toSchema(schema: SchemaLike | undefined): Schema | undefined {
  return isList(schema) ? new Schema(schema as readonly ColSpec[]) : schema;
}

/** Array.isArray, which takes a readonly array out of a union too. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
