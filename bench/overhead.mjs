// What tracing costs, side by side in one run: npm run bench -- [--node PATH] [--rounds N] [--tools NAME;NAME] [--dry]
// Installs the peers into bench/peers and this package's tarball beside them, runs each tool in processes of its own, in
// turn, and writes the table of that Node.js to docs/benchmarks.md. --dry only prints it.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { createInstalled } from "./installed.mjs";
import { writeSection } from "./sections.mjs";
import { startSink } from "./sink.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, "bench/peers");
const OURS = "langchain-mlflow";
/** The tools in the order of the table, with what a user installs for each besides @langchain/core. */
const TOOLS = {
  bare: undefined,
  "empty handler": undefined,
  [OURS]: [OURS],
  [`${OURS}, capture alone`]: undefined,
  [`${OURS}, sampled out`]: undefined,
  OpenInference: [
    "@arizeai/openinference-instrumentation-langchain",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/exporter-trace-otlp-proto",
  ],
  Langfuse: ["@langfuse/langchain", "@langfuse/otel", "@opentelemetry/sdk-node"],
  LangSmith: [],
  Sentry: ["@sentry/node"],
};
/** Young: V8 still compiles. Warm: it has compiled. */
const COLUMNS = [
  { title: "young invoke", program: "invoke", warmUps: 500, calls: 2000 },
  { title: "young chunk", program: "chunk", warmUps: 50, calls: 200 },
  { title: "warm invoke", program: "invoke", warmUps: 2500, calls: 8000 },
  { title: "warm chunk", program: "chunk", warmUps: 600, calls: 1500 },
  { title: "warm agent", program: "agent", warmUps: 200, calls: 600 },
];
const WARM_INVOKE = "warm invoke";

const { values: flags } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    rounds: { type: "string", default: "5" },
    tools: { type: "string", default: Object.keys(TOOLS).join(";") },
    dry: { type: "boolean", default: false },
  },
});
const tools = Object.keys(TOOLS).filter((tool) => flags.tools.split(";").includes(tool));
const node = resolve(flags.node);
const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();

install();
const installed = createInstalled(peers);
const sink = await startSink();
const measured = [];
for (let round = 0; round < Number(flags.rounds); round++) {
  for (const column of COLUMNS) {
    for (const tool of tools) {
      measured.push(await measure(tool, column));
      process.stderr.write(".");
    }
  }
}
sink.close();
const table = report();
console.log(`\n${table}`);
if (!flags.dry) writeSection(`overhead ${version.split(".")[0]}`, table);

function install() {
  const tarball = join(root, ".cache/package/langchain-mlflow.tgz");
  const npm = (...args) => execFileSync("npm", args, { cwd: peers, stdio: "inherit" });
  if (!existsSync(join(peers, "node_modules/@langchain/langgraph"))) npm("ci", "--silent");
  execFileSync("node", ["test/setup/pack.mjs", tarball], { cwd: root, stdio: "inherit" });
  rmSync(join(peers, "node_modules/langchain-mlflow"), { recursive: true, force: true });
  npm("install", "--no-save", "--silent", tarball);
}

async function measure(tool, { title, program, warmUps, calls }) {
  sink.takeCounts();
  const args = ["--expose-gc", "measure.mjs", tool, sink.url, program, `${warmUps}`, `${calls}`];
  const { stdout } = await promisify(execFile)(node, args, { cwd: peers });
  const figures = JSON.parse(stdout.trim().split("\n").at(-1));
  const requests = Object.values(sink.takeCounts()).reduce((sum, count) => sum + count, 0);
  return { tool, title, ...figures, requestsPerCall: requests / (warmUps + calls) };
}

function report() {
  const heads = COLUMNS.map(({ title }) => `${title}, µs`);
  const head = [
    "tool",
    ...heads,
    "added latency, µs",
    "requests per call",
    "RSS, MiB",
    "import, ms",
  ];
  const lines = tools.map((tool) => `| ${cells(tool).join(" | ")} |`);
  return `Node.js ${version}, ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, the median of ${flags.rounds} rounds, with the least and the
greatest.

| ${[...head, "packages", "MiB installed"].join(" | ")} |
|${"---|".repeat(head.length + 2)}
${lines.join("\n")}

Versions: ${installed.versions(["@langchain/core", "@langchain/langgraph", "langsmith", ...Object.values(TOOLS).flatMap((names) => names ?? [])]).join(", ")}.
`;
}

function cells(tool) {
  const isBase = tool === "bare" || tool === "empty handler";
  const size = TOOLS[tool] && installed.sizeOf(TOOLS[tool], ["@langchain/core"]);
  const warm = (key) => median(valuesOf(tool, WARM_INVOKE, key));
  return [
    tool,
    ...COLUMNS.map(({ title }) => costCell(tool, title, "cpuUs")),
    costCell(tool, WARM_INVOKE, "latencyUs"),
    isBase ? "" : warm("requestsPerCall").toFixed(3),
    warm("rssMiB").toFixed(0),
    isBase ? "" : warm("importMs").toFixed(0),
    size?.packages ?? "",
    size?.mebibytes.toFixed(1) ?? "",
  ];
}

/** Of the bare call: what it costs. Of a tool: what it adds, and how many times as much as the empty handler. */
function costCell(tool, title, key) {
  const values = valuesOf(tool, title, key);
  const bare = median(valuesOf("bare", title, key));
  if (tool === "bare")
    return `${digits(bare)} (${digits(Math.min(...values))}–${digits(Math.max(...values))})`;
  const added = median(values) - bare;
  const empty = median(valuesOf("empty handler", title, key)) - bare;
  const spread = [Math.min(...values), Math.max(...values)].map((value) => digits(value - bare));
  return `+${digits(added)} (${spread.join("–")}) = ${(added / empty).toFixed(2)}×`;
}

function valuesOf(tool, title, key) {
  return measured.filter((one) => one.tool === tool && one.title === title).map((one) => one[key]);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function digits(value) {
  return value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}
