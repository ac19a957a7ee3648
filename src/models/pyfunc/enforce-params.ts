import { invalidParameter } from "../../errors.js";
import { type Fields, fieldsOf, namesOf } from "../dump.js";
import { pythonRepr, pythonTypeName } from "../python-text.js";
import { checkParam, type ParamSchema } from "../signature/param-schema.js";

/**
 * The parameters `predict` hands on: those the schema knows, checked, with defaults for what was not given. What it does
 * not know is told and dropped. Throws INVALID_PARAMETER_VALUE with Python's text.
 */
export function enforceParams(
  params: unknown,
  schema: ParamSchema | undefined,
  warn: (message: string) => void,
): Fields {
  const given = fieldsOf(params ?? {});
  if (!schema) return ignoreParams(params, given, warn);
  if (!given) {
    throw invalidParameter(
      `Parameters must be a dictionary. Got type '${pythonTypeName(params)}'.`,
    );
  }
  const specs = schema.params;
  const known = specs.map(({ name }) => name);
  const unknown = namesOf(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    warn(
      `Unrecognized params ${pythonRepr(unknown)} are ignored for inference. Supported params are: ` +
        `{${known.map(pythonRepr).join(", ")}}. To enable them, please add corresponding schema in ModelSignature.`,
    );
  }
  const wrong: string[] = [];
  const entries = specs.map((spec) => {
    const value = given[spec.name];
    if (value === undefined) return [spec.name, spec.default] as const;
    try {
      return [spec.name, checkParam(value, spec)] as const;
    } catch (cause) {
      wrong.push(`(${pythonRepr(spec.name)}, ${pythonRepr((cause as Error).message)})`);
      return [spec.name, undefined] as const;
    }
  });
  if (wrong.length > 0) {
    throw invalidParameter(`Invalid parameters found: {${wrong.join(", ")}}`);
  }
  return Object.fromEntries(entries);
}

function ignoreParams(
  params: unknown,
  given: Fields | undefined,
  warn: (message: string) => void,
): Fields {
  const names = given ? namesOf(given) : [];
  if (given && names.length === 0) return {};
  const which = given
    ? `Ignoring provided params: ${pythonRepr(names)}`
    : `Ignoring invalid params (not a dictionary: ${pythonTypeName(params)}).`;
  warn(
    "`params` can only be specified at inference time if the model signature defines a params schema. " +
      `This model does not define a params schema. ${which}`,
  );
  return {};
}
