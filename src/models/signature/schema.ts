import { invalidParameter, MlflowException } from "../../base/errors.js";
import { checkArgument, readArguments } from "../../settings/check-options.js";
import { text as textKind } from "../../settings/kinds.js";
import { pythonJsonString, pythonRepr } from "../python-text.js";
import { isRequired, readType, type SchemaType, typeFieldsJson, typeText } from "./schema-type.js";

/** A column: its type, its name (missing in a schema without names), and whether it is required (default: true). */
export type ColSpec = SchemaType & { readonly name?: string; readonly required?: boolean };

/** A tensor, in the signature of a model that was logged by Python. It is read and written unchanged, and not checked. */
export interface TensorSpec {
  readonly type: "tensor";
  readonly name?: string;
  readonly "tensor-spec": { readonly dtype: string; readonly shape: readonly number[] };
}

/**
 * The columns of a model's input or output (MLflow's `Schema`). Either all columns have names, or no column has a name. Throws
 * INVALID_PARAMETER_VALUE, with Python's text, for columns that MLflow cannot read.
 */
export class Schema {
  readonly inputs: readonly ColSpec[] | readonly TensorSpec[];

  constructor(inputs: readonly (ColSpec | TensorSpec)[]) {
    const specs = readArguments("The argument of Schema()", () => {
      if (Array.isArray(inputs)) return inputs.map(readSpec);
      throw invalidParameter(`Inputs of Schema must be a list, got type ${typeof inputs}`);
    });
    checkTogether(specs);
    this.inputs = specs as readonly ColSpec[] | readonly TensorSpec[];
  }

  /** Reads the JSON text of an MLmodel file. */
  static fromJson(text: string): Schema {
    return new Schema(parseList("Schema.fromJson()", text));
  }

  /** The columns. Undefined for a schema of tensors. */
  get columns(): readonly ColSpec[] | undefined {
    return isTensor(this.inputs[0]) ? undefined : (this.inputs as readonly ColSpec[]);
  }

  hasInputNames(): boolean {
    return this.inputs[0]?.name !== undefined;
  }

  /** Returns the JSON text for an MLmodel file, identical to the text that Python writes. */
  toJson(): string {
    return `[${this.inputs.map(specJson).join(", ")}]`;
  }

  /** Returns the text that Python prints: `['input': string (required)]`. */
  toString(): string {
    return `[${this.inputs.map(specText).join(", ")}]`;
  }
}

/** Parses the JSON list in the text of a schema. */
export function parseList(caller: string, text: string): ColSpec[] {
  const list: unknown = parseJson(checkArgument(caller, "text", textKind, text));
  if (Array.isArray(list)) return list;
  throw invalidParameter(`A schema must be a JSON list, got ${pythonRepr(text)}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MlflowException(
      `A schema must be JSON, got ${pythonRepr(text)}.`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

function isTensor(spec: ColSpec | TensorSpec | undefined): spec is TensorSpec {
  return spec?.type === "tensor";
}

function readSpec(spec: ColSpec | TensorSpec): ColSpec | TensorSpec {
  const name = readName(spec?.name);
  if (!isTensor(spec)) {
    return { ...readType(spec, "ColSpec"), ...name, required: isRequired(spec) };
  }
  const { dtype, shape } = spec["tensor-spec"] ?? {};
  if (typeof dtype !== "string" || !Array.isArray(shape)) {
    throw invalidParameter(
      "Missing keys in TensorSpec JSON. Expected to find keys `dtype` and `shape`",
    );
  }
  return { ...name, type: "tensor", "tensor-spec": { dtype, shape } };
}

function readName(name: unknown): { name?: string } {
  if (name === undefined || name === null) return {};
  if (typeof name === "string") return { name };
  throw invalidParameter(`The name of a column must be a string, got ${pythonRepr(name)}.`);
}

function checkTogether(specs: readonly (ColSpec | TensorSpec)[]): void {
  if (specs.length === 0) {
    throw invalidParameter("Creating Schema with empty inputs is not allowed.");
  }
  const named = specs.filter(({ name }) => name !== undefined);
  if (named.length > 0 && named.length < specs.length) {
    const names = pythonRepr(specs.map(({ name }) => name ?? null));
    throw invalidParameter(
      "Creating Schema with a combination of named and unnamed inputs is not allowed. " +
        `Got input names ${names}`,
    );
  }
  const tensors = specs.filter(isTensor).length;
  if (tensors > 0 && tensors < specs.length) {
    throw invalidParameter(
      "Creating Schema with a combination of ColSpec and TensorSpec is not supported. " +
        "Please choose one of ColSpec or TensorSpec",
    );
  }
  if (named.length === 0 && specs.some((spec) => !isTensor(spec) && !isRequired(spec))) {
    throw invalidParameter(
      "Creating Schema with unnamed optional inputs is not supported. " +
        "Please name all inputs or make all inputs required.",
    );
  }
}

function specJson(spec: ColSpec | TensorSpec): string {
  const name = spec.name === undefined ? "" : `"name": ${pythonJsonString(spec.name)}`;
  if (!isTensor(spec)) {
    const fields = [typeFieldsJson(spec), name, `"required": ${isRequired(spec)}`];
    return `{${fields.filter(Boolean).join(", ")}}`;
  }
  const { dtype, shape } = spec["tensor-spec"];
  const tensor = `{"dtype": ${pythonJsonString(dtype)}, "shape": [${shape.join(", ")}]}`;
  return `{${[name, `"type": "tensor"`, `"tensor-spec": ${tensor}`].filter(Boolean).join(", ")}}`;
}

function specText(spec: ColSpec | TensorSpec): string {
  const name = spec.name === undefined ? "" : `${pythonRepr(spec.name)}: `;
  if (!isTensor(spec)) {
    return `${name}${typeText(spec)} (${isRequired(spec) ? "required" : "optional"})`;
  }
  const { dtype, shape } = spec["tensor-spec"];
  return `${name}Tensor('${dtype}', (${shape.join(", ")}${shape.length === 1 ? "," : ""}))`;
}
