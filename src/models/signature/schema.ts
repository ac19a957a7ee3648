import { invalidParameter, MlflowException } from "../../errors.js";
import { type Plain, toJson } from "../../trace/plain.js";
import { bareType, type ColumnType, describeType, readColumnType } from "./column-type.js";

/** One column of a model's input or output. */
export interface ColSpec {
  readonly type: ColumnType;
  /** Undefined for the only column there is, which then has no name. */
  readonly name?: string;
  readonly required: boolean;
}

/** A tensor, as models of other flavors take them: read and written, never looked into. */
export interface TensorSpec {
  readonly name?: string;
  readonly tensor: Readonly<Record<string, unknown>>;
}

/** What a model takes or gives: named columns, or one without a name. Mirrors `mlflow.types.Schema`. */
export class Schema {
  readonly inputs: readonly (ColSpec | TensorSpec)[];

  /** @throws MlflowException INVALID_PARAMETER_VALUE for no columns, doubled names, or names on some only. */
  constructor(inputs: readonly (ColSpec | TensorSpec)[]) {
    if (inputs.length === 0) {
      throw invalidParameter("Creating Schema with empty inputs is not allowed.");
    }
    const names = inputs.map(({ name }) => name).filter((name) => name !== undefined);
    if (names.length > 0 && names.length < inputs.length) {
      throw invalidParameter(
        "Creating Schema with a combination of named and unnamed inputs is not allowed. Got input " +
          `names ${JSON.stringify(inputs.map(({ name }) => name ?? null))}`,
      );
    }
    if (new Set(names).size < names.length) {
      throw invalidParameter(`Creating Schema with duplicated input names: ${names.join(", ")}.`);
    }
    this.inputs = inputs;
  }

  get isTensorSpec(): boolean {
    return this.inputs.some(isTensor);
  }

  get hasInputNames(): boolean {
    return this.inputs[0]?.name !== undefined;
  }

  /** The columns; none where the schema is one of tensors. */
  get columns(): readonly ColSpec[] {
    return this.inputs.filter((input): input is ColSpec => !isTensor(input));
  }

  /** As Python's `Schema.to_dict()`. */
  toDict(): Record<string, unknown>[] {
    return this.inputs.map((input) => {
      if (isTensor(input)) {
        return {
          ...(input.name !== undefined && { name: input.name }),
          type: "tensor",
          "tensor-spec": input.tensor,
        };
      }
      const { type, name, required } = input;
      return { ...bareType(type), ...(name !== undefined && { name }), required };
    });
  }

  /** As Python's `Schema.to_json()`: the text that stands in MLmodel. */
  toJson(): string {
    return toJson(this.toDict() as unknown as Plain, "python");
  }

  static fromJson(text: string): Schema {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) {
      throw new MlflowException(`A schema is a list of columns, got ${text.slice(0, 100)}`);
    }
    return new Schema(list.map(readInput));
  }

  /** As Python prints it: `['a': string (required)]`. */
  toString(): string {
    return `[${this.inputs.map(describeInput).join(", ")}]`;
  }
}

function isTensor(input: ColSpec | TensorSpec): input is TensorSpec {
  return "tensor" in input;
}

function readInput(value: unknown): ColSpec | TensorSpec {
  const { type, name, required = true } = (value ?? {}) as Record<string, unknown>;
  const named = typeof name === "string" ? { name } : {};
  if (type === "tensor") {
    return {
      ...named,
      tensor: (value as Record<string, TensorSpec["tensor"]>)["tensor-spec"] ?? {},
    };
  }
  return { type: readColumnType(value), ...named, required: required !== false };
}

function describeInput(input: ColSpec | TensorSpec): string {
  const name = input.name === undefined ? "" : `'${input.name}': `;
  if (isTensor(input)) {
    const { dtype, shape } = input.tensor as { dtype?: unknown; shape?: unknown };
    return `${name}Tensor(${JSON.stringify(dtype)}, ${JSON.stringify(shape)})`;
  }
  return `${name}${describeType(input.type)} (${input.required ? "required" : "optional"})`;
}
