import { invalidParameter } from "../../errors.js";
import { ParamSchema } from "./param-schema.js";
import { Schema } from "./schema.js";

/** How a signature stands in MLmodel: each part as JSON text. */
export interface SignatureDict {
  readonly inputs: string | null;
  readonly outputs: string | null;
  readonly params: string | null;
}

/**
 * What a model takes and gives. Mirrors `mlflow.models.ModelSignature`: what one writes the other reads.
 */
export class ModelSignature {
  readonly inputs: Schema | undefined;
  readonly outputs: Schema | undefined;
  readonly params: ParamSchema | undefined;

  /** @throws MlflowException INVALID_PARAMETER_VALUE where nothing is given. */
  constructor(parts: {
    readonly inputs?: Schema | undefined;
    readonly outputs?: Schema | undefined;
    readonly params?: ParamSchema | undefined;
  }) {
    if (!parts.inputs && !parts.outputs && !parts.params) {
      throw invalidParameter("At least one of inputs, outputs or params must be provided");
    }
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.params = parts.params;
  }

  /** As Python's `ModelSignature.to_dict()`. */
  toDict(): SignatureDict {
    return {
      inputs: this.inputs?.toJson() ?? null,
      outputs: this.outputs?.toJson() ?? null,
      params: this.params?.toJson() ?? null,
    };
  }

  /** Reads what `toDict()`, here or in Python, has made. */
  static fromDict(dict: Partial<SignatureDict>): ModelSignature {
    const { inputs, outputs, params } = dict;
    return new ModelSignature({
      inputs: inputs ? Schema.fromJson(inputs) : undefined,
      outputs: outputs ? Schema.fromJson(outputs) : undefined,
      params: params ? ParamSchema.fromJson(params) : undefined,
    });
  }

  toString(): string {
    const part = (schema: Schema | ParamSchema | undefined) => String(schema ?? "None");
    return `inputs: \n  ${part(this.inputs)}\noutputs: \n  ${part(this.outputs)}\nparams: \n  ${part(this.params)}\n`;
  }
}
