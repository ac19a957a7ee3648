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
  const given = readOptions(options);
  const resolve = (name: OptionName) =>
    given[name] === undefined
      ? fromEnvironment(name, env, onBadVariable)
      : fromCode(name, given[name]);
  return Object.fromEntries(
    OPTION_NAMES.map((name) => [name, resolve(name)]),
  ) as unknown as AutologOptions;
}

/** The options, read once; names that are none are refused. */
function readOptions(options: object): Readonly<Partial<Record<OptionName, unknown>>> {
  const given = copyOf(options);
  if (!given) throw invalidParameter(`autolog() takes an object of options, got ${show(options)}.`);
  const unknown = Object.keys(given).filter((name) => !OPTION_NAMES.includes(name as OptionName));
  if (unknown.length === 0) return given;
  const names = cut(`\`${unknown.join("`, `")}\``);
  throw invalidParameter(
    `autolog() has no option ${names}. Options are: ${OPTION_NAMES.join(", ")}.`,
  );
}

/** Undefined for what is no object of options, and for what cannot be read. */
function copyOf(options: object): object | undefined {
  return attempt(() => {
    const isOptions = typeof options === "object" && options !== null && !Array.isArray(options);
    return isOptions ? { ...options } : undefined;
  });
}

function fromCode(name: OptionName, value: unknown): unknown {
  const { inCode, want } = describeOption(name);
  const result = attempt(() => inCode.safeParse(value));
  if (result?.success) return result.data;
  throw invalidParameter(`autolog() option \`${name}\` takes ${want}, got ${show(value)}.`);
}

function fromEnvironment(
  name: OptionName,
  env: Environment,
  onBadVariable: ((message: string) => void) | undefined,
): unknown {
  const option = describeOption(name);
  const text = option.env && env[option.env]?.trim();
  if (!text || !option.inEnvironment) return structuredClone(option.defaultValue);
  const result = option.inEnvironment.safeParse(text);
  if (result.success) return result.data;
  const want = name === "extraTags" ? `${option.want}, as JSON` : option.want;
  const message = `The environment variable ${option.env} (option \`${name}\`) takes ${want}, got ${show(text)}.`;
  if (!onBadVariable) throw invalidParameter(message);
  onBadVariable(`${message} The default is used: ${show(option.defaultValue)}.`);
  return structuredClone(option.defaultValue);
}

const MAX_SHOWN_CHARACTERS = 300;

/** What came, on one line of bearable length. */
function show(value: unknown): string {
  const bounds = { depth: 1, maxStringLength: 100, maxArrayLength: 5, customInspect: false };
  const text = attempt(() => inspect(value, { ...bounds, breakLength: Number.POSITIVE_INFINITY }));
  return cut(text ?? `a value of type ${typeof value}`);
}

function cut(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ");
  return line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line;
}

/** Undefined where it throws: a value may have getters of the app's. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
