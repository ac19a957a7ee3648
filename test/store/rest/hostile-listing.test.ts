import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { downloadDirectory } from "../../../src/runs/artifacts/directory.js";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import { temporaryDirectory } from "../file/temporary-directory.js";
import { hostilePaths } from "../hostile-paths.js";

/** What the server says is in any directory; no MLflow says that. */
let listing: readonly { path?: unknown; is_dir?: unknown; file_size?: unknown }[];
let server: Server;
let store: TrackingStore;
let downloads = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { searchParams, pathname } = new URL(request.url ?? "/", "http://localhost");
    const isListing = searchParams.has("path") || pathname.endsWith("/list");
    if (!isListing) downloads++;
    response.setHeader("content-type", "application/json");
    response.end(isListing ? JSON.stringify({ files: listing }) : "evil");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  store = createRestStore({ uri: `http://127.0.0.1:${port}`, settings: readSettings({}) });
});
afterAll(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  downloads = 0;
});

const ROOTS = {
  proxied: { uri: "mlflow-artifacts:/0/run/artifacts" },
  "the server's": { uri: "s3://bucket/run/artifacts", runId: "run" },
};

test.each(Object.entries(ROOTS))(
  "hostile names that a server lists at %s root are reported, and nothing is written",
  async (_name, root) => {
    const outside = temporaryDirectory();
    const directory = join(outside, "a", "b", "dst");
    // Where the names begin at the root, those outside the directory are wrong as well.
    const names = [...hostilePaths, "d/../../x", "elsewhere/x", undefined, null, {}];
    for (const path of names) {
      for (const is_dir of [false, true]) {
        listing = [
          { path: "d/good.txt", is_dir: false, file_size: 1 },
          { path, is_dir, file_size: 1 },
        ];
        if (root.uri.startsWith("mlflow")) listing = listing.slice(1);
        const attempt = downloadDirectory(store, root, "d", directory);
        await expect(attempt, String(path)).rejects.toMatchObject({ errorCode: "INVALID_STATE" });
      }
    }
    expect(downloads).toBe(0);
    expect(readdirSync(outside)).toEqual([]);
  },
);

test("an endless listing is not read further", async () => {
  const directory = temporaryDirectory();
  listing = [{ path: "again", is_dir: true }];
  await expect(downloadDirectory(store, ROOTS.proxied, "d", directory)).rejects.toThrow(
    /more than 100 directories deep/,
  );
  expect(readdirSync(directory)).toEqual([]);
});

test("a response that is not a listing is read as empty", async () => {
  const directory = temporaryDirectory();
  listing = "nonsense" as never;
  await expect(downloadDirectory(store, ROOTS.proxied, "d", directory)).rejects.toMatchObject({
    errorCode: "RESOURCE_DOES_NOT_EXIST",
  });
});
