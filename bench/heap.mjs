// What calls and abandoned streams leave in the heap, with tracing off and on: npm run bench:heap
// Each figure is from a process of its own, sampled ten times after garbage collection.
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { calls, streams } from "./heap/programs.mjs";
import { writeSection } from "./sections.mjs";

const STREAMS = Number(process.env.STREAMS ?? 10_000);
const TRACES = Number(process.env.TRACES ?? 200_000);
const measured = fileURLToPath(new URL("heap/measure.mjs", import.meta.url));

const sink = await startSink();
const rows = [];
for (const name of Object.keys(streams)) await row(name, STREAMS, 1);
await row(Object.keys(calls)[0], TRACES, 100);
sink.server.close();
sink.server.closeAllConnections();
const table = report();
console.log(`\n${table}`);
writeSection("memory", table);

async function row(name, times, atOnce) {
  const off = await measure(name, times, atOnce);
  const on = await measure(name, times, atOnce, sink.url);
  rows.push({ name, times, off, on });
  process.stderr.write(".");
}

async function measure(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...["--expose-gc", measured],
    ...args.map(String),
  ]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** Bytes a call that stay, over the last 80 % of the process. */
function slope(samples, times) {
  const [first, last] = [samples[1], samples.at(-1)];
  return (last.heapUsed - first.heapUsed) / (times * 0.8);
}

function report() {
  const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const lines = rows.map(({ name, times, off, on }) =>
    [
      name,
      times.toLocaleString("en").replaceAll(",", " "),
      ...[off, on].map((samples) => slope(samples, times).toFixed(1)),
      ...[off, on].map(
        (samples) => `${mebibytes(samples[1].heapUsed)} → ${mebibytes(samples.at(-1).heapUsed)}`,
      ),
      ...[off, on].map((samples) => mebibytes(samples.at(-1).rss)),
    ].join(" | "),
  );
  return `Heap in use after garbage collection, delivery to a local sink included; between 20 % and 100 % of the calls of one process.
*off* is the same program without us: LangChain and Node.js grow too. The last row is 100 calls at a time.

Node.js ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB.

| program | calls | off: bytes a call | on: bytes a call | off: MiB | on: MiB | off: RSS, MiB | on: RSS, MiB |
|---|---|---|---|---|---|---|---|
${lines.map((line) => `| ${line} |`).join("\n")}
`;
}

async function startSink() {
  const experiment = { experiment_id: "0", name: "Default", lifecycle_stage: "active" };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.url === "/version") return response.end("3.17.2");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.url.includes("experiments/get") ? { experiment } : {}));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}
