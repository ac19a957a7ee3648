import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "../..");

/** A program of `examples/`, run to its end; gives the lines it printed. */
export async function runExample(
  program: string,
  options: { args?: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<string[]> {
  const { args = [], env } = options;
  const { stdout } = await promisify(execFile)(process.execPath, [`examples/${program}`, ...args], {
    cwd: root,
    // Otherwise a busy machine may need longer than the end of a process waits.
    env: { ...process.env, MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "30000", ...env },
  });
  return stdout.trim().split("\n");
}

/** The page's programs, and what their models answer. */
export const PAGE_EXAMPLES = [
  { example: "page-scenario-1", answer: "Ich liebe das Programmieren." },
  {
    example: "page-scenario-2",
    answer: "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.",
  },
  { example: "rag-model", answer: "MLflow tracks LangChain runs and traces." },
] as const;
