// What a call allocates, by the build in dist: node bench/allocations.mjs [--node PATH] [--package NAME=PATH] [--dry]
// Each figure is from a process of its own. `--package` adds another build of this package, such as an older one, by the path of its index.js. --dry only prints.
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { writeSection } from "./sections.mjs";
import { startSink } from "./sink.mjs";

const measured = fileURLToPath(new URL("peers/allocations.mjs", import.meta.url));
const COLUMNS = [
  { title: "invoke", program: "invoke", warmUps: 500, calls: 2000 },
  { title: "stream of 45 chunks", program: "stream", warmUps: 200, calls: 400 },
  { title: "agent", program: "agent", warmUps: 40, calls: 100 },
];
const CAPTURE_ALONE = "langchain-mlflow, capture alone";

const { values: flags } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    package: { type: "string", multiple: true, default: [] },
    dry: { type: "boolean", default: false },
  },
});
const version = execFileSync(flags.node, ["--version"], { encoding: "utf8" }).trim();
const others = flags.package.map((one) => one.split("="));
const ours = fileURLToPath(new URL("../dist/index.js", import.meta.url));
const tools = [
  ["bare"],
  ["empty handler"],
  ...others,
  ["langchain-mlflow", ours],
  [CAPTURE_ALONE, ours],
];

const sink = await startSink();
const rows = [];
for (const [tool, path] of tools) {
  const cells = [];
  for (const column of COLUMNS) {
    cells.push(await measure(tool, path, column));
    process.stderr.write(".");
  }
  rows.push(`| ${[tool, ...cells.map((kilobytes) => kilobytes.toFixed(1))].join(" | ")} |`);
}
sink.close();
const table = `Node.js ${version}.

| KB a call | ${COLUMNS.map(({ title }) => title).join(" | ")} |
|${"---|".repeat(COLUMNS.length + 1)}
${rows.join("\n")}
`;
console.log(`\n${table}`);
if (!flags.dry) writeSection("allocations", table);

async function measure(tool, path, { program, warmUps, calls }) {
  const args = [tool, sink.url, program, `${warmUps}`, `${calls}`, ...(path ? [path] : [])];
  const { stdout } = await promisify(execFile)(flags.node, ["--expose-gc", measured, ...args]);
  return Number(stdout.trim().split("\n").at(-1));
}
