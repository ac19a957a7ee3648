import type { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import { VERSION } from "../../base/process-state.js";
import { wellFormedJson } from "../../data/well-formed-json.js";
import type { Settings } from "../../settings/settings.js";
import { type Connections, openConnections, type UndiciResponse } from "./agent.js";
import { type Credentials, createCredentials, parseAddress } from "./auth.js";
import { connectionError } from "./connection-error.js";
import { type HttpRequest, type HttpResponse, type StreamedBody, tooLong } from "./response.js";

/** A success with its body as a stream, which fails when the connection fails. */
export interface StreamedResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Http {
  /** The tracking URI without credentials. */
  readonly uri: string;
  /**
   * Resolves with a response of any status. Rejects with an MlflowException if the response is missing or
   * incomplete.
   *
   * @param receive receives the body of a success; `text` is then empty. An MlflowException it throws rejects
   * `send` unchanged.
   */
  send(
    request: HttpRequest,
    receive?: (response: StreamedResponse) => Promise<void>,
  ): Promise<HttpResponse>;
  /** Closes all sockets. */
  close(): Promise<void>;
  /** Closes the sockets when the requests that are running have ended. A later request opens new ones. */
  release(): void;
}

/** The server of a request. */
interface Origin {
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isAnonymous: boolean;
}

/** How much of an error body is read. More does not help to understand the error. */
const MAX_ERROR_BYTES = 1024 * 1024;
const INITIAL_BUFFER_BYTES = 16 * 1024;
/** Servers keep a connection longer than this without a request. */
const IDLE_MS = 500;

/** An HTTP client of one server. The first request loads undici and reads the certificates. */
export function createHttp(options: {
  uri: string;
  settings: Settings;
  /** Those of the tracking server, if this is another server. Default: created from `uri` and `settings`. */
  credentials?: Credentials;
}): Http {
  const { settings, credentials = createCredentials(options.uri, settings) } = options;
  const address = parseAddress(options.uri);
  let connection: Promise<Connections> | undefined;
  let hasAnswered = false;
  let answeredAtMs = Number.POSITIVE_INFINITY;
  const timeoutOf = ({ maxTimeoutMs = Number.POSITIVE_INFINITY }: HttpRequest) =>
    Math.min(
      hasAnswered ? settings.requestTimeoutMs : settings.firstRequestTimeoutMs,
      maxTimeoutMs,
    );

  return {
    uri: address.uri,
    async send(request, receive) {
      connection ??= openConnections(settings);
      // A missing certificate file, for example, may exist at the next request.
      connection.catch(() => {
        connection = undefined;
      });
      const open = await connection;
      if (performance.now() - answeredAtMs > IDLE_MS) await noticeClosed();
      const sent = { timeoutMs: timeoutOf(request), hasAnswered };
      try {
        const headers = request.elsewhere ? {} : await credentials.headersFor(address);
        const isAnonymous = !credentials.areFor(address);
        const origin = { uri: address.uri, headers, isAnonymous };
        const limits = { timeoutMs: sent.timeoutMs, maxBytes: settings.maxResponseBytes };
        const response = await exchange(open, origin, request, limits, receive);
        hasAnswered = true;
        answeredAtMs = performance.now();
        return response;
      } catch (cause) {
        if (cause instanceof MlflowException) throw cause;
        throw await connectionError(cause as Error, {
          uri: request.elsewhere?.origin ?? address.uri,
          isAborted: request.signal?.aborted === true,
          ...sent,
        });
      }
    },
    release() {
      connection?.then(
        (open) => open.close(),
        () => undefined,
      );
      connection = undefined;
    },
    async close() {
      const open = await connection?.catch(() => undefined);
      connection = undefined;
      await open?.destroy();
    },
  };
}

/**
 * Lets the event loop close the connections that the server has closed while the app kept it busy. A request on such a
 * connection would fail, and some requests must not be repeated. The first turn may be past the reading of sockets.
 */
async function noticeClosed(): Promise<void> {
  await turn();
  await turn();
}

/** Sends one request. Does not follow redirects, which could lead to another server. */
async function exchange(
  connections: Connections,
  { uri, headers, isAnonymous }: Origin,
  request: HttpRequest,
  { timeoutMs, maxBytes }: { readonly timeoutMs: number; readonly maxBytes: number },
  receive?: (response: StreamedResponse) => Promise<void>,
): Promise<HttpResponse> {
  const url = request.elsewhere ?? new URL(`${uri}${request.path}`);
  for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
  const contentType = request.json === undefined ? request.contentType : "application/json";
  const response = await connections.request(url, {
    method: request.method,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    headers: {
      "user-agent": `langchain-mlflow/${VERSION}`,
      accept: "application/json, */*",
      // undici.request does not decompress.
      "accept-encoding": "identity",
      ...headers,
      ...(contentType && { "content-type": contentType }),
      ...(isStreamed(request.body) && { "content-length": String(request.body.bytes) }),
      ...request.headers,
    },
    body: bodyOf(request),
    signal: request.signal ?? null,
  });
  const about = { request, uri: request.elsewhere?.origin ?? uri, isAnonymous };
  return readResponse(response, about, maxBytes, receive);
}

async function readResponse(
  { statusCode: status, headers, body }: UndiciResponse,
  about: Pick<HttpResponse, "request" | "uri" | "isAnonymous">,
  maxResponseBytes: number,
  receive?: (response: StreamedResponse) => Promise<void>,
): Promise<HttpResponse> {
  const one = (name: string) => headers[name]?.toString();
  const isGood = status >= 200 && status < 300;
  const response = {
    ...about,
    status,
    contentType: one("content-type") ?? "",
    retryAfter: one("retry-after"),
    location: one("location"),
    etag: one("etag"),
  };
  if (isGood && receive) {
    await receive({ status, header: one, body });
    return { ...response, text: "" };
  }
  const maxBytes = isGood ? maxResponseBytes : Math.min(MAX_ERROR_BYTES, maxResponseBytes);
  const { text, isWhole } = await readText(body, maxBytes);
  if (isGood && !isWhole) throw tooLong(about, maxBytes);
  return { ...response, text };
}

function isStreamed(body: HttpRequest["body"]): body is StreamedBody {
  return typeof body === "object" && "stream" in body;
}

function bodyOf({ json, body }: HttpRequest): string | Uint8Array | Readable | null {
  if (json !== undefined) return wellFormedJson(json);
  if (isStreamed(body)) return body.stream;
  if (body === undefined || typeof body === "string") return body ?? null;
  return neighbours(body) ?? Buffer.concat(body);
}

/** One view of pieces that follow each other in memory. */
function neighbours(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const [first] = pieces;
  if (!first) return undefined;
  let size = 0;
  for (const piece of pieces) {
    if (piece.buffer !== first.buffer || piece.byteOffset !== first.byteOffset + size) {
      return undefined;
    }
    size += piece.byteLength;
  }
  return new Uint8Array(first.buffer, first.byteOffset, size);
}

/**
 * Reads at most `maxBytes` of a body as text. If the body is longer, `isWhole` is false and the connection is
 * closed. Copies the bytes into one buffer, because a body may consist of millions of tiny chunks.
 */
async function readText(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  let buffer = Buffer.allocUnsafe(Math.min(INITIAL_BUFFER_BYTES, maxBytes));
  let length = 0;
  let isWhole = true;
  for await (const chunk of body) {
    const wanted = Math.min(length + chunk.length, maxBytes);
    if (wanted > buffer.length) {
      const grown = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(wanted, 2 * buffer.length)));
      buffer.copy(grown, 0, 0, length);
      buffer = grown;
    }
    chunk.copy(buffer, length, 0, wanted - length);
    isWhole = length + chunk.length <= maxBytes;
    length = wanted;
    // Leaving the loop destroys the body and closes the connection.
    if (!isWhole) break;
  }
  return { text: new TextDecoder().decode(buffer.subarray(0, length)), isWhole };
}
