import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";
import { faultsOfTrace } from "../../support/whole-trace.js";

const fixtures = fileURLToPath(new URL("../../fixtures/reach/", import.meta.url));

export const REGISTER = "langchain-mlflow/register";

export interface AppRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The names of its traces, sorted, each with its spans where it has more than one. */
  readonly traces: readonly string[];
}

export interface AppOptions {
  /** Node's own flags, before the program. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the Node that runs the tests. */
  readonly node?: string;
  readonly cwd?: string;
}

/** Runs a program of test/fixtures/reach to its end, with a local store of its own. */
export async function runApp(program: string, options: AppOptions = {}): Promise<AppRun> {
  const { flags = [], args = [], env, node = process.execPath, cwd = fixtures } = options;
  const directory = mkdtempSync(join(tmpdir(), "reach-"));
  try {
    const ended = await execute(node, [...flags, program, ...args], {
      cwd,
      env: { ...process.env, MLFLOW_TRACKING_URI: directory, ...env },
    });
    return { ...ended, traces: await namesOfTraces(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve) => {
    const bounds = { timeout: CHILD_LIMIT_MS, killSignal: "SIGKILL" } as const;
    execFile(command, args, { ...options, ...bounds }, (error, stdout, stderr) => {
      const code = error ? ((error.code as number | undefined) ?? -1) : 0;
      resolve({ code, stdout: stdout.trim(), stderr: stderr.trim() });
    });
  });
}

async function namesOfTraces(directory: string): Promise<string[]> {
  const store = createFileStore({ directory });
  const query = { experimentIds: ["0"], maxResults: 100 };
  const { items } = await store.searchTraceInfos(query);
  const traces = await Promise.all(items.map(({ traceId }) => store.getTrace(traceId)));
  await store.close();
  expect(traces.flatMap((trace) => (trace ? faultsOfTrace(trace) : []))).toEqual([]);
  return traces
    .map((trace) => trace?.data.spans.map(({ name }) => name).join(" > ") ?? "no trace")
    .sort();
}
