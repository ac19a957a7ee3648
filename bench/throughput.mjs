// Traces a second to a real server: ours; the bare batch endpoint with the same bytes; and two requests for each trace, as MLflow's
// own TypeScript SDK sends, one and eight at a time. node bench/throughput.mjs [--traces 1000] [--rounds 3] [--postgres postgresql+psycopg2://…]
// For PostgreSQL, PYTHONPATH names a folder with psycopg2. Run `npm run build` first.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Agent, request } from "undici";
import { importTypeScript } from "./typescript.mjs";

const { values: options } = parseArgs({
  options: {
    traces: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    postgres: { type: "string" },
  },
});
const traces = Number(options.traces);
const app = fileURLToPath(new URL("throughput/app.mjs", import.meta.url));
const { startMlflowServer } = await importTypeScript("test/support/mlflow-server.ts");
const { startFaultyProxy } = await importTypeScript("test/support/faulty-proxy.ts");
const dispatcher = new Agent({ connections: 16 });

async function runApp(url) {
  const env = { ...process.env, MLFLOW_TRACKING_URI: url, MLFLOW_LANGCHAIN_DURABILITY: "memory" };
  const { stdout } = await promisify(execFile)(process.execPath, [app, String(traces)], { env });
  return JSON.parse(stdout);
}

/** The bodies that ours sends, without a server's time in them. */
async function capture() {
  const bodies = [];
  const experiment = { experiment_id: "0", name: "Default", lifecycle_stage: "active" };
  const server = createServer(async (incoming, response) => {
    const body = Buffer.concat(await incoming.toArray());
    if (incoming.url === "/v1/traces") bodies.push(body);
    if (incoming.url === "/version") return response.end("3.17.2");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(incoming.url.includes("experiments") ? { experiment } : {}));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  await runApp(`http://127.0.0.1:${server.address().port}`);
  server.closeAllConnections();
  server.close();
  // The first one has the call that compiles the code.
  return bodies.slice(1);
}

/** The traces of a request, which are its fields with number 1. */
function* piecesOf(body) {
  for (let at = 0; at < body.length; ) {
    let [length, shift, end] = [0, 0, at + 1];
    do {
      length += (body[end] & 127) * 2 ** shift;
      shift += 7;
    } while (body[end++] & 128);
    yield body.subarray(at, end + length);
    at = end + length;
  }
}

/** New trace ids, or the server would have the traces already. They are the bytes after the tag of a span's first field. */
function renamed(piece) {
  const copy = Buffer.from(piece);
  const mark = copy.indexOf(Buffer.from([0x0a, 16]));
  const old = Buffer.from(copy.subarray(mark + 2, mark + 18));
  const id = randomBytes(16);
  for (let at = copy.indexOf(old); at >= 0; at = copy.indexOf(old, at + 16)) id.copy(copy, at);
  return { id: id.toString("hex"), bytes: copy };
}

const sent = { requests: 0 };
async function send(url, method, path, body, headers) {
  sent.requests += 1;
  const response = await request(`${url}${path}`, { method, body, headers, dispatcher });
  const text = await response.body.text();
  if (response.statusCode !== 200)
    throw new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 300)}`);
  return text;
}

async function timed(work) {
  sent.requests = 0;
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    tookMs: performance.now() - startedAtMs,
    cpuMs: (user + system) / 1000,
    requests: sent.requests,
  };
}

const OTLP = { "content-type": "application/x-protobuf", "x-mlflow-experiment-id": "0" };

function bare(url, bodies) {
  const batches = bodies.map((body) =>
    Buffer.concat([...piecesOf(body)].map((piece) => renamed(piece).bytes)),
  );
  return timed(async () => {
    for (const batch of batches) await send(url, "POST", "/v1/traces", batch, OTLP);
  });
}

function twoRequests(url, bodies, atOnce) {
  const pieces = bodies.flatMap((body) => [...piecesOf(body)].map(renamed));
  return timed(async () => {
    const worker = async () => {
      for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
        const traceId = `tr-${piece.id}`;
        const info = {
          trace_id: traceId,
          trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
          request_time: new Date().toISOString(),
          execution_duration: "0.010s",
          state: "OK",
          request_preview: "a question",
          response_preview: "an answer",
          trace_metadata: { "mlflow.trace_schema.version": "3" },
          tags: { "mlflow.traceName": "RunnableSequence" },
        };
        const json = { "content-type": "application/json" };
        await send(
          url,
          "POST",
          "/api/3.0/mlflow/traces",
          JSON.stringify({ trace: { trace_info: info } }),
          json,
        );
        // The same number of bytes, as JSON.
        const spans = JSON.stringify({ spans: [], text: "x".repeat(piece.bytes.length) });
        const path = `/api/2.0/mlflow-artifacts/artifacts/0/traces/${traceId}/artifacts/traces.json`;
        await send(url, "PUT", path, spans, json);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  });
}

async function ours(url) {
  const proxy = await startFaultyProxy(() => url);
  const counted = await runApp(proxy.url);
  const { length } = proxy.requests;
  await proxy.close();
  const direct = await runApp(url);
  if (counted.sent + direct.sent !== 2 * (traces + 1)) throw new Error("traces are not sent");
  return { tookMs: direct.tookMs, cpuMs: direct.cpuMs, requests: length };
}

const bodies = await capture();
const lines = [];
for (const backend of ["sqlite", ...(options.postgres ? ["PostgreSQL"] : [])]) {
  const args = backend === "sqlite" ? [] : ["--backend-store-uri", options.postgres];
  const server = await startMlflowServer({ args });
  const ways = {
    "ours, calls included": () => ours(server.url),
    "the bare batch endpoint": () => bare(server.url, bodies),
    "two requests for each trace, 1 at a time": () => twoRequests(server.url, bodies, 1),
    "two requests for each trace, 8 at a time": () => twoRequests(server.url, bodies, 8),
  };
  const results = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  await bare(server.url, bodies.slice(0, 1));
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const [name, way] of Object.entries(ways)) results[name].push(await way());
  }
  await server.close();
  const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];
  const rates = {};
  for (const [name, rounds] of Object.entries(results)) {
    const count = name.startsWith("ours")
      ? traces
      : bodies.reduce((sum, body) => sum + [...piecesOf(body)].length, 0);
    rates[name] = median(rounds.map(({ tookMs }) => (count / tookMs) * 1000));
    const requests = median(rounds.map((round) => round.requests / count));
    const cpu = median(rounds.map(({ cpuMs }) => cpuMs / count));
    const ratio = rates[name] / (rates["the bare batch endpoint"] ?? Number.NaN);
    lines.push({ backend, name, rate: rates[name], requests, cpu, ratio });
  }
  const bareRate = rates["the bare batch endpoint"];
  for (const line of lines.filter((one) => one.backend === backend))
    line.ratio = line.rate / bareRate;
}
console.log(`| server | way | traces a second | of the bare endpoint | requests a trace | CPU of the client, ms a trace |
|---|---|---|---|---|---|
${lines.map(({ backend, name, rate, ratio, requests, cpu }) => `| ${backend} | ${name} | ${rate.toFixed(0)} | ${ratio.toFixed(2)} | ${requests.toFixed(3)} | ${cpu.toFixed(2)} |`).join("\n")}`);
await dispatcher.close();
