import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface CuttingProxy {
  /** The server's address, by way of here. */
  readonly url: string;
  /** The connections to come are cut after so many bytes of answers, one number each; later ones are whole. */
  cutAfter(...bytes: readonly number[]): void;
  /** Awaited before a connection is cut. */
  beforeCut: () => Promise<void>;
  /** The first lines of the requests that came. */
  readonly requests: readonly string[];
  /** All that came from clients, as text. */
  readonly received: () => string;
  close(): Promise<void>;
}

/** Stands between a client and a real server on this machine, and breaks connections in the middle. */
export async function startCuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const target = new URL(serverUrl);
  const cuts: number[] = [];
  const requests: string[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let left = cuts.shift() ?? Number.POSITIVE_INFINITY;
    client.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      received.push(text.slice(0, 4096));
      const line = /^[A-Z]+ \S+ HTTP/.exec(text);
      if (line) requests.push(text.slice(0, text.indexOf("\r\n")));
      if (!server.write(chunk)) client.pause();
    });
    server.on("drain", () => client.resume());
    server.on("data", (chunk: Buffer) => {
      const part = chunk.subarray(0, Math.max(0, left));
      if (left >= 0) left -= part.length;
      if (left > 0) {
        if (!client.write(part)) server.pause();
      } else if (part.length > 0 || left === 0) {
        left = -1;
        client.write(part, () => void made.beforeCut().then(() => client.destroy()));
      }
    });
    client.on("drain", () => server.resume());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as { port: number };
  const made: CuttingProxy = {
    url: `http://127.0.0.1:${port}${target.pathname.replace(/\/$/, "")}`,
    cutAfter: (...bytes) => void cuts.splice(0, cuts.length, ...bytes),
    beforeCut: async () => {},
    requests,
    received: () => received.join(""),
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
  return made;
}
