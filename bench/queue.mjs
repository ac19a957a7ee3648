// What FlushQueue.put() costs the caller: `node bench/queue.mjs`.
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [new URL("../src/delivery/queue.ts", import.meta.url).pathname],
  bundle: true,
  platform: "node",
  format: "esm",
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString("base64");
const { FlushQueue } = await import(`data:text/javascript;base64,${source}`);

const PUTS = 100_000;
const ROUNDS = 7;

/** Nanoseconds a put, the median of the rounds. */
async function measure(limits) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const queue = new FlushQueue({
      send: async (items) => items.map(() => ({ state: "stored" })),
      bytesOf: ({ bytes }) => bytes,
      groupOf: ({ group }) => group,
      onDrop() {},
      limits: {
        maxQueueBytes: Number.MAX_SAFE_INTEGER,
        maxBatchItems: 100,
        maxBatchBytes: 4e6,
        flushIntervalMs: 1000,
        retryTimeoutMs: 120_000,
        ...limits,
      },
    });
    const groups = [{}, {}];
    const items = Array.from({ length: PUTS }, (_, index) => {
      return { bytes: 2000, group: groups[index % 2] };
    });
    const start = process.hrtime.bigint();
    for (const item of items) queue.put(item);
    rounds.push(Number(process.hrtime.bigint() - start) / PUTS);
    queue.takeAll();
  }
  return Math.round(rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]);
}

console.log("put               ", await measure({}), "ns");
console.log("put, queue is full", await measure({ maxQueueBytes: 0 }), "ns");
