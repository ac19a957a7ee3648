import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";

export interface Bucket {
  readonly url: string;
  /** What starts an MLflow server that keeps `gs://` here. */
  readonly env: Record<string, string>;
  /** What was put, in order: its path, and what came with it. */
  readonly puts: { path: string; query: string; signed: string; authorization: string }[];
  /** The next puts are answered so, instead. */
  failNext(...statuses: number[]): void;
  close(): Promise<void>;
}

/** A storage that takes puts to signed addresses, beside `test/fixtures/bucket` in the server. */
export async function startBucket(directory: string): Promise<Bucket> {
  const puts: Bucket["puts"] = [];
  const failures: number[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const path = decodeURIComponent(pathname);
    const { "x-signed": signed = "", authorization = "" } = request.headers;
    puts.push({ path, query: search, signed: String(signed), authorization });
    const file = join(directory, path);
    const failure = failures.shift();
    mkdirSync(dirname(file), { recursive: true });
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await pipeline(request, createWriteStream(failure ? join(directory, "failed") : file));
    response.writeHead(failure ?? 200, { etag: `"${bytes}"` }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    puts,
    env: {
      PYTHONPATH: resolve(import.meta.dirname, "../fixtures/bucket"),
      BUCKET_DIRECTORY: directory,
      BUCKET_URL: url,
    },
    failNext: (...statuses) => void failures.push(...statuses),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
