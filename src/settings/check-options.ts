import { isDeepStrictEqual } from "node:util";
import { invalidParameter, MlflowException, messageOf } from "../base/errors.js";
import { attempt, oneLine, show } from "../base/show.js";
import { isDictionary, type Kind, type RequiredKind } from "./kinds.js";
import { nearestName } from "./nearest-name.js";

/** Declares an object of options: the kind of values of each option. */
export type OptionKinds<Options> = {
  readonly [Name in keyof Options]-?: Kind<Exclude<Options[Name], undefined>>;
};

/** Second names of options, and the option that each one stands for. */
type Aliases<Options> = Readonly<Record<string, keyof Options & string>>;

/** The options that the caller passed: checked, without undefined ones. */
type Given<Options> = { readonly [Name in keyof Options]?: Exclude<Options[Name], undefined> };

/**
 * Reads and checks an object of options. Each getter runs once. An option that is undefined counts as missing. A second
 * name is read as the option that it stands for.
 *
 * @param caller the public function, for example `searchRuns()`.
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not an object, has unknown names, or has values of another
 * kind. The message names the option.
 */
export function readOptions<Options extends object>(
  caller: string,
  options: unknown,
  kinds: OptionKinds<Options>,
  aliases: Aliases<Options> = {},
): Given<Options> {
  const copy = copyOf(options);
  if (!copy) throw invalidParameter(`${caller} takes an object of options, got ${show(options)}.`);
  checkNames(caller, Object.keys(copy), Object.keys(kinds));
  const given = new Map<string, unknown>();
  for (const [name, value] of Object.entries(copy)) {
    if (value === undefined) continue;
    const option = (Object.hasOwn(aliases, name) && aliases[name]) || name;
    const kind = kinds[option as keyof Options];
    const read = checkOption(caller, name, kind as Kind<unknown>, value);
    if (given.has(option) && !isDeepStrictEqual(given.get(option), read)) {
      throw contradiction(caller, option, aliases);
    }
    given.set(option, read);
  }
  return Object.fromEntries(given) as Given<Options>;
}

/** Declares an object of options, some of which are required: see `required()`. */
export type NamedKinds<Options> = {
  readonly [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name>
    ? Kind<Exclude<Options[Name], undefined>>
    : RequiredKind<Options[Name]>;
};

/**
 * Reads an object of options as {@link readOptions}, some of which are required. Without an object, all are missing.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE also if a required option is missing. The message names it.
 */
export function readNamed<Options extends object>(
  caller: string,
  options: unknown,
  kinds: NamedKinds<Options>,
  aliases: Aliases<Options> = {},
): Options {
  const all = kinds as OptionKinds<Options>;
  const given = readOptions<Options>(caller, options === undefined ? {} : options, all, aliases);
  for (const [name, kind] of Object.entries<Kind<unknown>>(kinds)) {
    if (!("isRequired" in kind) || Object.hasOwn(given, name)) continue;
    throw invalidParameter(`${caller} requires the option \`${name}\`: ${kind.want}.`);
  }
  return given as Options;
}

/** Returns undefined if the value is not an object of options or cannot be read. */
function copyOf(options: unknown): object | undefined {
  return isDictionary(options) ? attempt(() => ({ ...options })) : undefined;
}

function checkNames(caller: string, given: readonly string[], names: readonly string[]): void {
  const unknown = given.filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  const wrong = oneLine(`\`${unknown.join("`, `")}\``);
  const meant = unknown.flatMap((name) => nearestName(name, names) ?? []);
  const listed = names.join(", ");
  if (meant.length === 0) {
    throw invalidParameter(`${caller} has no option ${wrong}. Options are: ${listed}.`);
  }
  const suggested = oneLine(`\`${[...new Set(meant)].join("`, `")}\``);
  throw invalidParameter(
    `${caller} has no option ${wrong}. Did you mean ${suggested}? Options are: ${listed}.`,
  );
}

function contradiction<Options>(caller: string, option: string, aliases: Aliases<Options>) {
  const others = Object.keys(aliases).filter((name) => aliases[name] === option);
  const names = [option, ...others].map((name) => `\`${name}\``).join(" and ");
  return invalidParameter(
    `${caller} received different values for ${names}, which are names of one option. Pass one of them.`,
  );
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the value is not one of the option's values. */
export function checkOption<T>(caller: string, name: string, kind: Kind<T>, value: unknown): T {
  const read = attempt(() => kind.read(value));
  if (read !== undefined) return read;
  throw invalidParameter(`${caller} option \`${name}\` takes ${kind.want}, got ${show(value)}.`);
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the value is not one of the argument's values. */
export function checkArgument<T>(caller: string, name: string, kind: Kind<T>, value: unknown): T {
  const read = attempt(() => kind.read(value));
  if (read !== undefined) return read;
  throw invalidParameter(`${caller} argument \`${name}\` takes ${kind.want}, got ${show(value)}.`);
}

/**
 * Runs a function that reads arguments. An error that the argument itself throws, from a getter or a proxy, becomes an
 * error of this package.
 *
 * @param what the argument, at the start of a sentence.
 * @throws MlflowException INVALID_PARAMETER_VALUE with the error of the argument as its cause.
 */
export function readArguments<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof MlflowException) throw cause;
    throw new MlflowException(
      `${what} cannot be read: ${messageOf(cause)}`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}
