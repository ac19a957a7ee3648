import { execFile } from "node:child_process";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";

/** Runs a program in a pseudo-terminal of the given width, and copies its output to stdout. */
const PROGRAM = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** The lines that a program writes to a terminal with this number of columns. */
export function runInTerminal(
  columns: number,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const args = ["-c", PROGRAM, String(columns), ...command];
    const options = { env: { ...process.env, ...env }, timeout: CHILD_LIMIT_MS };
    execFile("python3", args, options, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout.trimEnd().split("\r\n"));
    });
  });
}
