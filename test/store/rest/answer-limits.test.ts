import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSettings } from "../../../src/settings/settings.js";
import { createRestStore } from "../../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import { temporaryDirectory } from "../file/temporary-directory.js";

const MEBIBYTE = 1024 * 1024;
/** The socket buffers of the kernel and of undici may receive this much more than is read. */
const BUFFERED_BYTES = 12 * MEBIBYTE;
const RUN_ID = "a".repeat(32);

let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
let sentBytes: number;
let connections: number;
let openConnections: number;
let store: TrackingStore;
let close: () => Promise<void>;
let url: string;

beforeEach(async () => {
  sentBytes = 0;
  connections = 0;
  openConnections = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/version") response.end("3.17.0");
    else answer(request, response);
  });
  server.on("connection", (socket) => {
    connections++;
    openConnections++;
    socket.on("error", () => undefined);
    socket.on("close", () => openConnections--);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  open();
  close = async () => {
    await store.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
});
afterEach(() => close());

function open(env: Record<string, string> = {}): void {
  const settings = readSettings({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0", ...env });
  store = createRestStore({ uri: url, settings });
}

/** Sends as much as the client takes, until `bytes` are sent or the connection is closed. */
async function flood(response: ServerResponse, bytes: number, status = 200): Promise<void> {
  response.writeHead(status, { "content-type": "application/json" });
  const closed = once(response, "close");
  const piece = Buffer.alloc(64 * 1024, "a");
  response.write('{"x":"');
  while (sentBytes < bytes && !response.destroyed) {
    sentBytes += piece.length;
    if (!response.write(piece)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end('"}');
}

/** Resolves when the client has closed its connections, other than waiting to be used again. */
async function closedByClient(): Promise<void> {
  while (openConnections > 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

const READS: Record<string, () => Promise<unknown>> = {
  getRun: () => store.getRun(RUN_ID),
  searchRuns: () => store.searchRuns({ experimentIds: ["1"] }),
  getExperiment: () => store.getExperiment("1"),
  getTrace: () => store.getTrace("tr-1"),
  searchTraceInfos: () => store.searchTraceInfos({ experimentIds: ["1"] }),
  getLoggedModel: () => store.getLoggedModel("m-1"),
  getModelVersion: () => store.getModelVersion("m", "1"),
  "listArtifacts of a proxy": () => store.listArtifacts({ uri: "mlflow-artifacts:/1" }),
  "listArtifacts of a bucket": () => store.listArtifacts({ uri: "s3://b", runId: RUN_ID }),
  createRun: () => store.createRun({ experimentId: "1", userId: "me", startTimeMs: 0, tags: {} }),
};

test.each(Object.keys(READS))("%s gives up a success that is too long", async (name) => {
  open({ MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES: String(MEBIBYTE) });
  answer = (_request, response) => flood(response, 300 * MEBIBYTE);
  await expect(READS[name]?.()).rejects.toMatchObject({
    name: "MlflowException",
    errorCode: "MAX_READ_SIZE_EXCEEDED",
    message: expect.stringMatching(
      /longer than 1048576 bytes.*MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES/,
    ),
  });
  expect(sentBytes).toBeLessThan(MEBIBYTE + BUFFERED_BYTES);
  await closedByClient();
});

test("without a setting the limit is 64 MiB", async () => {
  answer = (_request, response) => flood(response, 300 * MEBIBYTE);
  await expect(store.getRun(RUN_ID)).rejects.toThrow(/longer than 67108864 bytes/);
  expect(sentBytes).toBeLessThan(64 * MEBIBYTE + BUFFERED_BYTES);
  await closedByClient();
  sentBytes = 0;
  answer = (_request, response) => flood(response, 60 * MEBIBYTE);
  expect(await store.getRun(RUN_ID)).toBeDefined();
});

test("a response of exactly the limit is read, one of a byte more is not", async () => {
  const json = JSON.stringify({ run: { info: { run_id: RUN_ID, run_name: "한국어 ☃" } } });
  const bytes = Buffer.byteLength(json);
  answer = (_request, response) => response.end(json);
  open({ MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES: String(bytes) });
  expect((await store.getRun(RUN_ID))?.info.runName).toBe("한국어 ☃");
  await store.close();
  open({ MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES: String(bytes - 1) });
  await expect(store.getRun(RUN_ID)).rejects.toMatchObject({ errorCode: "MAX_READ_SIZE_EXCEEDED" });
});

test("a response in chunks of one byte is read like any other", async () => {
  const json = JSON.stringify({
    run: { info: { run_id: RUN_ID, run_name: "한국어".repeat(500) } },
  });
  answer = async (_request, response) => {
    for (const byte of Buffer.from(json)) response.write(Buffer.of(byte));
    response.end();
  };
  expect((await store.getRun(RUN_ID))?.info.runName).toBe("한국어".repeat(500));
});

test.each([302, 400, 404, 500])("only the beginning of an error %d is read", async (status) => {
  answer = (_request, response) => flood(response, 300 * MEBIBYTE, status);
  const failure = await store.getRun(RUN_ID).catch((cause: Error) => cause);
  expect(failure).toMatchObject({ name: "RestException", status });
  expect((failure as Error).message.length).toBeLessThan(2000);
  expect(sentBytes).toBeLessThan(MEBIBYTE + BUFFERED_BYTES);
  await closedByClient();
});

test("a trace is not retried if the server's response is too long", async () => {
  open({ MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES: String(MEBIBYTE) });
  answer = (_request, response) => flood(response, 300 * MEBIBYTE);
  const info = {
    ...{ traceId: "tr-1", experimentId: "1", requestTime: 0, executionDuration: 0 },
    ...{ state: "OK", traceMetadata: {}, tags: {}, assessments: [] },
  };
  const [verdict] = await store.logTraces("1", [{ info, data: { spans: [] } } as never]);
  expect(verdict).toMatchObject({ state: "blocked" });
});

test("no compressed response is requested, and none is decompressed", async () => {
  let asked: string | undefined;
  answer = (request, response) => {
    asked = request.headers["accept-encoding"];
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync(JSON.stringify({ run: { info: { run_id: RUN_ID } } })));
  };
  await expect(store.getRun(RUN_ID)).rejects.toMatchObject({
    name: "MlflowException",
    message: expect.stringContaining("is not JSON"),
  });
  expect(asked).toBe("identity");
});

test("a response with endless headers is aborted", async () => {
  answer = (_request, response) => {
    const socket = response.socket as NonNullable<ServerResponse["socket"]>;
    socket.write("HTTP/1.1 200 OK\r\n");
    const more = () => {
      while (sentBytes < 100 * MEBIBYTE && !socket.destroyed) {
        sentBytes += 1024;
        if (!socket.write(`x-${sentBytes}: ${"a".repeat(1000)}\r\n`)) return;
      }
    };
    socket.on("drain", more);
    more();
  };
  await expect(store.getRun(RUN_ID)).rejects.toThrow(/Headers Overflow/i);
  expect(sentBytes).toBeLessThan(BUFFERED_BYTES);
});

test("a downloaded file may be longer than the limit of responses", async () => {
  open({ MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES: "1000" });
  answer = (_request, response) => flood(response, 3 * MEBIBYTE);
  const file = join(temporaryDirectory(), "f");
  await store.downloadArtifact({ uri: "mlflow-artifacts:/1" }, "f", file);
  expect(readFileSync(file).length).toBeGreaterThanOrEqual(3 * MEBIBYTE);
});

test("an endless response to the upload of a part does not block the upload", async () => {
  answer = (request, response) => {
    if (request.method === "PUT") return flood(response, 300 * MEBIBYTE);
    const credentials = [{ url: `${url}/part`, part_number: 1, headers: {} }];
    return response.end(JSON.stringify({ upload_id: "1", credentials }));
  };
  open({
    MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: "true",
    MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: "1",
    MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES: String(MEBIBYTE),
  });
  const upload = store.uploadArtifact({ uri: "mlflow-artifacts:/1" }, "f", {
    file: new URL(import.meta.url).pathname,
  });
  await expect(upload).rejects.toMatchObject({ errorCode: "MAX_READ_SIZE_EXCEEDED" });
  expect(sentBytes).toBeLessThan(BUFFERED_BYTES);
  expect(connections).toBeGreaterThan(0);
});
