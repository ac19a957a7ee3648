// Where a program spends CPU and memory: node --enable-source-maps profile.mjs BUILD SINK PROGRAM WARM-UPS CALLS → one line
// of JSON: the microseconds and the kilobytes of a call by place, export to the sink included.
import { Session } from "node:inspector/promises";
import { findSourceMap } from "node:module";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { programs } from "./programs.mjs";
import { repeat } from "./repeat.mjs";
// Sets the folder of traces that are not sent.
import "./set-up.mjs";

const [build, sink, program, warmUps, calls] = process.argv.slice(2);
/** What a process without the profiler does not do. */
const IGNORED = /^(\(idle\)|Node\.js inspector .*)$/;
const root = fileURLToPath(new URL("../..", import.meta.url));

const mlflow = await import(pathToFileURL(build).href);
mlflow.setTrackingUri(sink);
mlflow.langchain.autolog({ silent: true });
const running = await programs[program]();

const flush = () => mlflow.flushTraces({ timeoutMs: 30_000 });

await repeat(running, flush, Number(warmUps));
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.setSamplingInterval", { interval: 200 });
await session.post("Profiler.start");
await repeat(running, flush, Number(calls));
const { profile: cpu } = await session.post("Profiler.stop");
// Sampling of allocations would be seen in the CPU profile.
await session.post("HeapProfiler.startSampling", {
  samplingInterval: 4096,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
});
await repeat(running, flush, Number(calls));
const { profile: heap } = await session.post("HeapProfiler.stopSampling");
console.log(JSON.stringify({ microseconds: cpuByPlace(cpu), kilobytes: bytesByPlace(heap) }));
process.exit(0);

function cpuByPlace({ nodes, samples, timeDeltas }) {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const sums = {};
  samples.forEach((id, index) => {
    const place = places.get(id);
    if (IGNORED.test(place)) return;
    sums[place] = (sums[place] ?? 0) + timeDeltas[index] / Number(calls);
  });
  return sums;
}

function bytesByPlace({ head }) {
  const sums = {};
  const visit = ({ callFrame, selfSize, children }) => {
    const place = placeOf(callFrame);
    sums[place] = (sums[place] ?? 0) + selfSize / Number(calls) / 1000;
    for (const child of children) visit(child);
  };
  visit(head);
  return sums;
}

/** `package function`; of this package the file of the source too. */
function placeOf({ functionName, url, lineNumber, columnNumber }) {
  const name = functionName || "(anonymous)";
  if (url === "") return name.startsWith("(") ? name : `V8 ${name}`;
  if (url.startsWith("node:")) return `Node.js ${url.slice(5)} ${name}`;
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency) return `${dependency} ${name}`;
  if (!url.startsWith("file:")) return `${url.split(":")[0]} ${name}`;
  const source = findSourceMap(url)?.findEntry(lineNumber, columnNumber).originalSource;
  const file = relative(root, fileURLToPath(source ?? url)).replace(/^src\//, "");
  return `langchain-mlflow ${file} ${name}`;
}
