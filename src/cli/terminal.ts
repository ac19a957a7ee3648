import { styleText } from "node:util";
import { writeToStderr } from "../base/stderr.js";
import type { Environment } from "../settings/settings.js";
import { inLines } from "./printable.js";

/** The output of a command: results go to `write` (stdout), messages to `note` (stderr). */
export interface Terminal {
  /** Adds the line end. */
  write(line: string): void;
  /** Also removes control characters. */
  note(line: string): void;
  /** The width of stdout. Undefined if stdout is not a terminal, and COLUMNS is not set. */
  readonly columns: number | undefined;
  readonly colours: boolean;
  /** Whether stderr is a terminal, so that a command may show a progress bar. */
  readonly showsProgress: boolean;
}

/** Returns the terminal of this process. */
export function processTerminal(env: Environment): Terminal {
  const { stdout, stderr } = process;
  return {
    write: (line) => void stdout.write(`${line}\n`),
    note: (line) => writeToStderr(`${inLines(line)}\n`),
    // A terminal of unknown width has 0 columns.
    columns: (stdout.isTTY && stdout.columns) || widthFrom(env),
    colours: hasColours(Boolean(stdout.isTTY), env),
    showsProgress: Boolean(stderr.isTTY),
  };
}

function widthFrom({ COLUMNS }: Environment): number | undefined {
  const columns = Number(COLUMNS);
  return Number.isSafeInteger(columns) && columns > 0 ? columns : undefined;
}

/** As in Node.js, FORCE_COLOR is stronger than NO_COLOR. */
export function hasColours(isTerminal: boolean, env: Environment): boolean {
  if (env.FORCE_COLOR !== undefined) return !/^(0|false)$/i.test(env.FORCE_COLOR);
  return isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}

export type Paint = (
  style: "bold" | "dim" | "red" | "cyan" | "green" | "yellow",
  text: string,
) => string;

/** Returns a function that colours text. The caller decides; the environment and the stream are not checked again. */
export function painter(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}
