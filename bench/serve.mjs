// Requests per second and p99 of `langchain-mlflow serve`, against two servers of Node.js around the same chain, with 64
// connections. The bare server never aborts a call. The aborting one passes a signal to the chain, which it aborts when the
// client disconnects, as `serve` does. Prints the ratios, without and with tracing, for a model that answers after 20 ms, and for
// one that answers at once, where the HTTP server is most of the work. Also prints the CPU time of a request, which other programs
// on the machine hardly change. Needs Linux. Run `npm run build` first. `--node PATH` is the Node.js of the servers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startSink } from "./sink.mjs";

const { values: flags } = parseArgs({
  options: { node: { type: "string", default: process.execPath } },
});

const CONNECTIONS = 64;
/** Code that has run often is faster, so each server begins with as many requests. */
const WARM_UP_REQUESTS = 8000;
const ROUND_REQUESTS = 2000;
const ROUNDS = 9;
const PAUSE_MS = 500;
/** The unit of times in /proc. */
const CPU_TICK_MICROSECONDS = 10_000;
const BODY = JSON.stringify({ inputs: { topic: "parrots" } });

const CHAIN = `
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { FakeListChatModel } from "@langchain/core/utils/testing";
const responses = ["An answer of the model."];
export const chain = ChatPromptTemplate.fromMessages([["human", "Write about {topic}."]])
  .pipe(new FakeListChatModel({ responses, sleep: Number(process.env.SLEEP_MS) || undefined }))
  .pipe(new StringOutputParser());
`;
const MODEL = `${CHAIN}
import * as mlflow from "langchain-mlflow";
mlflow.models.setModel(chain);
`;
/** Both send the same bytes as `serve`, with a length. */
const PLAIN = `${CHAIN}
import { createServer } from "node:http";
import { autolog } from "langchain-mlflow";
autolog();
const aborts = process.argv[2] === "aborting";
const server = createServer((request, response) => {
  const left = aborts ? new AbortController() : undefined;
  if (left) {
    response.once("close", () => {
      if (!response.writableFinished) left.abort();
    });
  }
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
    const predictions = await (left ? chain.invoke(inputs, { signal: left.signal }) : chain.invoke(inputs));
    const body = JSON.stringify({ predictions });
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  console.error("at http://127.0.0.1:" + server.address().port + " ");
});
`;

mkdirSync(resolve(".cache"), { recursive: true });
const folder = mkdtempSync(resolve(".cache", "bench-serve-"));
writeFileSync(join(folder, "model.mjs"), MODEL);
writeFileSync(join(folder, "plain.mjs"), PLAIN);
const children = [];
// Files would cost more than the rest of a traced request.
const sink = await startSink();

async function start(args, { tracing, sleepMs }) {
  const env = { ...process.env, MLFLOW_LANGCHAIN_LOG_TRACES: String(tracing) };
  env.SLEEP_MS = String(sleepMs);
  env.MLFLOW_TRACKING_URI = sink.url;
  const stdio = ["ignore", "ignore", "pipe"];
  const child = spawn(flags.node, args, { cwd: folder, env, stdio });
  children.push(child);
  let text = "";
  for await (const chunk of child.stderr) {
    text += chunk;
    const url = /at (http:\S+) /.exec(text)?.[1];
    if (url) {
      return { child, url };
    }
  }
  throw new Error(`The server did not start: ${text}`);
}

/** Sends requests over one connection, one after another. A client of Node's HTTP module would need more time than the server. */
function client(url, count, times) {
  const { hostname, port, host } = new URL(url);
  const lines = ["POST /invocations HTTP/1.1", `host: ${host}`, "content-type: application/json"];
  const text = [...lines, `content-length: ${BODY.length}`, "", BODY].join("\r\n");
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname);
    let startedAt = 0;
    const send = () => {
      startedAt = performance.now();
      socket.write(text);
    };
    socket.once("connect", send);
    socket.once("error", fail);
    // The answer is short: it arrives at once.
    socket.on("data", (answer) => {
      if (!String(answer).startsWith("HTTP/1.1 200")) return fail(new Error(String(answer)));
      times.push(performance.now() - startedAt);
      if (times.length <= count - CONNECTIONS) return send();
      socket.destroy();
      return done();
    });
  });
}

function cpuMicroseconds({ pid }) {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .split(") ")[1]
    .split(" ")
    .slice(11);
  return (Number(user) + Number(system)) * CPU_TICK_MICROSECONDS;
}

async function measure({ child, url }, count, pauseMs) {
  const times = [];
  const cpuBefore = cpuMicroseconds(child);
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client(url, count, times)));
  const seconds = (performance.now() - startedAt) / 1000;
  // The server still stores the traces of its round, which must not slow down the next one.
  await sleep(pauseMs);
  times.sort((one, other) => one - other);
  return {
    perSecond: times.length / seconds,
    p99Ms: times[Math.floor(times.length * 0.99)],
    cpuMicroseconds: (cpuMicroseconds(child) - cpuBefore) / times.length,
  };
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];

try {
  const { langchain } = await import("langchain-mlflow");
  await langchain.saveModel({ lcModel: join(folder, "model.mjs"), path: join(folder, "model") });
  for (const [sleepMs, tracing] of [
    [20, false],
    [20, true],
    [0, false],
    [0, true],
  ]) {
    const settings = { tracing, sleepMs };
    const cli = resolve("dist/cli.js");
    const servers = {
      served: await start([cli, "serve", join(folder, "model"), "--port", "0"], settings),
      bare: await start(["plain.mjs"], settings),
      aborting: await start(["plain.mjs", "aborting"], settings),
    };
    const results = { served: [], bare: [], aborting: [] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [name, server] of Object.entries(servers)) {
        const count = round === 0 ? WARM_UP_REQUESTS : ROUND_REQUESTS;
        const result = await measure(server, count, tracing ? PAUSE_MS : 0);
        if (round > 0) results[name].push(result);
      }
    }
    const of = (name, field) => median(results[name].map((one) => one[field]));
    console.log(`a model of ${sleepMs} ms, ${tracing ? "with" : "without"} tracing`);
    const fields = ["perSecond", "p99Ms", "cpuMicroseconds"];
    const rows = Object.keys(servers).map((name) => fields.map((field) => of(name, field)));
    for (const [index, [perSecond, p99Ms, cpu]] of rows.entries()) {
      const [rate, p99, work] = rows[0].map((value, at) => (value / rows[index][at]).toFixed(2));
      const ratios = `served: ${rate} of the requests, ${p99} of the p99, ${work} of the CPU time`;
      const name = Object.keys(servers)[index].padEnd(9);
      const shown = `${perSecond.toFixed(0)} requests/s, p99 ${p99Ms.toFixed(1)} ms, ${cpu.toFixed(0)} µs of CPU`;
      console.log(`  ${name}${shown}${index > 0 ? `; ${ratios}` : ""}`);
    }
    for (const { child } of Object.values(servers)) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
} finally {
  sink.close();
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
