// How many requests a trace takes, by rate and kind, with the build in dist: node bench/requests.mjs [--seconds 30]
// [--rates 1,10,100] [--dry]
// The traces of prompt | fake chat model | parser have no run, no model and no metadata of their own.
import { parseArgs } from "node:util";
import { programs } from "./peers/programs.mjs";
import { writeSection } from "./sections.mjs";
import { startSink } from "./sink.mjs";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    rates: { type: "string", default: "1,10,100" },
    dry: { type: "boolean", default: false },
  },
});
const KINDS = { "/v1/traces": "spans (OTLP)", "/api/3.0/mlflow/traces": "info (StartTraceV3)" };

const LEAD_IN_SECONDS = 10;

async function callAt(rate, seconds) {
  const endMs = performance.now() + seconds * 1000;
  let made = 0;
  while (performance.now() < endMs) {
    await call();
    made += 1;
    await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
  }
  return made;
}

const sink = await startSink();
const mlflow = await import("../dist/index.js");
mlflow.setTrackingUri(sink.url);
mlflow.langchain.autolog({ silent: true });
const { call } = await programs.invoke();
await call();
await mlflow.flushTraces();

const rows = [];
for (const rate of flags.rates.split(",").map(Number)) {
  // The first traces of a burst are a special case.
  await callAt(rate, LEAD_IN_SECONDS);
  sink.takeCounts();
  const count = await callAt(rate, Number(flags.seconds));
  const counts = sink.takeCounts();
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const kinds = Object.entries(counts).map(([path, one]) => `${KINDS[path] ?? path}: ${one}`);
  rows.push(`| ${rate} | ${count} | ${all} | ${(all / count).toFixed(3)} | ${kinds.join(", ")} |`);
}
await mlflow.flushTraces();
sink.close();
const table = `Node.js ${process.version}, ${flags.seconds} s of each rate after ${LEAD_IN_SECONDS} s of it.

| traces/s | traces | requests | requests per trace | by kind |
|---|---|---|---|---|
${rows.join("\n")}
`;
console.log(table);
if (!flags.dry) writeSection("requests", table);
process.exit(0);
