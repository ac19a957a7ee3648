import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CHILD_LIMIT_MS } from "./child-limit.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/delivery/spooled.mjs", import.meta.url));

export interface EndedApp {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** Runs the app that traces `count` calls and ends as `how` says. */
export async function runSpooledApp(
  how: string,
  count: number,
  env: Readonly<Record<string, string>>,
): Promise<EndedApp> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [PROGRAM, how, String(count)], {
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, ...env },
  });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, "close")) as [number | null];
  const [stdout, stderr] = await printed;
  return { code, stdout, stderr, tookMs: performance.now() - startedAtMs };
}
