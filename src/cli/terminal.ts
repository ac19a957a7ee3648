import type { Environment } from "../settings/settings.js";

/** Where a command speaks: what it was asked for goes to `write`, all else to `note`. */
export interface Terminal {
  /** Adds the line end. */
  write(line: string): void;
  note(line: string): void;
  /** Columns of stdout; undefined when it is no terminal. */
  readonly columns: number | undefined;
  readonly colours: boolean;
  /** Is stderr a terminal, where a progress bar makes sense? */
  readonly showsProgress: boolean;
}

/** A terminal over the streams of this process. Colours only on a terminal, and not with NO_COLOR. */
export function processTerminal(env: Environment): Terminal {
  const { stdout, stderr } = process;
  return {
    write: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    // A terminal that does not know its width says 0.
    columns: (stdout.isTTY && stdout.columns) || undefined,
    colours: Boolean(stdout.isTTY) && !env.NO_COLOR && env.TERM !== "dumb",
    showsProgress: Boolean(stderr.isTTY),
  };
}
