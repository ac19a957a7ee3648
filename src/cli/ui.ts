import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { MlflowException, messageOf } from "../base/errors.js";
import { readSettings } from "../settings/settings.js";
import { resolveTrackingUri } from "../store/tracking-uri.js";
import { type Command, noLocalStore, usageError } from "./command.js";

export const ui: Command = {
  name: "ui",
  synopsis: "[--port N] [--tracking-uri DIRECTORY]",
  summary: "open MLflow's own UI on the local store",
  help: [
    "--port N             the port on 127.0.0.1 (default 5000)",
    "Requires Python's mlflow, or uv, which downloads it.",
  ],
  examples: {
    ui: "the traces of the local store, at http://127.0.0.1:5000",
    "ui --port 5001": "at another port",
  },
  options: { port: { type: "string" } },
  maxPositionals: 0,
  async run({ options, env, terminal }) {
    const port = readPort(options.port);
    const uri = (options["tracking-uri"] as string | undefined) || readSettings(env).trackingUri;
    const target = resolveTrackingUri(uri);
    if (target.kind === "server") {
      terminal.write(`MLflow's UI is at ${target.uri}`);
      return 0;
    }
    if (!existsSync(target.directory)) throw noLocalStore(target.directory);
    const server = [
      ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      // MLflow percent-decodes a bare path and would open another directory, so a URI is passed.
      ...["--backend-store-uri", pathToFileURL(target.directory).href],
    ];
    // MLflow refuses a directory as its store unless this variable is set.
    const environment = { ...env, MLFLOW_ALLOW_FILE_STORE: "true" };
    await checkFree(port);
    const ended = new AbortController();
    const address = `http://127.0.0.1:${port}`;
    void untilItAnswers(`${address}/health`, ended.signal).then((answers) => {
      if (answers) terminal.note(`MLflow's UI: ${address} (press Ctrl-C to stop)`);
    });
    const code =
      (await runThrough("mlflow", server, environment)) ??
      (await runThrough("uvx", ["mlflow", ...server], environment));
    ended.abort();
    if (code !== undefined) return code;
    throw new MlflowException(
      "MLflow's UI is part of Python's mlflow, and neither `mlflow` nor `uvx` is on the PATH. Run: pip install mlflow",
      "NOT_IMPLEMENTED",
    );
  },
};

const POLL_MS = 200;

/** Resolves to true when the address answers, or to false when the signal is aborted before. */
async function untilItAnswers(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const answers = await fetch(url, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** Another program on the port would answer in place of MLflow's UI. */
async function checkFree(port: number): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (cause) {
    throw new MlflowException(
      `The port ${port} is not free (${messageOf(cause)}). Choose another one: langchain-mlflow ui --port ${port === 65_535 ? 5000 : port + 1}`,
      "INVALID_STATE",
      { cause },
    );
  } finally {
    server.close();
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** On Windows a process group would open a console window. */
const hasGroups = process.platform !== "win32";

/** Runs a program until it exits. Resolves to its exit code, or to undefined if the program is not installed. */
function runThrough(program: string, args: string[], env: NodeJS.ProcessEnv) {
  return new Promise<number | undefined>((resolve, reject) => {
    // MLflow does not stop its workers when it is killed, so signals go to the whole process group.
    const stdio = ["ignore", "inherit", "inherit"] as const;
    const child = spawn(program, args, { env, stdio: [...stdio], detached: hasGroups });
    const forward = (signal: NodeJS.Signals) => {
      try {
        if (hasGroups && child.pid) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // The program has exited.
      }
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    const finish = () => {
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      finish();
      if (error.code === "ENOENT") resolve(undefined);
      else reject(error);
    });
    child.once("exit", (code, signal) => {
      finish();
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1));
    });
  });
}

function readPort(text: string | boolean | undefined): number {
  if (text === undefined) return 5000;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw usageError(`--port takes a number from 1 to 65535, got ${text}.`);
}
