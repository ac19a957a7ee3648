import type { ParseArgsConfig } from "node:util";
import { MlflowException } from "../base/errors.js";
import type { Environment } from "../settings/settings.js";
import type { Terminal } from "./terminal.js";

/** The parsed arguments and the environment of a command. */
export interface Invocation {
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  readonly env: Environment;
  readonly terminal: Terminal;
  /** From this call on, Ctrl-C aborts the signal instead of ending the process. A second Ctrl-C ends the process. */
  readonly catchInterrupt: () => AbortSignal;
}

export interface Command {
  readonly name: string;
  /** The arguments, as the usage line shows them. */
  readonly synopsis: string;
  /** The line in the list of commands. */
  readonly summary: string;
  /** The lines that describe the options, for `--help`. */
  readonly help: readonly string[];
  /** Command lines with the text that explains each one. */
  readonly examples: Readonly<Record<string, string>>;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** The maximum number of arguments that are not options. */
  readonly maxPositionals: number;
  /** Resolves to the exit code. */
  run(invocation: Invocation): Promise<number>;
}

const USAGE = "USAGE";

/** The error for invalid arguments, which exits with code 2. */
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
  return error instanceof MlflowException && error.errorCode === USAGE;
}
