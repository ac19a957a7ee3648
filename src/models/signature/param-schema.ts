import { types } from "node:util";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { show } from "../../base/show.js";
import { readArguments } from "../../settings/check-options.js";
import { isScalar } from "../dump.js";
import {
  pythonFloat,
  pythonJson,
  pythonJsonString,
  pythonRepr,
  pythonStr,
  pythonTypeName,
} from "../python-text.js";
import { readDate } from "./column.js";
import { enforceType } from "./enforce-type.js";
import { parseList } from "./schema.js";
import {
  type DataType,
  type ObjectType,
  readType,
  type SchemaType,
  typeFieldsJson,
  typeText,
} from "./schema-type.js";

/**
 * A parameter of `predict`: its name, its type (an object, or a scalar other than binary), its default, and `shape: [-1]` when it is
 * a list of scalars.
 */
export type ParamSpec = ({ readonly type: DataType } | ObjectType) & {
  readonly name: string;
  readonly default: unknown;
  readonly shape?: readonly number[] | null;
};

/** MLflow's `ParamSchema`. Throws INVALID_PARAMETER_VALUE, with Python's text, for a default that does not match its type. */
export class ParamSchema {
  readonly params: readonly ParamSpec[];

  constructor(params: readonly ParamSpec[]) {
    const read = readArguments("The argument of ParamSchema()", () => {
      if (Array.isArray(params)) return (params as readonly ParamSpec[]).map(readParam);
      throw invalidParameter(`Params of ParamSchema must be a list, got ${show(params)}.`);
    });
    const names = read.map(({ name }) => name);
    const repeated = names.filter((name, index) => names.indexOf(name) < index);
    if (repeated.length > 0) {
      throw invalidParameter(`Duplicated parameters found in schema: ${pythonRepr(repeated)}`);
    }
    this.params = read;
  }

  /** Reads the JSON text of an MLmodel file. */
  static fromJson(text: string): ParamSchema {
    return new ParamSchema(parseList("ParamSchema.fromJson()", text) as unknown as ParamSpec[]);
  }

  /** Returns the JSON text for an MLmodel file. */
  toJson(): string {
    return `[${this.params.map(paramJson).join(", ")}]`;
  }

  /** Returns the text that Python prints: `['temperature': double (default: 0.1)]`. */
  toString(): string {
    return `[${this.params.map(paramText).join(", ")}]`;
  }
}

function readParam(received: ParamSpec): ParamSpec {
  // Copied, so that each getter runs once.
  const spec = { ...received };
  // Older versions of Python MLflow wrote `dtype`.
  const { dtype, type: given = dtype } = spec as { dtype?: unknown; type?: unknown };
  if (typeof spec.name !== "string" || !("default" in spec) || given === undefined) {
    throw invalidParameter(
      "Missing keys in ParamSpec JSON. Expected to find keys `name`, `type`(or `dtype`) and `default`. " +
        `Received keys: ${pythonRepr(Object.keys(spec))}`,
    );
  }
  const type = readParamType(
    spec.name,
    readType({ ...(spec as object), type: given }, "ParamSpec"),
  );
  const read = { name: spec.name, ...type, default: spec.default, shape: spec.shape ?? null };
  return { ...read, default: checkParam(spec.default, read) };
}

function readParamType(name: string, type: SchemaType): { readonly type: DataType } | ObjectType {
  if (type.type === "binary") {
    throw invalidParameter(
      `Binary type is not supported for parameters, ParamSpec '${name}'has dtype 'binary'`,
    );
  }
  if (type.type === "array" || type.type === "map" || type.type === "any") {
    throw invalidParameter(`'dtype' must be DataType, Object or str, got ${typeText(type)}`);
  }
  return type as { readonly type: DataType } | ObjectType;
}

