import { invalidParameter } from "../../base/errors.js";
import {
  checkArgument,
  checkOption,
  type OptionKinds,
  readOptions,
} from "../../settings/check-options.js";
import { dictionary, isDictionary, type Kind, kindOf } from "../../settings/kinds.js";
import { ParamSchema, type ParamSpec } from "./param-schema.js";
import { type ColSpec, Schema, type TensorSpec } from "./schema.js";

/** The form of a signature in an MLmodel file. Each part is JSON text, or null if it is missing. */
export interface SignatureDict {
  readonly inputs: string | null;
  readonly outputs: string | null;
  readonly params: string | null;
}

/** The schemas of a signature: as objects, or as the lists that create them. */
interface SignatureSchemas {
  readonly inputs?: SchemaLike | undefined;
  readonly outputs?: SchemaLike | undefined;
  readonly params?: ParamSchema | readonly ParamSpec[] | undefined;
}

function schemaOrList<T>(want: string): Kind<T> {
  // Not instanceof: the app may have several copies of this package.
  const isSchema = (value: unknown) => isDictionary(value) && "toJson" in value;
  return {
    want,
    read: (value) => (Array.isArray(value) ? [...value] : isSchema(value) ? value : undefined) as T,
  };
}

const SCHEMAS: OptionKinds<SignatureSchemas> = {
  inputs: schemaOrList("a Schema, or a list of columns"),
  outputs: schemaOrList("a Schema, or a list of columns"),
  params: schemaOrList("a ParamSchema, or a list of parameters"),
};

const textOrNull = kindOf<string | null>(
  "JSON text, or null",
  (value) => value === null || typeof value === "string",
);

type SchemaLike = Schema | readonly (ColSpec | TensorSpec)[];

/**
 * The schemas of a model's inputs and outputs, and of the parameters of `predict` (MLflow's `ModelSignature`). Usually
 * {@link inferSignature} creates it.
 *
 * ```ts
 * new ModelSignature({ inputs: [{ type: "string", name: "question" }], outputs: [{ type: "string" }] });
 * ```
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when all schemas are missing, or MLflow cannot read a schema.
 */
export class ModelSignature {
  readonly inputs: Schema | undefined;
  readonly outputs: Schema | undefined;
  readonly params: ParamSchema | undefined;

  constructor(schemas: SignatureSchemas) {
    const { inputs, outputs, params } = readOptions("ModelSignature()", schemas, SCHEMAS);
    if (!(inputs || outputs || params)) {
      throw invalidParameter("At least one of inputs, outputs or params must be provided");
    }
    this.inputs = toSchema(inputs);
    this.outputs = toSchema(outputs);
    this.params = isList(params) ? new ParamSchema(params as readonly ParamSpec[]) : params;
  }

  /** Reads the signature of an MLmodel file, which can also be written by Python. */
  static fromDict(dict: Partial<SignatureDict>): ModelSignature {
    const caller = "ModelSignature.fromDict()";
    // Newer versions of MLflow may write more fields.
    const fields: Partial<SignatureDict> = checkArgument(caller, "dict", dictionary, dict);
    const read = (name: keyof SignatureDict) => {
      const json = fields[name];
      return json === undefined ? json : checkOption(caller, name, textOrNull, json);
    };
    const [inputs, outputs, params] = [read("inputs"), read("outputs"), read("params")];
    return new ModelSignature({
      inputs: inputs ? Schema.fromJson(inputs) : undefined,
      outputs: outputs ? Schema.fromJson(outputs) : undefined,
      params: params ? ParamSchema.fromJson(params) : undefined,
    });
  }

  /** Returns the signature for an MLmodel file. Python's `ModelSignature.from_dict` can read it. */
  toDict(): SignatureDict {
    return {
      inputs: this.inputs?.toJson() ?? null,
      outputs: this.outputs?.toJson() ?? null,
      params: this.params?.toJson() ?? null,
    };
  }

  /** Returns the text that Python prints for the signature. */
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

/** Like Array.isArray, but also narrows a union with a readonly array. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
