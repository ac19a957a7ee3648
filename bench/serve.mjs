// Requests per second and p99 of `langchain-mlflow serve`, against a bare server of Node.js around the same chain, with 64
// connections. Prints the ratio, without and with tracing, for a model that answers after 20 ms, and for one that answers at
// once, where the HTTP server is most of the work. Run `npm run build` first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";

const CONNECTIONS = 64;
const ROUND_MS = 1000;
const ROUNDS = 5;
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
const BARE = `${CHAIN}
import { createServer } from "node:http";
import { autolog } from "langchain-mlflow";
autolog();
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify({ predictions: await chain.invoke(inputs) });
    response.writeHead(200, { "content-type": "application/json" });
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
writeFileSync(join(folder, "bare.mjs"), BARE);
const children = [];

async function start(args, { tracing, sleepMs }) {
  const env = { ...process.env, MLFLOW_LANGCHAIN_LOG_TRACES: String(tracing) };
  env.SLEEP_MS = String(sleepMs);
  env.MLFLOW_TRACKING_URI = join(folder, "store");
  const stdio = ["ignore", "ignore", "pipe"];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio });
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
function client(url, endsAt, times) {
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
      if (performance.now() < endsAt) return send();
      socket.destroy();
      return done();
    });
  });
}

async function measure(url) {
  const times = [];
  const endsAt = performance.now() + ROUND_MS;
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client(url, endsAt, times)));
  times.sort((one, other) => one - other);
  return {
    perSecond: (times.length * 1000) / ROUND_MS,
    p99Ms: times[Math.floor(times.length * 0.99)],
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
    const served = await start([cli, "serve", join(folder, "model"), "--port", "0"], settings);
    const bare = await start(["bare.mjs"], settings);
    const results = { served: [], bare: [] };
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [ofServed, ofBare] = [await measure(served.url), await measure(bare.url)];
      if (round === 0) continue;
      results.served.push(ofServed);
      results.bare.push(ofBare);
    }
    const of = (name, field) => median(results[name].map((one) => one[field]));
    const line = (name) =>
      `${of(name, "perSecond").toFixed(0)} requests/s, p99 ${of(name, "p99Ms").toFixed(1)} ms`;
    const ratio = of("served", "perSecond") / of("bare", "perSecond");
    const p99 = of("served", "p99Ms") / of("bare", "p99Ms");
    console.log(`a model of ${sleepMs} ms, ${tracing ? "with" : "without"} tracing`);
    console.log(`  bare:   ${line("bare")}`);
    console.log(`  served: ${line("served")}`);
    console.log(`  ratio:  ${ratio.toFixed(2)} of the requests, ${p99.toFixed(2)} of the p99`);
    for (const { child } of [served, bare]) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
