import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What happens to one request. */
export type Fault =
  | { readonly kind: "pass" }
  /** A response without the server. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** No response, and the connection stays open. */
  | { readonly kind: "hang" }
  /** The server receives the request after a pause. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The connection is reset: before the server receives the request, or within or instead of its response. */
  | { readonly kind: "reset"; readonly when: "before" | "within" | "after" }
  /** Bytes that are not HTTP. */
  | { readonly kind: "garbage" };

export interface ProxiedRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Bytes of the body. */
  readonly bytes: number;
}

export interface FaultyProxy {
  /** The address of the server, through the proxy. It stays the same. */
  readonly url: string;
  /** Decides what happens to a request. At first, all pass. */
  faultOf: (request: ProxiedRequest) => Fault;
  /** The requests so far. */
  readonly requests: ProxiedRequest[];
  /** Refuses connections until `open()`. */
  closeDoor(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export const PASS: Fault = { kind: "pass" };

/** Stands between a client and a real server on this machine. `target` may change, for a server that is restarted elsewhere. */
export async function startFaultyProxy(target: () => string): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((received, response) => {
    handle(received, response).catch(() => received.socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  // A client may wait longer than Node.js does.
  server.requestTimeout = 0;
  const listen = (port: number) => once(server.listen(port, "127.0.0.1"), "listening");
  await listen(0);
  const { port } = server.address() as AddressInfo;

  async function handle(received: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await received.toArray());
    const { method = "", url = "", socket } = received;
    const seen = { method, path: url.split("?")[0] ?? "", bytes: body.length };
    proxy.requests.push(seen);
    const fault = proxy.faultOf(seen);
    if (isEnded(fault, socket, response)) return;
    if (fault.kind === "slow") await sleep(fault.ms);
    const { status, headers, content } = await forward(received, body, new URL(target()));
    if (fault.kind !== "reset") response.writeHead(status, headers).end(content);
    else if (fault.when === "after") socket.resetAndDestroy();
    else {
      response.writeHead(status, { ...headers, "content-length": content.length + 1 });
      response.write(content, () => socket.resetAndDestroy());
    }
  }

  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${port}`,
    faultOf: () => PASS,
    requests: [],
    async closeDoor() {
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    async open() {
      if (!server.listening) await listen(port);
    },
    close: () => proxy.closeDoor(),
  };
  return proxy;
}

/** Whether the server does not receive the request. */
function isEnded(fault: Fault, socket: Socket, response: ServerResponse): boolean {
  if (fault.kind === "hang") return true;
  if (fault.kind === "answer") {
    response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
    return true;
  }
  if (fault.kind === "garbage") {
    socket.end("\u0000 this is no HTTP \r\n\r\n");
    return true;
  }
  if (fault.kind !== "reset" || fault.when !== "before") return false;
  socket.resetAndDestroy();
  return true;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly content: Buffer;
}

async function forward(received: IncomingMessage, body: Buffer, to: URL): Promise<Answer> {
  const sent = request(new URL(received.url ?? "/", to), {
    method: received.method,
    headers: { ...received.headers, host: to.host },
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const { statusCode: status = 500, headers } = answer;
  const { "transfer-encoding": _, ...rest } = headers;
  return { status, headers: rest, content: Buffer.concat(await answer.toArray()) };
}
