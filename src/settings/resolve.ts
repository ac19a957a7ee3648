import { invalidParameter } from "../base/errors.js";
import { givenOptions, show, takenOption } from "./given-options.js";
import { type AutologOptions, describeOption, OPTION_NAMES, type OptionName } from "./options.js";

const CALLER = "autolog()";

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
  const given = givenOptions(CALLER, options, OPTION_NAMES);
  const resolve = (name: OptionName) =>
    given[name] === undefined
      ? fromEnvironment(name, env, onBadVariable)
      : takenOption<unknown>(CALLER, name, describeOption(name), given[name]);
  return Object.fromEntries(
    OPTION_NAMES.map((name) => [name, resolve(name)]),
  ) as unknown as AutologOptions;
}

function fromEnvironment(
  name: OptionName,
  env: Environment,
  onBadVariable: ((message: string) => void) | undefined,
): unknown {
  const option = describeOption(name);
  const text = option.env && env[option.env]?.trim();
  if (!text || !option.inEnvironment) return structuredClone(option.defaultValue);
  const result = option.inEnvironment().safeParse(text);
  if (result.success) return result.data;
  const want = name === "extraTags" ? `${option.want}, as JSON` : option.want;
  const message = `The environment variable ${option.env} (option \`${name}\`) takes ${want}, got ${show(text)}.`;
  if (!onBadVariable) throw invalidParameter(message);
  onBadVariable(`${message} The default is used: ${show(option.defaultValue)}.`);
  return structuredClone(option.defaultValue);
}
