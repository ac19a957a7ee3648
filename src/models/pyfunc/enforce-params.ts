import { invalidParameter } from "../../errors.js";
import type { ColumnType } from "../signature/column-type.js";
import { describeParam, type ParamSchema, type ParamSpec } from "../signature/param-schema.js";
import { enforceType } from "./enforce-type.js";
import { pythonMessageText, pythonText, pythonType } from "./python-text.js";
import { isRecord } from "./rows.js";

export type Params = Readonly<Record<string, unknown>>;

/** The parameters of a `predict()`, those not given as the signature has them. */
export function enforceParams(
  params: unknown,
  schema: ParamSchema | undefined,
  warn: (message: string) => void,
): Params {
  if (!schema) return ignoreParams(params, warn);
  const given = params ?? {};
  if (!isRecord(given)) {
    throw invalidParameter(`Parameters must be a dictionary. Got type '${pythonType(given)}'.`);
  }
  const names = schema.params.map(({ name }) => name);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    warn(
      `Unrecognized params ${pythonText(unknown)} are ignored for inference. Supported params are: ` +
        `${setText(names)}. To enable them, please add corresponding schema in ModelSignature.`,
    );
  }
  const wrong: string[] = [];
  const enforced = schema.params.map((spec): [string, unknown] => {
    const value = given[spec.name];
    if (value === undefined) return [spec.name, spec.default];
    try {
      return [spec.name, enforceParam(value, spec)];
    } catch (cause) {
      wrong.push(`(${pythonText(spec.name)}, ${pythonText((cause as Error).message)})`);
      return [spec.name, undefined];
    }
  });
  if (wrong.length > 0) throw invalidParameter(`Invalid parameters found: {${wrong.join(", ")}}`);
  return Object.fromEntries(enforced);
}

function ignoreParams(params: unknown, warn: (message: string) => void): Params {
  if (params === undefined || params === null) return {};
  const isGiven = isRecord(params);
  if (isGiven && Object.keys(params).length === 0) return {};
  warn(
    "`params` can only be specified at inference time if the model signature defines a params schema. " +
      "This model does not define a params schema. " +
      (isGiven
        ? `Ignoring provided params: ${pythonText(Object.keys(params))}`
        : "Ignoring invalid params (not a dictionary)."),
  );
  return {};
}

function enforceParam(value: unknown, spec: ParamSpec): unknown {
  const { type, shape } = spec;
  const fail = (why: string) =>
    invalidParameter(`Failed to validate type and shape for ${describeParam(spec)}, error: ${why}`);
  if (shape && !Array.isArray(value)) {
    throw invalidParameter(
      `Value must be a 1D array with shape (-1,) for param ${describeParam(spec)}, received ${pythonType(value)} with ndim 0`,
    );
  }
  try {
    return Array.isArray(value) && shape
      ? value.map((item) => enforceScalar(item, type))
      : enforceScalar(value, type);
  } catch (cause) {
    throw fail((cause as Error).message);
  }
}

function enforceScalar(value: unknown, type: ColumnType): unknown {
  if (value === null || type.type === "object") {
    if (value !== null) enforceType(value, type);
    return value;
  }
  const kind = pythonType(value);
  if (kind === "list" || kind === "dict") {
    throw invalidParameter(
      `Value must be a scalar for type \`${type.type}\`, got \`${pythonMessageText(value)}\``,
    );
  }
  const isText = kind === "str";
  if (isText !== (type.type === "string") && type.type !== "datetime") {
    throw cannotConvert(value, type);
  }
  try {
    return enforceType(value, type);
  } catch {
    throw cannotConvert(value, type);
  }
}

function cannotConvert(value: unknown, type: ColumnType) {
  return invalidParameter(
    `Can not safely convert \`<class '${pythonType(value)}'>\` to \`${type.type}\` for value \`${pythonMessageText(value)}\``,
  );
}

function setText(names: readonly string[]): string {
  return `{${names.map(pythonText).join(", ")}}`;
}
