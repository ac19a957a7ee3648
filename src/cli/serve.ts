import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { countOf } from "../base/count-of.js";
import { messageOf } from "../base/errors.js";
import { type Command, type Invocation, usageError } from "./command.js";

const DEFAULT_PORT = 5000;
const DEFAULT_DRAIN_TIMEOUT_MS = 30_000;

export const serve: Command = {
  name: "serve",
  synopsis: "MODEL_URI [--agent] [--port N] [--host HOST] [--token-file FILE]",
  summary: "serve a logged model by HTTP, as `mlflow models serve` of Python does",
  help: [
    "MODEL_URI            models:/NAME@ALIAS, models:/NAME/VERSION, models:/m-…, runs:/…, or a folder",
    "--agent              serve the paths of mlflow.genai.agent_server",
    "--port N             the port (default 5000); 0 is any free port",
    "--host HOST          the address to listen at (default 127.0.0.1; 0.0.0.0 for every interface)",
    "--token-file FILE    requests must have the token in this file: authorization: Bearer TOKEN",
    "--cors-origins LIST  origins whose pages may call the server, separated by commas (default none)",
    "--max-body-bytes N   refuse longer bodies with 413 (default 10485760)",
    "--max-concurrent-requests N   refuse further requests with 503 (default 256)",
    "--request-timeout-ms N   abort longer calls with 504 (default 60000)",
    "--drain-timeout-ms N   the time for running calls at the end, then they are aborted (default 30000)",
    "Ctrl-C and SIGTERM finish the running calls, send the traces, and end the process.",
  ],
  examples: {
    "serve models:/agent@champion --agent": "serve an agent at http://127.0.0.1:5000",
    "serve ./model --port 8080 --host 0.0.0.0": "serve a folder in a container",
  },
  options: {
    agent: { type: "boolean" },
    port: { type: "string" },
    host: { type: "string" },
    "token-file": { type: "string" },
    "cors-origins": { type: "string" },
    "max-body-bytes": { type: "string" },
    "max-concurrent-requests": { type: "string" },
    "request-timeout-ms": { type: "string" },
    "drain-timeout-ms": { type: "string" },
  },
  maxPositionals: 1,
  async run({ options, positionals, terminal, catchInterrupt }) {
    const [modelUri] = positionals;
    if (!modelUri) throw usageError("serve needs the URI of a model, or its folder.");
    const port = readNumber(options, "port", { min: 0, max: 65_535 }) ?? DEFAULT_PORT;
    const host = textOf(options, "host") ?? "127.0.0.1";
    const drainTimeoutMs = readNumber(options, "drain-timeout-ms") ?? DEFAULT_DRAIN_TIMEOUT_MS;
    const given = await readServing(options);
    // The other commands need none of this.
    const [
      { autolog },
      { loadPyFuncModel },
      { readServingOptions },
      { startModelServer },
      { refusesAgentRequests },
      traces,
    ] = await Promise.all([
      import("../autolog/autolog.js"),
      import("../models/load-model.js"),
      import("../serving/options.js"),
      import("../serving/node-server.js"),
      import("../serving/agent-columns.js"),
      import("../tracing/traces.js"),
    ]);
    const settings = readServingOptions("serve", given);
    const interrupted = catchInterrupt();
    // Before the code of the model runs, so that an autolog() of its own decides.
    autolog();
    const trackingUri = textOf(options, "tracking-uri");
    if (trackingUri) traces.setTrackingUri(trackingUri);
    const model = await loadPyFuncModel(modelUri);
    if (settings.agent && refusesAgentRequests(model)) {
      terminal.note(
        `langchain-mlflow: the signature of ${modelUri} has no column \`messages\` or \`input\`, so that it refuses every request of an agent. Serve it without --agent, or log it with another signature.`,
      );
    }
    const log = (text: string) => terminal.note(`langchain-mlflow: ${text}`);
    const server = await startModelServer(model, settings, { host, port, log });
    terminal.note(`Serving ${modelUri} at ${server.url} (press Ctrl-C to stop)`);
    if (!interrupted.aborted) await once(interrupted, "abort");
    const aborted = await server.close(drainTimeoutMs);
    if (aborted > 0) {
      terminal.note(
        `${countOf(aborted, "call was", "calls were")} aborted: they were still running ${drainTimeoutMs} ms after the signal to end.`,
      );
    }
    await traces.flushTraces();
    return 0;
  },
};

type Options = Invocation["options"];

async function readServing(options: Options) {
  const file = textOf(options, "token-file");
  const origins = textOf(options, "cors-origins");
  return {
    agent: options.agent === true,
    bearerToken: file === undefined ? undefined : await readToken(file),
    corsOrigins: origins?.split(",").map((origin) => origin.trim()),
    maxBodyBytes: readNumber(options, "max-body-bytes"),
    maxConcurrentRequests: readNumber(options, "max-concurrent-requests"),
    requestTimeoutMs: readNumber(options, "request-timeout-ms"),
  };
}

async function readToken(file: string): Promise<string> {
  let token: string;
  try {
    token = (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw usageError(`--token-file cannot be read: ${messageOf(cause)}`);
  }
  if (token === "") throw usageError(`--token-file takes a file with a token, ${file} is empty.`);
  return token;
}

function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

function readNumber(
  options: Options,
  name: string,
  { min = 1, max = 2 ** 31 - 1 } = {},
): number | undefined {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usageError(`--${name} takes a whole number from ${min} to ${max}, got ${text}.`);
}
