// One tool, one program, one process: node --expose-gc measure.mjs TOOL SINK PROGRAM WARM-UPS CALLS → one line of JSON.
// CPU is that of the whole process, the tool's export to the sink included.
import { programs } from "./programs.mjs";
import { setUps } from "./set-up.mjs";

const [tool, sink, program, warmUps, calls] = process.argv.slice(2);

const TURN_MS = 5;

const importStartMs = performance.now();
const { callbacks, flush } = await setUps[tool](sink);
const importMs = performance.now() - importStartMs;
const { call, unitsPerCall, callsPerFlush } = await programs[program](callbacks && { callbacks });

/** Returns how long each awaited call took. */
async function repeat(count) {
  const latenciesMs = [];
  let turnMs = performance.now();
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await call();
    const endMs = performance.now();
    latenciesMs.push(endMs - startMs);
    // An app serves requests between its calls: timers and sockets get their turn.
    if (endMs - turnMs > TURN_MS) {
      await new Promise(setImmediate);
      turnMs = performance.now();
    }
    // A queue that overflows would cost less: it drops traces.
    if (i % callsPerFlush === callsPerFlush - 1) await flush();
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
