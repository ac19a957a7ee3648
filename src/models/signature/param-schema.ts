import { invalidParameter } from "../../errors.js";
import { isPlainArray, isPlainObject, type Plain, toJson } from "../../trace/plain.js";
import { type ColumnType, type DataType, describeType, readColumnType } from "./column-type.js";
import { inferItems, inferType } from "./infer-type.js";

/** One parameter of a model's `predict`, with the value it has when none is given. */
export interface ParamSpec {
  readonly name: string;
  /** A scalar type, or an object's. */
  readonly type: ColumnType;
  readonly default: Plain;
  /** `[-1]` for a list of them. */
  readonly shape: readonly [-1] | null;
}

/** The parameters a model takes beside its input. Mirrors `mlflow.types.ParamSchema`. */
export class ParamSchema {
  readonly params: readonly ParamSpec[];

  constructor(params: readonly ParamSpec[]) {
    this.params = params;
  }

  /** As Python's `ParamSchema.to_dict()`. */
  toDict(): Record<string, unknown>[] {
    return this.params.map(({ name, type, default: value, shape }) => {
      return { name, default: value, shape, ...type };
    });
  }

  toJson(): string {
    return toJson(this.toDict() as unknown as Plain, "python");
  }

  static fromJson(text: string): ParamSchema {
    const list = JSON.parse(text) as Record<string, unknown>[];
    return new ParamSchema(
      list.map((one) => {
        const type = readColumnType({ ...one, type: one.type ?? one.dtype });
        const shape = Array.isArray(one.shape) ? ([-1] as const) : null;
        return { name: String(one.name), type, default: (one.default ?? null) as Plain, shape };
      }),
    );
  }

  /** As Python prints it: `['temperature': double (default: 0.1)]`. */
  toString(): string {
    return `[${this.params.map(describeParam).join(", ")}]`;
  }
}

export function describeParam({ name, type, default: value, shape }: ParamSpec): string {
  const suffix = shape ? " (shape: (-1,))" : "";
  return `'${name}': ${describeType(type)} (default: ${textOf(value)})${suffix}`;
}

function textOf(value: Plain): string {
  return typeof value === "string" ? value : toJson(value, "python");
}

/** The schema of example parameters, which become the defaults. */
export function inferParams(params: Plain): ParamSchema {
  if (!isPlainObject(params)) {
    throw invalidParameter(`Expected parameters to be an object, got ${toJson(params)}`);
  }
  return new ParamSchema(
    Object.entries(params).map(([name, value = null]) => ({
      name,
      default: value,
      ...typeOfParam(name, value),
    })),
  );
}

function typeOfParam(name: string, value: Plain): Pick<ParamSpec, "type" | "shape"> {
  if (!isPlainArray(value)) return { type: requireScalar(name, inferType(value)), shape: null };
  if (value.length === 0 || value.some(isPlainArray)) {
    throw invalidParameter(
      `Failed to infer schema for parameter '${name}': expected a scalar or a list of scalars, got ${toJson(value)}`,
    );
  }
  return { type: requireScalar(name, inferItems(value)), shape: [-1] };
}

function requireScalar(name: string, type: ColumnType): ColumnType {
  const refused: readonly (DataType | ColumnType["type"])[] = ["any", "binary", "array", "map"];
  if (!refused.includes(type.type)) return type;
  throw invalidParameter(
    `Failed to infer schema for parameter '${name}': ${describeType(type)} is no type of a parameter.`,
  );
}
