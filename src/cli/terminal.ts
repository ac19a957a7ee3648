import { styleText } from "node:util";
import type { Environment } from "../settings/settings.js";

/** The output of a command: results go to `write` (stdout), messages to `note` (stderr). */
export interface Terminal {
  /** Adds the line end. */
  write(line: string): void;
  note(line: string): void;
  /** The width of stdout. Undefined if stdout is not a terminal. */
  readonly columns: number | undefined;
  readonly colours: boolean;
  /** Whether stderr is a terminal, so that a command may show a progress bar. */
  readonly showsProgress: boolean;
}

/** Returns the terminal of this process. It has colours only if stdout is a terminal and NO_COLOR is not set. */
export function processTerminal(env: Environment): Terminal {
  const { stdout, stderr } = process;
  return {
    write: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    // A terminal of unknown width has 0 columns.
    columns: (stdout.isTTY && stdout.columns) || undefined,
    colours: Boolean(stdout.isTTY) && !env.NO_COLOR && env.TERM !== "dumb",
    showsProgress: Boolean(stderr.isTTY),
  };
}

export type Paint = (style: "bold" | "dim" | "red" | "cyan", text: string) => string;

/** Returns a function that colours text. The caller decides; the environment and the stream are not checked again. */
export function painter(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}
