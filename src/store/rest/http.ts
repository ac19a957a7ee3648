import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { VERSION } from "../../base/process-state.js";
import type { Settings } from "../../settings/settings.js";
import { type Credentials, createCredentials, parseAddress } from "./auth.js";
import { connectionError, tooLong } from "./failure.js";
import { readText } from "./read-body.js";

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the tracking URI, with a leading slash. */
  readonly path: string;
  /** Sent there instead, as it is, without our credentials: a signed address. */
  readonly elsewhere?: URL;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with `contentType`; pieces are sent one behind the other. */
  readonly body?: string | readonly Uint8Array[] | StreamedBody;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A body that is read while it is sent. */
export interface StreamedBody {
  readonly bytes: number;
  readonly stream: Readable;
}

/** A success whose body comes as it is read. Who reads it sees it fail where the connection does. */
export interface StreamedAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
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
  readonly etag: string | undefined;
  /** Whether the request went without the user's credentials, because the server is not known to be theirs. */
  readonly isAnonymous: boolean;
  /** Of an error only the beginning, when it is long. */
  readonly text: string;
}

export interface Http {
  /** The tracking URI without credentials. */
  readonly uri: string;
  /**
   * Rejects, with an MlflowException, only when no whole answer came. With `receive` a success's body goes
   * there, and `text` stays empty; what `receive` throws passes on if it is an MlflowException.
   */
  send(request: Request, receive?: (answer: StreamedAnswer) => Promise<void>): Promise<Answer>;
  close(): Promise<void>;
}

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: Buffer;
}

interface Connection {
  readonly undici: typeof import("undici");
  readonly agent: Dispatcher;
}

/** Of an answer that is not a success; more of it would not help to understand the error. */
const MAX_ERROR_BYTES = 1024 * 1024;
/** The server of a request. */
interface Place {
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isAnonymous: boolean;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Servers close a connection that is idle for 5 s. */
const KEEP_ALIVE_MS = 4_000;

/** HTTP to one tracking server. Nothing is loaded, read or opened before the first request. */
export function createHttp(options: {
  uri: string;
  settings: Settings;
  /** Those of the tracking server, if this is another server; otherwise made from `uri` and `settings`. */
  credentials?: Credentials;
}): Http {
  const { settings, credentials = createCredentials(options.uri, settings) } = options;
  const address = parseAddress(options.uri);
  let connection: Promise<Connection> | undefined;

  async function connect(): Promise<Connection> {
    const undici = await import("undici");
    const tls = await tlsOptions(settings);
    return {
      undici,
      agent: createAgent(undici, tls),
    };
  }

  return {
    uri: address.uri,
    async send(request, receive) {
      connection ??= connect();
      // What is wrong now, such as a missing file, may be right at the next request.
      connection.catch(() => {
        connection = undefined;
      });
      const open = await connection;
      try {
        const headers = request.elsewhere ? {} : await credentials.headersFor(address);
        const isAnonymous = !credentials.areFor(address);
        const place = { uri: address.uri, headers, isAnonymous };
        return await exchange(open, place, request, settings, receive);
      } catch (cause) {
        if (cause instanceof MlflowException) throw cause;
        const uri = request.elsewhere?.origin ?? address.uri;
        throw connectionError(cause as Error, uri, request.signal?.aborted);
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

/** Redirects are not followed: they could lead to another server. */
async function exchange(
  { undici, agent }: Connection,
  { uri, headers, isAnonymous }: Place,
  request: Request,
  { requestTimeoutMs: timeoutMs, maxResponseBytes }: Settings,
  receive?: (answer: StreamedAnswer) => Promise<void>,
): Promise<Answer> {
  const url = request.elsewhere ?? new URL(`${uri}${request.path}`);
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
      // Answers are read as they come: a compressed one would not be understood.
      "accept-encoding": "identity",
      ...headers,
      ...(contentType && { "content-type": contentType }),
      ...(isStreamed(request.body) && { "content-length": String(request.body.bytes) }),
      ...request.headers,
    },
    body: bodyOf(request),
    signal: request.signal ?? null,
  });
  const origin = { uri: request.elsewhere?.origin ?? uri, isAnonymous };
  return readAnswer(response, { request, ...origin }, maxResponseBytes, receive);
}

async function readAnswer(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  about: Pick<Answer, "request" | "uri" | "isAnonymous">,
  maxResponseBytes: number,
  receive?: (answer: StreamedAnswer) => Promise<void>,
): Promise<Answer> {
  const one = (name: string) => headers[name]?.toString();
  const isGood = status >= 200 && status < 300;
  const answer = {
    ...about,
    status,
    contentType: one("content-type") ?? "",
    retryAfter: one("retry-after"),
    location: one("location"),
    etag: one("etag"),
  };
  if (isGood && receive) {
    await receive({ status, header: one, body });
    return { ...answer, text: "" };
  }
  const maxBytes = isGood ? maxResponseBytes : Math.min(MAX_ERROR_BYTES, maxResponseBytes);
  const { text, isWhole } = await readText(body, maxBytes);
  if (isGood && !isWhole) throw tooLong(about, maxBytes);
  return { ...answer, text };
}

function isStreamed(body: Request["body"]): body is StreamedBody {
  return typeof body === "object" && "stream" in body;
}

function bodyOf({ json, body }: Request): string | Uint8Array | Readable | null {
  if (json !== undefined) return JSON.stringify(json);
  if (isStreamed(body)) return body.stream;
  if (body === undefined || typeof body === "string") return body ?? null;
  return body.length === 1 ? body[0]! : Buffer.concat(body);
}
