import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The ways in which the programs of test/fixtures/delivery/exits end. */
export const ENDINGS = [
  "natural end",
  "process.exitCode",
  "process.exit()",
  "throw",
  "unhandled rejection",
  "rejected top-level await",
  "never-settled top-level await",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "process.exit() in a worker",
  "worker.terminate()",
  "process.exit() beside a worker",
  "SIGKILL",
  "SIGTERM in a busy loop",
] as const;
export type Ending = (typeof ENDINGS)[number];

export const FORMATS = ["mjs", "cjs"] as const;
export type Format = (typeof FORMATS)[number];

/** How a program ended. */
export interface EndedProgram {
  readonly code: number | null;
  readonly signal: string | null;
  /** Without the lines of this package. */
  readonly stderr: string;
  /** The lines of this package. */
  readonly ownLines: readonly string[];
  /** From the begin of the end until the parent has received it. */
  readonly endMs: number;
}

/** Ends a program that hangs. */
const LIMIT_MS = 120_000;

const folder = new URL("../fixtures/delivery/exits/", import.meta.url);

/** Runs a program to its end. */
export async function runToEnd(
  how: Ending,
  format: Format,
  env: Record<string, string>,
): Promise<EndedProgram> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL(`program.${format}`, folder)), how],
    {
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    },
  );
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    if (how === "SIGTERM in a busy loop") child.kill("SIGTERM");
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const exited = once(child, "exit").then(() => Date.now());
  const [code, signal] = await once(child, "close");
  const lines = stderr.split("\n");
  const isOwn = (line: string) => line.startsWith("langchain-mlflow: ");
  // A stack has other frames of Node.js itself in each program that uses AsyncLocalStorage.
  const isOfNode = (line: string) => /^\s+at .*\(node:internal\//.test(line);
  return {
    ...{ code, signal },
    stderr: lines.filter((line) => !isOwn(line) && !isOfNode(line)).join("\n"),
    ownLines: lines.filter(isOwn),
    endMs: (await exited) - Number(stdout),
  };
}

/** Runs all tasks, a few at a time. */
export async function runAll(
  tasks: readonly (() => Promise<void>)[],
  atOnce: number,
): Promise<void> {
  const left = [...tasks];
  const work = async () => {
    for (let task = left.shift(); task; task = left.shift()) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
