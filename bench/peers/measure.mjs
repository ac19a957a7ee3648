// One tool, one program, one process: node --expose-gc measure.mjs TOOL SINK PROGRAM WARM-UPS CALLS → one line of JSON.
// CPU is that of the whole process, the tool's export to the sink included.
import { programs } from "./programs.mjs";
import { setUps } from "./set-up.mjs";

const [tool, sink, program, warmUps, calls] = process.argv.slice(2);

const importStartMs = performance.now();
const { callbacks, flush } = await setUps[tool](sink);
const importMs = performance.now() - importStartMs;
const { call, unitsPerCall, callsPerTurn, callsPerFlush } = await programs[program](
  callbacks && { callbacks },
);

/** Returns how long each awaited call took. */
async function repeat(count) {
  const latenciesMs = [];
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await call();
    latenciesMs.push(performance.now() - startMs);
    if ((i + 1) % callsPerTurn === 0) await new Promise(setImmediate);
    if (callsPerFlush && (i + 1) % callsPerFlush === 0) await flush();
  }
  await flush();
  return latenciesMs;
}

await repeat(Number(warmUps));
const before = process.cpuUsage();
const latenciesMs = await repeat(Number(calls));
const { user, system } = process.cpuUsage(before);
globalThis.gc();
console.log(
  JSON.stringify({
    cpuUs: (user + system) / latenciesMs.length / unitsPerCall,
    // The median: collections of garbage and other processes make some calls much longer.
    latencyUs: latenciesMs.sort((a, b) => a - b)[latenciesMs.length >> 1] * 1000,
    importMs,
    rssMiB: process.memoryUsage().rss / 2 ** 20,
  }),
);
process.exit(0);
