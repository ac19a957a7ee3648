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
  const resolved: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) {
    resolved[name] =
      options[name] === undefined
        ? fromEnvironment(name, env, onBadVariable)
        : parse(name, options[name], (reason) => optionMessage(name, reason, options[name]));
  }
  return resolved as unknown as AutologOptions;
}

function refuseUnknown(options: object): void {
  if (typeof options !== "object" || options === null) {
    throw invalidParameter(`autolog() takes an options object, got ${inspect(options)}.`);
  }
  const unknown = Object.keys(options).filter((name) => !OPTION_NAMES.includes(name as OptionName));
  if (unknown.length === 0) return;
  throw invalidParameter(
    `autolog() got an unknown option \`${unknown.join("`, `")}\`. Options are: ${OPTION_NAMES.join(", ")}.`,
  );
}

function fromEnvironment(
  name: OptionName,
  env: Environment,
  onBadVariable: ((message: string) => void) | undefined,
): unknown {
  const option = describeOption(name);
  const text = env[option.env];
  if (text === undefined || text === "") return option.defaultValue;
  try {
    return parse(name, text, (reason) => `${option.env}: ${reason}, got ${inspect(text)}`);
  } catch (cause) {
    if (!onBadVariable) throw cause;
    const used = inspect(option.defaultValue);
    onBadVariable(`${(cause as Error).message} The default ${used} is used.`);
    return option.defaultValue;
  }
}

function parse(name: OptionName, value: unknown, message: (reason: string) => string): unknown {
  const result = describeOption(name).schema.safeParse(value);
  if (result.success) return result.data;
  const reason = result.error.issues[0]?.message ?? "not valid";
  throw invalidParameter(`${message(reason.replace(/^Invalid input: /, ""))}.`);
}

function optionMessage(name: OptionName, reason: string, value: unknown): string {
  return `autolog() option \`${name}\`: ${reason}, got ${inspect(value, { depth: 1 })} (${typeof value})`;
}
