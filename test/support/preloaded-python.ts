import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The socket of a Python process that has imported this version of MLflow, or undefined if there is none. */
function socketOf(version: string): string | undefined {
  // Set by `test/setup/preloaded-python.ts`.
  const folder = process.env.TEST_PRELOADED_PYTHON;
  if (folder === undefined) return undefined;
  const path = join(folder, version);
  return existsSync(path) ? path : undefined;
}

/** What a program prints that runs in a fork of a process that has imported MLflow; undefined if there is no such process. */
export async function runInFork(
  version: string,
  program: string,
  env: Env,
): Promise<string | undefined> {
  const path = socketOf(version);
  if (path === undefined) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of send(path, { kind: "program", program, env })) chunks.push(chunk);
  const { code, stdout, stderr } = JSON.parse(Buffer.concat(chunks).toString()) as ProgramResult;
  if (code !== 0) throw new Error(`The Python program ended with exit code ${code}:\n${stderr}`);
  return stdout;
}

/** A process whose output arrives on `output`. This stream closes when the process has ended. */
export interface ForkedServer {
  readonly pid: number;
  readonly output: Socket;
  readonly ended: Promise<void>;
}

/** Runs `mlflow` with these arguments, as the leader of its own process group. */
export async function startServerInFork(
  version: string,
  options: { readonly args: readonly string[]; readonly env: Env; readonly cwd: string },
): Promise<ForkedServer | undefined> {
  const path = socketOf(version);
  if (path === undefined) return undefined;
  const output = send(path, { kind: "server", ...options });
  const ended = new Promise<void>((resolve) => output.once("close", () => resolve()));
  let text = "";
  while (!text.includes("\n")) {
    const chunk = await Promise.race([once(output, "data"), ended]);
    if (chunk === undefined)
      throw new Error(`The Python process of ${path} ended before it started a server.`);
    text += String(chunk[0]);
  }
  return { pid: Number.parseInt(text, 10), output, ended };
}

function send(path: string, request: object): Socket {
  const socket = connect(path);
  socket.write(`${JSON.stringify(request)}\n`);
  return socket;
}
