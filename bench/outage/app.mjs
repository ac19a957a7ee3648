// Traces calls at a steady rate, and prints a line of JSON each second: node app.mjs <calls a second> <seconds> <label>
import { setTimeout as sleep } from "node:timers/promises";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";

const [rate, seconds] = process.argv.slice(2).map(Number);
/** The longest time for the delivery of what waits. */
const DRAIN_MS = Number(process.env.DRAIN_MS ?? 300_000);

mlflow.autolog({ silent: true });
const chain = ChatPromptTemplate.fromMessages([["human", "{question}"]])
  .pipe(new FakeListChatModel({ responses: ["hello world, this is a slightly longer answer"] }))
  .pipe(new StringOutputParser());

let latencies = [];
let started = 0;
const startedAtMs = performance.now();

async function call(index) {
  const startMs = performance.now();
  await chain.invoke({ question: `${index}` });
  latencies.push(performance.now() - startMs);
}

function report() {
  const sorted = latencies.toSorted((one, other) => one - other);
  latencies = [];
  const second = Math.round((performance.now() - startedAtMs) / 1000);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  const { rss } = process.memoryUsage();
  console.log(
    JSON.stringify({
      second,
      rss,
      p50: sorted[sorted.length >> 1] ?? 0,
      p99,
      ...mlflow.stats().traces,
    }),
  );
}

const reports = setInterval(report, 1000);
while (performance.now() - startedAtMs < seconds * 1000) {
  const due = Math.floor(((performance.now() - startedAtMs) / 1000) * rate);
  for (; started < due; started += 1) {
    call(started);
    // Calls of a server do not start in the same turn.
    await new Promise(setImmediate);
  }
  await sleep(2);
}
const endMs = performance.now() + DRAIN_MS;
while (performance.now() < endMs && mlflow.stats().traces.sent < started) {
  await mlflow.flushTraces({ timeoutMs: 2000 });
  await sleep(500);
}
clearInterval(reports);
console.log(
  JSON.stringify({
    total: started,
    stats: mlflow.stats(),
    drainedMs: Math.round(performance.now() - startedAtMs - seconds * 1000),
  }),
);
process.exit(0);
