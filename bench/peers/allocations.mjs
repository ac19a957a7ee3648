// One tool, one program: node --expose-gc allocations.mjs TOOL SINK PROGRAM WARM-UPS CALLS [PATH OF A BUILD] → the
// kilobytes that a call allocates, export to the sink included.
import { pathToFileURL } from "node:url";
import { GCProfiler, getHeapStatistics } from "node:v8";
import { programs } from "./programs.mjs";
import { repeat } from "./repeat.mjs";
import { CAPTURE_ALONE, setUps } from "./set-up.mjs";

const [tool, sink, program, warmUps, calls, path] = process.argv.slice(2);
const setUp = path ? () => startBuild(path) : setUps[tool];
const { callbacks, flush } = await setUp(sink);
const running = await programs[program === "stream" ? "chunk" : program](
  callbacks && { callbacks },
);

async function startBuild(file) {
  const mlflow = await import(pathToFileURL(file).href);
  mlflow.setTrackingUri(sink);
  const limits = tool.endsWith("capture alone") ? CAPTURE_ALONE : {};
  mlflow.langchain.autolog({ silent: true, ...limits });
  return { callbacks: undefined, flush: () => mlflow.flushTraces({ timeoutMs: 30_000 }) };
}

await repeat(running, flush, Number(warmUps));
globalThis.gc();
const profiler = new GCProfiler();
const before = bytesInUse();
profiler.start();
await repeat(running, flush, Number(calls));
const { statistics } = profiler.stop();
let bytes = bytesInUse() - before;
// What a collection freed was allocated too.
for (const { beforeGC, afterGC } of statistics) {
  bytes += inUse(beforeGC.heapStatistics) - inUse(afterGC.heapStatistics);
}
console.log(bytes / Number(calls) / 1000);
process.exit(0);

function bytesInUse() {
  const { used_heap_size: usedHeapSize, external_memory: externalMemory } = getHeapStatistics();
  return inUse({ usedHeapSize, externalMemory });
}

function inUse({ usedHeapSize, externalMemory }) {
  return usedHeapSize + externalMemory;
}
