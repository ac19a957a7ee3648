import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import type { Settings } from "../../config/settings.js";
import { invalidParameter } from "../../errors.js";
import { VERSION } from "../../shared.js";
import { authHeaders, parseAddress } from "./auth.js";
import { connectionError } from "./failure.js";

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the tracking URI, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with `contentType`; pieces are sent one behind the other. */
  readonly body?: string | readonly Uint8Array[];
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** What the server said, whatever it said. */
export interface Answer {
  readonly request: Request;
  /** The tracking URI without credentials. */
  readonly uri: string;
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  readonly text: string;
}

export interface Http {
  /** The tracking URI without credentials. */
  readonly uri: string;
  /** Rejects, with an MlflowException, only when no answer came. */
  send(request: Request): Promise<Answer>;
  close(): Promise<void>;
}

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: Buffer;
}

interface Connection {
  readonly undici: typeof import("undici");
  readonly agent: Dispatcher;
  readonly headers: Record<string, string>;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Servers close a connection that is idle for 5 s. */
const KEEP_ALIVE_MS = 4_000;

/** HTTP to one tracking server. Nothing is loaded, read or opened before the first request. */
export function createHttp(options: { uri: string; settings: Settings }): Http {
  const { settings } = options;
  const address = parseAddress(options.uri);
  let connection: Promise<Connection> | undefined;

  async function connect(): Promise<Connection> {
    const undici = await import("undici");
    const tls = await tlsOptions(settings);
    return {
      undici,
      headers: await authHeaders(address, settings),
      agent: createAgent(undici, tls),
    };
  }

  return {
    uri: address.uri,
    async send(request) {
      connection ??= connect();
      // What is wrong now, such as a missing file, may be right at the next request.
      connection.catch(() => {
        connection = undefined;
      });
      const open = await connection;
      try {
        return await exchange(open, address.uri, request, settings.requestTimeoutMs);
      } catch (cause) {
        throw connectionError(cause as Error, address.uri, request.signal?.aborted);
      }
    },
    async close() {
      const open = await connection?.catch(() => undefined);
      connection = undefined;
      await open?.agent.destroy();
    },
  };
}

async function tlsOptions({ insecureTls, serverCertPath }: Settings): Promise<TlsOptions> {
  return {
    ...(insecureTls && { rejectUnauthorized: false }),
    ...(serverCertPath && { ca: await readCertificates(serverCertPath) }),
  };
}

async function readCertificates(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw invalidParameter(
      `MLFLOW_TRACKING_SERVER_CERT_PATH must name a file of certificates: ${(cause as Error).message}.`,
    );
  }
}

/**
 * Proxies are taken from the environment, as Python's client does. No socket keeps the process
 * alive, whatever the server does: who waits for an answer holds it (`holdUntil`).
 */
function createAgent(undici: typeof import("undici"), tls: TlsOptions): Dispatcher {
  const connect = undici.buildConnector({ timeout: CONNECT_TIMEOUT_MS, ...tls });
  return new undici.EnvHttpProxyAgent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTls: tls,
    connect: (options, callback) =>
      connect(options, (...[error, socket]) =>
        error ? callback(error, null) : callback(null, unreferenced(socket)),
      ),
  });
}

/** Undici refers to a socket again with each request; idle ones it lets go of by itself. */
function unreferenced<S extends Socket>(socket: S): S {
  socket.unref();
  socket.ref = () => socket;
  return socket;
}

async function exchange(
  { undici, agent, headers }: Connection,
  uri: string,
  request: Request,
  timeoutMs: number,
): Promise<Answer> {
  const url = new URL(`${uri}${request.path}`);
  for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
  const contentType = request.json === undefined ? request.contentType : "application/json";
  const response = await undici.request(url, {
    dispatcher: agent,
    method: request.method,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    headers: {
      "user-agent": `langchain-mlflow/${VERSION}`,
      accept: "application/json, */*",
      ...headers,
      ...(contentType && { "content-type": contentType }),
      ...request.headers,
    },
    body: bodyOf(request),
    signal: request.signal ?? null,
  });
  const one = (name: string) => response.headers[name]?.toString();
  return {
    request,
    uri,
    status: response.statusCode,
    contentType: one("content-type") ?? "",
    retryAfter: one("retry-after"),
    location: one("location"),
    text: await response.body.text(),
  };
}

function bodyOf({ json, body }: Request): string | Uint8Array | null {
  if (json !== undefined) return JSON.stringify(json);
  if (body === undefined || typeof body === "string") return body ?? null;
  return body.length === 1 ? body[0]! : Buffer.concat(body);
}
