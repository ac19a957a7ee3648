import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { mlflowProgram } from "./python.js";

/** A Python process that runs programs one after another. They share their variables. */
export interface PythonSession {
  readonly pid: number | undefined;
  /** Runs a program and returns its variable `out`, as JSON. An error of the program rejects. */
  run<T = unknown>(program: string): Promise<T>;
  /** Everything that the process has written to stderr. */
  stderr(): string;
  close(): Promise<void>;
}

const LOOP = `
import json, sys, traceback
variables = {}
for line in sys.stdin:
    variables["out"] = None
    try:
        exec(json.loads(line), variables)
        answer = {"out": variables["out"]}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    print("\\x1e" + json.dumps(answer), flush=True)
`;

export function startPythonSession(options: {
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}): PythonSession {
  const { version, env, cwd } = options;
  const child = spawn(mlflowProgram("python", version), ["-c", LOOP], {
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("\x1e")) waiting.shift()?.(line.slice(1));
  });
  return {
    pid: child.pid,
    async run<T>(program: string) {
      const line = new Promise<string>((resolve) => waiting.push(resolve));
      child.stdin.write(`${JSON.stringify(program)}\n`);
      const early = ended.then(() => JSON.stringify({ error: `Python has ended: ${stderr}` }));
      const { out, error } = JSON.parse(await Promise.race([line, early]));
      if (error !== undefined) throw new Error(`${error}\n${stderr.slice(-4000)}`);
      return out as T;
    },
    stderr: () => stderr,
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
