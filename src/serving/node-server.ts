import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { MlflowException, messageOf } from "../base/errors.js";
import { debug } from "../base/log.js";
import { attempt } from "../base/show.js";
import {
  bodyTooLarge,
  bodyUnreadable,
  clientLeft,
  type ServedRequest,
  serverEnds,
} from "./exchange.js";
import { stackOf } from "./failure.js";
import type { ReadServingOptions } from "./options.js";
import { createResponder, type Responder } from "./responder.js";
import type { ServedModel } from "./served-model.js";

export interface ModelServer {
  readonly url: string;
  /**
   * Accepts no new connection, and resolves when all running calls have ended. After the time they are aborted. Returns how
   * many were aborted.
   */
  close(drainTimeoutMs: number): Promise<number>;
}

interface ServerSettings {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Called for each call that fails because of the model or the server, with the status, the path, and the stack. */
  readonly log?: (text: string) => void;
}

/** Serves a model by Node's HTTP server. */
export async function startModelServer(
  model: ServedModel,
  options: ReadServingOptions,
  { host, port, log }: ServerSettings,
): Promise<ModelServer> {
  const respond = createResponder(model, options);
  const running = new Map<ServerResponse, AbortController>();
  const sockets = new Set<Socket>();
  let isClosing = false;
  const server = createServer((request, response) => {
    const left = new AbortController();
    running.set(response, left);
    // This also comes after a complete response.
    response.once("close", () => {
      running.delete(response);
      if (!response.writableFinished) left.abort(clientLeft());
      // The connection of a stream that had begun before.
      if (isClosing) setImmediate(() => server.closeIdleConnections());
    });
    if (isClosing) response.setHeader("connection", "close");
    void answer(respond, { request, response, left, log }).catch((cause) => {
      debug("a response failed: %o", cause);
      response.destroy();
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    throw new MlflowException(
      `The server cannot listen at ${host}:${port}: ${messageOf(cause)}. Choose another --port or --host.`,
      "INVALID_STATE",
      { cause },
    );
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    async close(drainTimeoutMs) {
      isClosing = true;
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      // A connection that is kept alive ends with its running response.
      for (const response of running.keys()) {
        if (!response.headersSent) response.setHeader("connection", "close");
      }
      // For Node, a connection is not idle before its first request.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      let aborted = 0;
      const timer = setTimeout(() => {
        aborted = running.size;
        for (const left of running.values()) left.abort(serverEnds());
        server.closeAllConnections();
      }, drainTimeoutMs);
      await closed;
      clearTimeout(timer);
      return aborted;
    },
  };
}

interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly left: AbortController;
  readonly log: ServerSettings["log"];
}

async function answer(respond: Responder, { request, response, left, log }: NodeExchange) {
  const path = pathOf(request.url ?? "/");
  const served: ServedRequest = {
    method: request.method ?? "GET",
    path,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    readBody: (maxBytes) => readBody(request, maxBytes),
    controller: left,
    logFailure: (status, error) => {
      // A call that was aborted ends with an error.
      if (left.signal.aborted) return;
      // Fields of an error may be getters that throw.
      const text = attempt(() => stackOf(error)) ?? "an error that cannot be read";
      log?.(`${status} ${path}: ${text}`);
    },
  };
  const { status, headers, body } = await respond(served);
  if (typeof body === "string") {
    if (response.destroyed) return;
    // Without its length, the body would be sent in chunks.
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  if (response.destroyed) {
    await body[Symbol.asyncIterator]().return?.();
    return;
  }
  response.writeHead(status, headers);
  for await (const text of body) {
    if (response.destroyed) break;
    if (!response.write(text))
      await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  response.end();
}

function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

/** Listens to events, which is faster than reading the request as an async iterable. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"]) > maxBytes) {
      reject(bodyTooLarge(maxBytes));
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(bodyTooLarge(maxBytes));
    });
    request.on("end", () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
    );
    request.on("close", () => {
      // This also comes after the end, and after an error of the connection. The stack of an error costs more than the rest of
      // this function.
      if (!request.complete) reject(bodyUnreadable());
    });
  });
}
