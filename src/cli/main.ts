import { type ParseArgsConfig, parseArgs } from "node:util";
import { MlflowException } from "../base/errors.js";
import { nearestName } from "../settings/nearest-name.js";
import type { Environment } from "../settings/settings.js";
import { type Command, type Invocation, isUsageError, usageError } from "./command.js";
import { helpOf, overviewOf, usageOf } from "./help.js";
import type { Terminal } from "./terminal.js";

export interface MainOptions {
  readonly argv: readonly string[];
  readonly commands: readonly Command[];
  readonly version: string;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly catchInterrupt: Invocation["catchInterrupt"];
}

type OptionTypes = NonNullable<ParseArgsConfig["options"]>;

const COMMON: OptionTypes = {
  "tracking-uri": { type: "string" },
  help: { type: "boolean", short: "h" },
};

/** Runs a command line. Resolves to the exit code: 0 for success, 1 for a failure, 2 for invalid arguments. */
export async function main(options: MainOptions): Promise<number> {
  try {
    return await dispatch(options);
  } catch (error) {
    if (!(error instanceof MlflowException) && !isUsageError(error)) throw error;
    options.terminal.note(`langchain-mlflow: ${(error as Error).message}`);
    return isUsageError(error) ? 2 : 1;
  }
}

async function dispatch(options: MainOptions): Promise<number> {
  const { argv, commands, version, env, terminal, catchInterrupt } = options;
  const [name, ...args] = argv;
  if (name === "--version" || name === "-v") {
    terminal.write(version);
    return 0;
  }
  if (name === undefined) {
    terminal.note(overviewOf(commands));
    return 2;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    const [about] = args;
    terminal.write(about ? helpOf(commandNamed(about, commands)) : overviewOf(commands));
    return 0;
  }
  const command = commandNamed(name, commands);
  const { values, positionals } = parse(command, args);
  if (values.help) {
    terminal.write(helpOf(command));
    return 0;
  }
  if (positionals.length > command.maxPositionals) {
    const extra = positionals.slice(command.maxPositionals).join(" ");
    throw usageError(`${name} does not take \`${extra}\`. Usage: ${usageOf(command)}`);
  }
  const empty = Object.keys(values).find((key) => values[key] === "" && key !== "tracking-uri");
  if (empty !== undefined) throw usageError(`--${empty} needs a value, got an empty text.`);
  if (positionals.includes("") && Number.isFinite(command.maxPositionals)) {
    throw usageError(`an argument of ${name} is empty. Usage: ${usageOf(command)}`);
  }
  return command.run({ options: values, positionals, env, terminal, catchInterrupt });
}

function commandNamed(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  const meant = nearestName(name, names);
  const hint = meant ? ` Did you mean ${meant}?` : "";
  throw usageError(`there is no command ${name}.${hint} Commands are: ${names.join(", ")}.`);
}

/** Parses the arguments after the name of the command. */
function parse(command: Command, args: readonly string[]) {
  const options = { ...COMMON, ...command.options };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    return { values: values as Invocation["options"], positionals };
  } catch (cause) {
    throw argumentError(command.name, options, cause as NodeJS.ErrnoException);
  }
}

/** The error for arguments that Node.js cannot parse. Its own messages advise what this program does not have. */
function argumentError(
  name: string,
  options: OptionTypes,
  { code, message }: NodeJS.ErrnoException,
): Error {
  const option = /'(?:-\w, )?(--?[^\s'=]*)/.exec(message)?.[1];
  if (option === undefined) return usageError(message);
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const names = Object.keys(options).map((known) => `--${known}`);
    const meant = nearestName(option, names);
    const hint = meant ? ` Did you mean ${meant}?` : "";
    return usageError(`${name} has no option ${option}.${hint} Options are: ${names.join(", ")}.`);
  }
  const isSwitch = options[option.slice(2)]?.type === "boolean";
  return usageError(
    isSwitch
      ? `${option} takes no value. Write ${option} alone.`
      : `${option} needs a value. If the value begins with "-", write ${option}=VALUE.`,
  );
}
