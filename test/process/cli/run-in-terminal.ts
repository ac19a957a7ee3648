import { execFile } from "node:child_process";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";

/** Runs a program in a pseudo-terminal of the given width, and copies its output to stdout. Presses Ctrl-C after a text. */
const PROGRAM = `
import fcntl, os, pty, struct, sys, termios
after = os.environ.get("CTRL_C_AFTER", "").encode()
seen = b""
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
    seen += data
    if after and after in seen:
        after = b""
        os.write(fd, b"\\x03")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

type Env = Readonly<Record<string, string | undefined>>;

/** The lines that a program writes to a terminal with this number of columns. Rejects if its exit code is not 0. */
export async function runInTerminal(
  columns: number,
  command: readonly string[],
  env: Env,
): Promise<string[]> {
  const { code, lines } = await start(columns, command, env);
  if (code !== 0) throw new Error(`exit code ${code}: ${lines.join("\n")}`);
  return lines;
}

/** Runs a program in a terminal, and presses Ctrl-C when it has written `after`. */
export function interruptInTerminal(command: readonly string[], after: string, env: Env) {
  return start(80, command, { ...env, CTRL_C_AFTER: after });
}

function start(columns: number, command: readonly string[], env: Env) {
  return new Promise<{ code: number | null; lines: string[] }>((resolve) => {
    const args = ["-c", PROGRAM, String(columns), ...command];
    const options = { env: { ...process.env, ...env }, timeout: CHILD_LIMIT_MS };
    const child = execFile("python3", args, options, (_error, stdout) =>
      resolve({ code: child.exitCode, lines: stdout.trimEnd().split("\r\n") }),
    );
  });
}
