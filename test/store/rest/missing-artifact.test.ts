import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import { temporaryDirectory } from "../file/temporary-directory.js";

const ROOT = { uri: "mlflow-artifacts:/0/run/artifacts" };
/** What MLflow 3.4.0 answered for a file that was not there. */
const ANSWER = {
  error_code: "INTERNAL_ERROR",
  message:
    "The following failures occurred while downloading one or more artifacts from /artifacts:\n##### File 0/run/artifacts/d/t.json #####\n[Errno 2] No such file or directory",
};

let listing: readonly object[] | undefined;
let server: Server;
let store: TrackingStore;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const path = searchParams.get("path");
    response.setHeader("content-type", "application/json");
    if (path === null) response.statusCode = 500;
    const files = path === "0/run/artifacts/d" ? listing : undefined;
    response.end(JSON.stringify(path === null ? ANSWER : { files }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  store = createRestStore({
    uri: `http://127.0.0.1:${port}`,
    settings: readSettings({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1" }),
  });
});
afterAll(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});

test.each([
  ["not there", undefined, "RESOURCE_DOES_NOT_EXIST"],
  ["beside others", [{ path: "other.json", is_dir: false }], "RESOURCE_DOES_NOT_EXIST"],
  ["there all the same", [{ path: "t.json", is_dir: false }], "INTERNAL_ERROR"],
])("an internal error of an older server, for a file %s", async (_, files, errorCode) => {
  listing = files;
  const download = store.downloadArtifact(ROOT, "d/t.json", join(temporaryDirectory(), "t.json"));
  await expect(download).rejects.toMatchObject({ errorCode });
});
