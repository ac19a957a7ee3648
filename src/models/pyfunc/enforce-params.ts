import { invalidParameter } from "../../base/errors.js";
import { type Fields, fieldsOf, namesOf } from "../dump.js";
import { pythonRepr, pythonTypeName } from "../python-text.js";
import { checkParam, type ParamSchema } from "../signature/param-schema.js";

/** Whether a default from a signature may go into the options of a call. */
export type AcceptsDefault = (name: string, value: unknown) => boolean;

/**
 * Returns the parameters that `predict` passes to the model: those in the schema, checked, with the schema's defaults for those
 * that are missing. Unknown parameters are dropped with a warning, and so are defaults that are not accepted. Throws
 * INVALID_PARAMETER_VALUE with Python's text.
 */
export function enforceParams(
  params: unknown,
  schema: ParamSchema | undefined,
  warn: (message: string) => void,
  acceptsDefault: AcceptsDefault = () => true,
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
  const accepted = specs.filter((spec) => {
    if (given[spec.name] !== undefined || acceptsDefault(spec.name, spec.default)) return true;
    warn(unusedDefault(spec.name));
    return false;
  });
  const entries = accepted.map((spec) => {
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

function unusedDefault(name: string): string {
  return `The default of the parameter ${pythonRepr(name)} in the model's signature is not used: for a model that was logged as data, only defaults of LangChain's known call options are. Pass the parameter to predict(), or log the model from code.`;
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
