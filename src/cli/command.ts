import type { ParseArgsConfig } from "node:util";
import { MlflowException } from "../base/errors.js";
import type { Environment } from "../settings/settings.js";
import type { Terminal } from "./terminal.js";

/** What a command is run with: parsed arguments and the outside world. */
export interface Invocation {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  readonly env: Environment;
  readonly terminal: Terminal;
}

export interface Command {
  readonly name: string;
  /** What follows the name, for the usage line. */
  readonly synopsis: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Lines about the options, for `--help`. */
  readonly help: readonly string[];
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** At most this many arguments besides options. */
  readonly maxPositionals: number;
  /** Resolves to the exit code. */
  run(invocation: Invocation): Promise<number>;
}

const USAGE = "USAGE";

/** The command was called in a way that cannot work: exit code 2. */
export function usageError(message: string): MlflowException {
  return new MlflowException(message, USAGE);
}

export function noLocalStore(directory: string): MlflowException {
  return new MlflowException(
    `There is no local store at ${directory} yet. Run a traced program first.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

export function isUsageError(error: unknown): boolean {
  const parseArgs = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof parseArgs === "string" && parseArgs.startsWith("ERR_PARSE_ARGS")) return true;
  return error instanceof MlflowException && error.errorCode === USAGE;
}
