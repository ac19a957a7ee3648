// One program, one process: node --expose-gc measure.mjs <program> <times> <at once> [tracking URI] → one line of JSON.
import { calls, streams } from "./programs.mjs";

const [name, times, atOnce, trackingUri] = process.argv.slice(2);
const program = { ...streams, ...calls }[name];
const POINTS = 10;

const flush = trackingUri === undefined ? async () => {} : await startTracing(trackingUri);
const samples = [];
for (let point = 0; point < POINTS; point++) {
  await runMany(Number(times) / POINTS);
  samples.push(await sample());
}
console.log(JSON.stringify(samples));
process.exit(0);

async function startTracing(uri) {
  const mlflow = await import("langchain-mlflow");
  mlflow.setTrackingUri(uri);
  mlflow.langchain.autolog({ silent: true });
  return () => mlflow.flushTraces({ timeoutMs: 60_000 });
}

async function runMany(count) {
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await program();
      // A real model's answer comes over a socket: between two calls the event loop turns.
      await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, work));
}

/** What is held when nothing goes on: finalizers have run, and what they sealed is delivered. */
async function sample() {
  for (let round = 0; round < 3; round++) {
    await flush();
    await new Promise((resolve) => setTimeout(resolve, 30));
    gc();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}
