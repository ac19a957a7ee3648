import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { MlflowException, messageOf } from "../../base/errors.js";
import type { Environment } from "../../settings/settings.js";
import { type ProgramReport, REPORT_FOLDER } from "./program-report.js";

export interface ProgramRun {
  readonly command: string;
  readonly exitCode: number;
  /** One for each process and thread of Node.js. */
  readonly reports: readonly ProgramReport[];
}

export interface RunOptions {
  readonly command: readonly string[];
  readonly env: Environment;
  /** The files that Node.js loads before the program. */
  readonly preloads: readonly string[];
  /** Where the program's stdout goes. `stderr` keeps this command's own stdout free. */
  readonly stdout: "stdout" | "stderr";
}

/** Runs a program to its end, with the preload. Ctrl-C ends the program, and not this process. */
export async function runProgram(options: RunOptions): Promise<ProgramRun> {
  const folder = mkdtempSync(join(tmpdir(), "langchain-mlflow-doctor-"));
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    const exitCode = await execute(options, folder);
    return { command: options.command.join(" "), exitCode, reports: readReports(folder) };
  } finally {
    process.off("SIGINT", ignore);
    rmSync(folder, { recursive: true, force: true });
  }
}

function execute({ command, env, preloads, stdout }: RunOptions, folder: string): Promise<number> {
  const [program = "", ...args] = command;
  const flags = preloads.map((file) => `--require=${JSON.stringify(file)}`);
  const nodeOptions = [env.NODE_OPTIONS, ...flags].filter(Boolean).join(" ");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...env, NODE_OPTIONS: nodeOptions, [REPORT_FOLDER]: folder },
      stdio: ["inherit", stdout === "stdout" ? "inherit" : 2, "inherit"],
    });
    child.once("error", (cause) =>
      reject(
        new MlflowException(
          `The program ${program} cannot be started (${messageOf(cause)}).`,
          "INVALID_PARAMETER_VALUE",
          { cause },
        ),
      ),
    );
    child.once("exit", (code, signal) =>
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)),
    );
  });
}

function readReports(folder: string): ProgramReport[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(folder, name), "utf8")) as ProgramReport];
    } catch {
      // The program was killed while it wrote.
      return [];
    }
  });
}