/** Returns the value that `predict` passes to the model. Throws INVALID_PARAMETER_VALUE if it does not match its type. */
export function checkParam(value: unknown, spec: ParamSpec): unknown {
  const text = paramText(spec);
  const isList = Array.isArray(value) && !value.some(Array.isArray);
  const { shape = null } = spec;
  if (shape === null) return attempt(text, () => enforceParam(value, spec));
  if (shape.length !== 1 || shape[0] !== -1) {
    throw invalidParameter(
      "Shape must be None for scalar or dictionary value, or (-1,) for 1D array value " +
        `for ParamSpec ${text}), received (${shape.join(", ")})`,
    );
  }
  if (!isList) {
    throw invalidParameter(
      `Value must be a 1D array with shape (-1,) for param ${text}, ` +
        `received ${pythonTypeName(value)} with ndim ${depthOf(value)}`,
    );
  }
  return attempt(text, () => value.map((item) => enforceParam(item, spec)));
}

/** The number of nested lists: 0 for a scalar, 1 for a list of scalars. */
export function depthOf(value: unknown): number {
  if (!Array.isArray(value)) return 0;
  return 1 + Math.max(0, ...value.map(depthOf));
}

function attempt<T>(text: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const message = `Failed to validate type and shape for ${text}, error: ${(cause as Error).message}`;
    throw new MlflowException(message, "INVALID_PARAMETER_VALUE", { cause });
  }
}

function enforceParam(value: unknown, spec: ParamSpec): unknown {
  if (spec.type === "object") {
    enforceType(value, spec);
    return value;
  }
  if (value === null || value === undefined) return null;
  if (spec.type === "datetime") return toDate(value);
  if (!isScalar(value)) {
    throw invalidParameter(
      `Value must be a scalar for type \`DataType.${spec.type}\`, got \`${pythonStr(value)}\``,
    );
  }
  if (isOfType(value, spec.type)) return value;
  throw invalidParameter(
    `Can not safely convert \`<class '${pythonTypeName(value)}'>\` to \`DataType.${spec.type}\` ` +
      `for value \`${pythonStr(value)}\``,
  );
}

function isOfType(value: unknown, type: DataType): boolean {
  switch (type) {
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    case "integer":
    case "long":
      return typeof value === "bigint" || Number.isInteger(value);
    default:
      return typeof value === "number" || typeof value === "bigint";
  }
}

function toDate(value: unknown): unknown {
  if (types.isDate(value)) return value;
  const date = typeof value === "string" ? readDate(value) : undefined;
  if (date) return date;
  throw invalidParameter(
    "Failed to convert value to `DataType.datetime`. It must be convertible to datetime.date/datetime, " +
      `got \`${pythonStr(value)}\``,
  );
}

function paramJson(spec: ParamSpec): string {
  const shape = spec.shape ? `[${spec.shape.join(", ")}]` : "null";
  const fields = [`"name": ${pythonJsonString(spec.name)}`, `"default": ${defaultJson(spec)}`];
  return `{${[...fields, `"shape": ${shape}`, typeFieldsJson(spec)].join(", ")}}`;
}

function defaultJson(spec: ParamSpec): string {
  const { default: value } = spec;
  if (Array.isArray(value)) return `[${value.map((item) => scalarJson(item, spec)).join(", ")}]`;
  return scalarJson(value, spec);
}

function scalarJson(value: unknown, { type }: ParamSpec): string {
  const isFloat = type === "double" || type === "float";
  return isFloat && Number.isFinite(value) ? pythonFloat(value as number) : pythonJson(value);
}

function paramText(spec: ParamSpec): string {
  const shape = spec.shape ? ` (shape: (${spec.shape.join(", ")},))` : "";
  return `${pythonRepr(spec.name)}: ${typeText(spec)} (default: ${defaultText(spec)})${shape}`;
}

function defaultText({ default: value, type }: ParamSpec): string {
  const isFloat = type === "double" || type === "float";
  const text = (item: unknown) => (isFloat && typeof item === "number" ? pythonFloat(item) : "");
  return Array.isArray(value) && isFloat
    ? `[${value.map((item) => text(item) || pythonRepr(item)).join(", ")}]`
    : text(value) || pythonStr(value);
}
