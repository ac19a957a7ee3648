import { parseArgs } from "node:util";
import { MlflowException } from "../base/errors.js";
import type { Environment } from "../settings/settings.js";
import { type Command, isUsageError, usageError } from "./command.js";
import type { Terminal } from "./terminal.js";

export interface MainOptions {
  readonly argv: readonly string[];
  readonly commands: readonly Command[];
  readonly version: string;
  readonly env: Environment;
  readonly terminal: Terminal;
}

const COMMON = {
  "tracking-uri": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

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

async function dispatch({ argv, commands, version, env, terminal }: MainOptions): Promise<number> {
  const [name, ...args] = argv;
  if (name === "--version" || name === "-v") {
    terminal.write(version);
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const overview = overviewOf(commands);
    if (name === undefined) terminal.note(overview);
    else terminal.write(overview);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const names = commands.map((candidate) => candidate.name).join(", ");
    throw usageError(`there is no command ${name}. Commands are: ${names}.`);
  }
  const { values, positionals } = parseArgs({
    args,
    options: { ...COMMON, ...command.options },
    allowPositionals: true,
  });
  if (values.help) {
    terminal.write(helpOf(command));
    return 0;
  }
  if (positionals.length > command.maxPositionals) {
    const extra = positionals.slice(command.maxPositionals).join(" ");
    throw usageError(`${name} does not take \`${extra}\`. Usage: ${usageOf(command)}`);
  }
  const given = values as Record<string, string | boolean | undefined>;
  return command.run({ options: given, positionals, env, terminal });
}

const usageOf = (command: Command) => `langchain-mlflow ${command.name} ${command.synopsis}`;

function helpOf(command: Command): string {
  return [
    `Usage: ${usageOf(command)}`,
    "",
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    ...command.help,
  ].join("\n");
}

function overviewOf(commands: readonly Command[]): string {
  return [
    "Usage: langchain-mlflow COMMAND",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(8)}${command.summary}`),
    "",
    "The store is --tracking-uri, or MLFLOW_TRACKING_URI, or the directory ./.mlflow-local.",
    "Run langchain-mlflow COMMAND --help for the options of a command.",
  ].join("\n");
}
