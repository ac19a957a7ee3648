// What tracing costs, side by side in one run: npm run bench
// Installs the peers into bench/peers and this package's tarball beside them, runs each tool in
// processes of its own, in turn, and writes the table to docs/benchmarks.md.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeSection } from "./sections.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, "bench/peers");
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const TOOLS = [
  "bare",
  "empty handler",
  "langchain-mlflow",
  "langchain-mlflow, sampled out",
  "OpenInference",
  "Langfuse",
  "LangSmith",
  "Sentry",
];
/** What a user installs for each, besides @langchain/core. */
const PACKAGES = {
  "langchain-mlflow": ["langchain-mlflow"],
  OpenInference: [
    "@arizeai/openinference-instrumentation-langchain",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/exporter-trace-otlp-proto",
  ],
  Langfuse: ["@langfuse/langchain", "@langfuse/otel", "@opentelemetry/sdk-node"],
  LangSmith: [],
  Sentry: ["@sentry/node"],
};

install();
const sink = await startSink();
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const tool of TOOLS) {
    rounds.push(await measure(tool));
    process.stderr.write(".");
  }
}
sink.server.close();
sink.server.closeAllConnections();
const table = report();
console.log(`\n${table}`);
writeSection("overhead", table);

function install() {
  const tarball = join(root, ".cache/package/langchain-mlflow.tgz");
  const npm = (...args) => execFileSync("npm", args, { cwd: peers, stdio: "inherit" });
  if (!existsSync(join(peers, "node_modules/@langchain"))) npm("ci", "--silent");
  execFileSync("node", ["test/setup/pack.mjs", tarball], { cwd: root, stdio: "inherit" });
  rmSync(join(peers, "node_modules/langchain-mlflow"), { recursive: true, force: true });
  npm("install", "--no-save", "--silent", tarball);
}

/** Takes what every tool sends, and answers as its server would. */
async function startSink() {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.url === "/version") return response.end("3.17.2");
      response.setHeader("content-type", "application/json");
      const experiment = { experiment_id: "0", name: "Default", lifecycle_stage: "active" };
      response.end(JSON.stringify(request.url.includes("experiments/get") ? { experiment } : {}));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

async function measure(tool) {
  const args = ["measure.mjs", tool, sink.url];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: peers });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function report() {
  const rows = TOOLS.map((tool) => ({
    tool,
    invokeUs: least(tool, "invokeUs"),
    chunkUs: least(tool, "chunkUs"),
    importMs: least(tool, "importMs"),
    rssMiB: least(tool, "rssMiB"),
    ...installed(tool),
  }));
  const [bare, empty] = rows;
  const added = (row, key) => row[key] - bare[key];
  const ratio = (row, key) =>
    row === bare ? "" : `${(added(row, key) / added(empty, key)).toFixed(2)}×`;
  const lines = rows.map((row) =>
    [
      row.tool,
      row.invokeUs.toFixed(0),
      ratio(row, "invokeUs"),
      row.chunkUs.toFixed(1),
      ratio(row, "chunkUs"),
      row.rssMiB.toFixed(0),
      row === bare || row === empty ? "" : row.importMs.toFixed(0),
      row.packages ?? "",
      row.mebibytes?.toFixed(1) ?? "",
    ].join(" | "),
  );
  return `\`npm run bench\` measures every tool in processes of its own, in turn, in one run; the least of ${ROUNDS} rounds counts. The chain is
prompt | fake chat model | parser (four spans); its stream has 45 chunks. CPU is that of the whole process, export to a local sink
included. *× empty* is what a tool adds to the bare call, as a multiple of what an empty, awaited LangChain handler adds: LangChain's
own cost of being listened to. Machines differ and are noisy: compare within the table, not with other tables.

Node.js ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB.

| tool | invoke, µs CPU | × empty | chunk, µs CPU | × empty | RSS, MiB | import, ms | packages | MiB installed |
|---|---|---|---|---|---|---|---|---|
${lines.map((line) => `| ${line} |`).join("\n")}

Packages and MiB are those a user installs besides what \`@langchain/core\` brings (LangSmith's client is among those).
Versions: ${versions()}.
`;
}

function least(tool, key) {
  return Math.min(...rounds.filter((round) => round.tool === tool).map((round) => round[key]));
}

/** The packages behind a tool's own, found by walking their dependencies as Node resolves them. */
function installed(tool) {
  if (!PACKAGES[tool]) return {};
  const besides = closure(["@langchain/core"]);
  const own = [...closure(PACKAGES[tool])].filter((folder) => !besides.has(folder));
  return { packages: own.length, mebibytes: own.reduce((sum, f) => sum + bytesOf(f), 0) / 2 ** 20 };
}

function closure(names, from = peers, found = new Set()) {
  for (const name of names) {
    const folder = resolveFolder(name, from);
    if (!folder || found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    closure(Object.keys(dependencies), folder, found);
  }
  return found;
}

function resolveFolder(name, from) {
  for (let folder = from; folder.startsWith(peers); folder = join(folder, "..")) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}

function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules") return sum;
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(path) : statSync(path).size);
  }, 0);
}

function versions() {
  const names = [...new Set(["@langchain/core", "langsmith", ...Object.values(PACKAGES).flat()])];
  return names
    .map((name) => [name, resolveFolder(name, peers)])
    .filter(([, folder]) => folder)
    .map(
      ([name, folder]) =>
        `${name} ${JSON.parse(readFileSync(join(folder, "package.json"))).version}`,
    )
    .join(", ");
}
