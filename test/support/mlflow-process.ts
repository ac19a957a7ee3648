import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { startServerInFork } from "./preloaded-python.js";
import { mlflowProgram } from "./python.js";

/** A process of the program `mlflow`: the leader of its own process group. */
export interface MlflowProcess {
  readonly pid: number;
  /** What it has written to stdout and stderr. */
  log(): string;
  hasEnded(): boolean;
  readonly ended: Promise<unknown>;
}

interface Start {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export async function startMlflow(version: string, start: Start): Promise<MlflowProcess> {
  const forked = await startServerInFork(version, start);
  if (forked !== undefined) {
    return observe(forked.pid, [forked.output], forked.ended);
  }
  const { args, env, cwd } = start;
  const child = spawn(mlflowProgram("mlflow", version), args, {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  await once(child, "spawn");
  return observe(child.pid as number, [child.stdout, child.stderr], ended);
}

function observe(
  pid: number,
  streams: readonly Readable[],
  ended: Promise<unknown>,
): MlflowProcess {
  const chunks: string[] = [];
  let hasEnded = false;
  for (const stream of streams) stream.on("data", (chunk: Buffer) => chunks.push(String(chunk)));
  void ended.then(() => {
    hasEnded = true;
  });
  return { pid, log: () => chunks.join(""), hasEnded: () => hasEnded, ended };
}
