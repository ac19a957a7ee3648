import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
mkdirSync(join(root, ".cache/bundles"), { recursive: true });
const directory = mkdtempSync(join(root, ".cache/bundles/export-"));
const exportModule = join(directory, "export.mjs");

/** The sources as one file that plain Node can import. */
export async function buildExportModule(): Promise<void> {
  const contents = `export * from "./src/delivery/queue.js"; export * from "./src/delivery/exit.js";`;
  await build({
    stdin: { contents, resolveDir: root },
    outfile: exportModule,
    bundle: true,
    platform: "node",
    format: "esm",
    sourcemap: "inline",
  });
}

export function removeExportModule(): void {
  // Coverage of the programs is read from the bundle after the tests.
  if (!process.env.NODE_V8_COVERAGE) rmSync(directory, { recursive: true, force: true });
}

/** A real HTTP server that takes items, one a line, or does what `answer` says. */
export async function startSink(answer: RequestListener = (_, response) => response.end()) {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    received.push(...body.split("\n").filter(Boolean));
    answer(request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, received, stop };
}

export interface Run {
  /** How it ended and what it printed: all that the world sees of a program. */
  readonly outcome: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly stdout: string;
    readonly stderr: string;
  };
  /** From the last signal, or the start, to the end. */
  readonly tookMs: number;
  readonly spilled: string[];
}

export interface RunOptions {
  /** Where items go; without it the program runs without any of our code. */
  readonly sinkUrl?: string;
  readonly env?: Record<string, string>;
  /** Sent when the program is ready, with a little time between them. */
  readonly signals?: readonly NodeJS.Signals[];
}

let runs = 0;

/** Runs a program of test/fixtures/delivery to its end. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  const { sinkUrl, signals = [] } = options;
  runs += 1;
  const spillFile = join(directory, `spill-${runs}`);
  const ours = sinkUrl && { EXPORT_MODULE: exportModule, SINK_URL: sinkUrl, SPILL_FILE: spillFile };
  const child = fork(join(root, "test/fixtures/delivery", program), args, {
    silent: true,
    execArgv: [],
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, ...options.env, ...ours },
  });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, "exit");
  let startedAtMs = performance.now();
  if (signals.length > 0) await Promise.race([once(child, "message"), ended]);
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await sleep(200);
    startedAtMs = performance.now();
    child.kill(signal);
  }
  const [code, signal] = await ended;
  const tookMs = performance.now() - startedAtMs;
  const [stdout, stderr] = await printed;
  const spilled = existsSync(spillFile) ? readFileSync(spillFile, "utf8").trim().split("\n") : [];
  return { outcome: { code, signal, stdout, stderr }, tookMs, spilled };
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

export const items = (count: number) =>
  Array.from({ length: count }, (_, index) => `item ${index}`);
