import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** No app takes as long. */
const LIMIT_MS = 900_000;
/** For a server that ignores SIGTERM. */
const END_LIMIT_MS = 20_000;

/** Runs a program to its end. Returns its exit code and what it printed. */
export async function runProgram(command, options) {
  const { child, ended } = start(command, options);
  const limit = setTimeout(() => killGroup(child), LIMIT_MS);
  const end = await ended;
  clearTimeout(limit);
  killGroup(child);
  return end;
}

/** Runs a server, calls `visit` with its address as soon as it accepts connections, and ends it by SIGTERM. */
export async function runServer(command, options, visit) {
  const port = await freePort();
  const env = { ...options.env, PORT: String(port) };
  const { child, ended } = start(command.replaceAll("$PORT", String(port)), { ...options, env });
  let failure;
  try {
    await Promise.race([
      untilOpen(`http://127.0.0.1:${port}`).then(visit),
      ended.then(({ code }) => Promise.reject(new Error(`The server ended with code ${code}.`))),
    ]);
  } catch (cause) {
    failure = cause;
  }
  child.kill("SIGTERM");
  const limit = setTimeout(() => killGroup(child), END_LIMIT_MS);
  const end = await ended;
  clearTimeout(limit);
  killGroup(child);
  return { ...end, failure };
}

function start(command, { cwd, env }) {
  const [program, ...args] = command.split(" ");
  // A process group of its own, so that what it leaves behind can be ended.
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = Promise.race([once(child, "exit"), once(child, "error")]).then(async ([code]) => {
    // What its own child processes still print.
    await sleep(200);
    if (code instanceof Error) stderr += code.message;
    return { code, stdout, stderr };
  });
  return { child, ended };
}

function killGroup({ pid }) {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // All its processes have ended.
  }
}

async function untilOpen(address) {
  const deadline = Date.now() + LIMIT_MS / 2;
  for (;;) {
    try {
      await fetch(`${address}/not-there`, { signal: AbortSignal.timeout(60_000) });
      return address;
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
      await sleep(100);
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
