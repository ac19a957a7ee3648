import { inspect } from "node:util";
import { invalidParameter } from "../errors.js";
import { type AutologOptions, describeOption, OPTION_NAMES, type OptionName } from "./options.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options win over the environment, the environment over the defaults. A wrong option throws; so
 * does a wrong variable, unless `onBadVariable` takes the complaint: then the default is used.
 */
export function resolveOptions(
  options: Partial<AutologOptions> = {},
  env: Environment = process.env,
  onBadVariable?: (message: string) => void,
): AutologOptions {
  refuseUnknown(options);
  const resolve = (name: OptionName) =>
    options[name] === undefined
      ? fromEnvironment(name, env, onBadVariable)
      : fromCode(name, options[name]);
  return Object.fromEntries(
    OPTION_NAMES.map((name) => [name, resolve(name)]),
  ) as unknown as AutologOptions;
}

function refuseUnknown(options: object): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidParameter(`autolog() takes an object of options, got ${show(options)}.`);
  }
  const unknown = Object.keys(options).filter((name) => !OPTION_NAMES.includes(name as OptionName));
  if (unknown.length === 0) return;
  throw invalidParameter(
    `autolog() has no option \`${unknown.join("`, `")}\`. Options are: ${OPTION_NAMES.join(", ")}.`,
  );
}

function fromCode(name: OptionName, value: unknown): unknown {
  const { inCode, want } = describeOption(name);
  const result = inCode.safeParse(value);
  if (result.success) return result.data;
  throw invalidParameter(`autolog() option \`${name}\` takes ${want}, got ${show(value)}.`);
}

function fromEnvironment(
  name: OptionName,
  env: Environment,
  onBadVariable: ((message: string) => void) | undefined,
): unknown {
  const option = describeOption(name);
  const text = env[option.env]?.trim();
  if (!text) return structuredClone(option.defaultValue);
  const result = option.inEnvironment.safeParse(text);
  if (result.success) return result.data;
  const want = name === "extraTags" ? `${option.want}, as JSON` : option.want;
  const message = `The environment variable ${option.env} (option \`${name}\`) takes ${want}, got ${show(text)}.`;
  if (!onBadVariable) throw invalidParameter(message);
  onBadVariable(`${message} The default is used: ${show(option.defaultValue)}.`);
  return structuredClone(option.defaultValue);
}

/** What came, on one line of bearable length. */
function show(value: unknown): string {
  const bounds = { depth: 1, maxStringLength: 100, maxArrayLength: 5, customInspect: false };
  return inspect(value, { ...bounds, breakLength: Number.POSITIVE_INFINITY });
}
