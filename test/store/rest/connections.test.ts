import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { downloadDirectory } from "../../../src/runs/artifacts/directory.js";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import {
  type FakeTrackingServer,
  startFakeTrackingServer,
} from "../../support/fake-tracking-server.js";
import { startRecordingServer } from "../../support/recording-server.js";
import { temporaryDirectory } from "../file/temporary-directory.js";

const ROOT = { uri: "mlflow-artifacts:/0/run/artifacts" };
let tracking: FakeTrackingServer;

beforeEach(async () => {
  for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  tracking = await startFakeTrackingServer("3.17.2");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await tracking.close();
});

function storeAt(uri: string, env: Record<string, string> = {}): TrackingStore {
  const settings = readSettings({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0", ...env });
  const store = createRestStore({ uri, settings });
  onTestFinished(() => store.close());
  return store;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets = new Set<{ destroy(): unknown }>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("behind an HTTP proxy that allows CONNECT to port 443 only, as Squid's default", () => {
  let seen: { url: string; authorization: string | undefined }[];
  let connects: string[];
  let proxy: string;

  beforeEach(async () => {
    seen = [];
    connects = [];
    const forward = (incoming: IncomingMessage, response: ServerResponse) => {
      const { method, headers, url = "" } = incoming;
      seen.push({ url, authorization: headers["proxy-authorization"] });
      const { pathname, search } = new URL(url);
      const to = new URL(tracking.url);
      const options = {
        host: to.hostname,
        port: to.port,
        path: pathname + search,
        method,
        headers,
      };
      const onward = request(options, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(onward);
    };
    const server = createServer(forward).on("connect", ({ url }, socket) => {
      connects.push(url ?? "");
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    proxy = await listen(server);
  });

  test.each(["HTTP_PROXY", "http_proxy", "ALL_PROXY"])(
    "a plain http: server is reached by absolute URIs (%s)",
    async (name) => {
      vi.stubEnv(name, `http://user:pass%20word@${proxy}`);
      const store = storeAt("http://mlflow.corp.test:5000/prefix");
      expect(await store.getExperimentByName("x")).toMatchObject({ experimentId: "1" });
      const basic = Buffer.from("user:pass word").toString("base64");
      expect(seen).toEqual([
        {
          url: "http://mlflow.corp.test:5000/prefix/api/2.0/mlflow/experiments/get-by-name?experiment_name=x",
          authorization: `Basic ${basic}`,
        },
      ]);
      expect(connects).toEqual([]);
    },
  );

  test("an address without a scheme is an HTTP proxy", async () => {
    vi.stubEnv("http_proxy", proxy);
    await storeAt("http://mlflow.corp.test:5000").getExperimentByName("x");
    expect(seen).toHaveLength(1);
  });

  test("a value that is not the address of a proxy is rejected, without its password", async () => {
    vi.stubEnv("HTTP_PROXY", "ftp://me:hunter2@proxy");
    await expect(storeAt("http://mlflow.corp.test:5000").getExperimentByName("x")).rejects.toThrow(
      /^(?!.*hunter2)The environment variable HTTP_PROXY is not the address of an HTTP proxy/,
    );
  });

  test("a server in NO_PROXY is reached directly", async () => {
    vi.stubEnv("HTTP_PROXY", `http://${proxy}`);
    vi.stubEnv("NO_PROXY", "localhost, 127.0.0.1");
    await storeAt(tracking.url).getExperimentByName("x");
    expect(tracking.requests).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  test("an https: server is reached by CONNECT, and the error names a proxy that refuses it", async () => {
    vi.stubEnv("HTTPS_PROXY", `http://${proxy}`);
    await expect(storeAt("https://mlflow.corp.test").getExperimentByName("x")).rejects.toThrow(
      "The HTTP proxy refuses the connection to the tracking server at https://mlflow.corp.test (status 403)",
    );
    expect(connects).toEqual(["mlflow.corp.test:443"]);
    expect(seen).toEqual([]);
  });
});

test("a proxy that requires credentials is named", async () => {
  const proxy = createServer((_incoming, response) => response.writeHead(407).end());
  vi.stubEnv("HTTP_PROXY", `http://${await listen(proxy)}`);
  await expect(storeAt("http://mlflow.corp.test").getExperimentByName("x")).rejects.toThrow(
    "The HTTP proxy requires credentials: put them in the proxy's address",
  );
});

describe("a server that never answers", () => {
  test("is given up after MLFLOW_HTTP_REQUEST_TIMEOUT, and the error says so", async () => {
    const host = await listen(createSocketServer());
    const store = storeAt(`http://${host}`, { MLFLOW_HTTP_REQUEST_TIMEOUT: "1" });
    await expect(store.getExperimentByName("x")).rejects.toMatchObject({
      errorCode: "DEADLINE_EXCEEDED",
      message: `The tracking server at http://${host} accepts connections, but did not answer within 1 s: check that it is an MLflow server and not overloaded. MLFLOW_HTTP_REQUEST_TIMEOUT sets this time, in seconds.`,
    });
  });

  test("is given up earlier than a server that has answered before", () => {
    expect(readSettings({})).toMatchObject({
      firstRequestTimeoutMs: 30_000,
      requestTimeoutMs: 120_000,
    });
    expect(readSettings({ MLFLOW_HTTP_REQUEST_TIMEOUT: "90" })).toMatchObject({
      firstRequestTimeoutMs: 90_000,
      requestTimeoutMs: 90_000,
    });
  });
});

test("a port that answers HTTP on HTTPS with a text is named", async () => {
  tracking.before = (_request, response) => {
    response.statusCode = 400;
    response.setHeader("content-type", "text/plain");
    response.end("Client sent an HTTP request to an HTTPS server.\n");
  };
  await expect(storeAt(tracking.url).getExperimentByName("x")).rejects.toThrow(
    `The server at ${tracking.url} uses HTTPS: set the tracking URI to ${tracking.url.replace("http:", "https:")}.`,
  );
});

test("an https: address of a server without TLS is named", async () => {
  const uri = tracking.url.replace("http:", "https:");
  await expect(storeAt(uri).getExperimentByName("x")).rejects.toMatchObject({
    errorCode: "INVALID_PARAMETER_VALUE",
    message: expect.stringMatching(
      `^The server at ${uri} does not use HTTPS \\(.*\\): set the tracking URI to ${tracking.url}\\.$`,
    ),
  });
});

describe("a download that ends early", () => {
  const CONTENT = "0123456789".repeat(10);

  function serve(answer: (response: ServerResponse) => void): void {
    tracking.before = ({ url }, response) => {
      if (url.includes("?path=")) return { files: [{ path: "f", is_dir: false, file_size: 100 }] };
      if (!url.endsWith("/f")) return undefined;
      answer(response);
      return undefined;
    };
  }

  test.each<[string, string, (response: ServerResponse) => void]>([
    [
      "with fewer bytes than its length",
      "after \\d+ of 100 bytes",
      (response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write(CONTENT.slice(0, 50), () => response.socket?.end());
      },
    ],
    [
      "with a cut connection",
      "after",
      (response) => {
        response.write(CONTENT.slice(0, 50), () => response.socket?.destroy());
      },
    ],
  ])("%s is an error and leaves no file", async (_how, text, answer) => {
    serve(answer);
    const directory = temporaryDirectory();
    await expect(
      downloadDirectory(storeAt(tracking.url), ROOT, "", directory),
    ).rejects.toMatchObject({
      errorCode: "TEMPORARILY_UNAVAILABLE",
      message: expect.stringMatching(`^The download ended early, ${text}`),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  test("continues after the range that a server sent too short", async () => {
    const ranges: string[] = [];
    serve((response) => {
      const { range } = response.req.headers;
      response.setHeader("etag", '"1"');
      const start = Number(/\d+/.exec(range ?? "0")?.[0]);
      const end = range === undefined ? 40 : start + 30;
      if (range !== undefined) {
        ranges.push(range);
        response.statusCode = 206;
        response.setHeader("content-range", `bytes ${start}-${end - 1}/100`);
      } else response.setHeader("content-length", "100");
      if (range !== undefined) return void response.end(CONTENT.slice(start, end));
      // The client drops bytes that arrive together with the end of the connection.
      response.write(CONTENT.slice(0, 40), () => setTimeout(() => response.socket?.end(), 200));
    });
    const directory = temporaryDirectory();
    const store = storeAt(tracking.url, { MLFLOW_HTTP_REQUEST_MAX_RETRIES: "5" });
    await downloadDirectory(store, ROOT, "", directory);
    expect(readFileSync(join(directory, "f"), "utf8")).toBe(CONTENT);
    expect(ranges).toEqual(["bytes=40-", "bytes=70-"]);
  });
});

describe("an upload in parts", () => {
  const PARTS = {
    MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: "true",
    MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: "1",
    MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: "4",
  };

  test.each([
    ["fewer", [1, 2]],
    ["more", [1, 2, 3, 4]],
    ["repeated", [1, 2, 2]],
  ])("for which the server returns %s URLs is aborted", async (_how, numbers) => {
    const storage = await startRecordingServer();
    onTestFinished(() => storage.close());
    tracking.before = ({ url }) =>
      url.includes("/mpu/create")
        ? {
            upload_id: "1",
            credentials: numbers.map((part_number) => ({ url: `${storage.url}/p`, part_number })),
          }
        : undefined;
    const file = join(temporaryDirectory(), "f");
    writeFileSync(file, "0123456789");
    const upload = storeAt(tracking.url, PARTS).uploadArtifact(ROOT, "f", { file });
    await expect(upload).rejects.toMatchObject({
      errorCode: "INVALID_STATE",
      message: expect.stringContaining("for an upload of 3 parts"),
    });
    expect(storage.requests).toEqual([]);
    expect(tracking.requests.some(({ url }) => url.includes("/mpu/abort/"))).toBe(true);
  });
});

test("connections to other artifact servers are closed when there are many of them", async () => {
  const open = new Set<string>();
  const hosts: string[] = [];
  for (let at = 0; at < 12; at++) {
    const server = createServer((_incoming, response) => {
      response.setHeader("content-type", "application/json");
      response.end('{"files": []}');
    });
    const host = await listen(server);
    hosts.push(host);
    server.on("connection", (socket) => {
      open.add(host);
      socket.on("close", () => open.delete(host));
    });
  }
  const store = storeAt(tracking.url);
  for (const host of hosts) await store.listArtifacts({ uri: `mlflow-artifacts://${host}/x` }, "");
  // The oldest are closed; without that, their idle connections would stay open for seconds.
  await vi.waitFor(() => expect([...open]).toEqual(hosts.slice(-8)), { timeout: 3_000 });
});
