// Where a traced call spends CPU and memory, by package and by function: npm run bench:profile -- [--node PATH] [--build PATH]
// [--dry]. Measures the build in dist. --dry only prints; otherwise the tables go to docs/benchmarks.md.
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { writeSection } from "./sections.mjs";
import { startSink } from "./sink.mjs";

const PROGRAMS = {
  invoke: { program: "invoke", warmUps: 2500, calls: 8000 },
  stream: { program: "chunk", warmUps: 600, calls: 1500 },
  agent: { program: "agent", warmUps: 200, calls: 600 },
};
const FUNCTIONS = 25;

const { values: flags } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    build: { type: "string", default: fileURLToPath(new URL("../dist/index.js", import.meta.url)) },
    dry: { type: "boolean", default: false },
  },
});
const version = execFileSync(flags.node, ["--version"], { encoding: "utf8" }).trim();
const measured = fileURLToPath(new URL("peers/profile.mjs", import.meta.url));

const sink = await startSink();
const profiles = {};
for (const name of Object.keys(PROGRAMS)) profiles[name] = await measure(PROGRAMS[name]);
sink.close();
const text = `Node.js ${version}. A profile costs time itself: compare the shares.

${tables("microseconds", "CPU, µs")}

${tables("kilobytes", "KB allocated")}
`;
console.log(text);
if (!flags.dry) writeSection("profile", text);

async function measure({ program, warmUps, calls }) {
  const args = ["--enable-source-maps", measured, flags.build, sink.url, program, warmUps, calls];
  const options = { maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(flags.node, args.map(String), options);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function tables(measure, title) {
  const byPlace = Object.values(profiles).map((profile) => profile[measure]);
  const byPackage = byPlace.map((sums) => merged(sums, packageOf));
  return [table(`${title}, by package`, byPackage, 12), table(title, byPlace, FUNCTIONS)].join(
    "\n\n",
  );
}

/** The greatest rows of any of the columns. */
function table(title, columns, count) {
  const keys = new Set(columns.flatMap((sums) => greatest(sums, count)));
  const totals = columns.map((sums) => Object.values(sums).reduce((sum, value) => sum + value, 0));
  const shareOf = (key) =>
    columns.reduce((sum, sums, at) => sum + (sums[key] ?? 0) / totals[at], 0);
  const rows = [...keys]
    .sort((a, b) => shareOf(b) - shareOf(a))
    .slice(0, count)
    .map((key) => [
      key,
      ...columns.map((sums, at) => {
        const value = sums[key] ?? 0;
        return `${value.toFixed(1)} (${((100 * value) / totals[at]).toFixed(1)} %)`;
      }),
    ]);
  const head = [title, ...Object.keys(PROGRAMS)];
  const all = ["all", ...totals.map((total) => total.toFixed(1))];
  return [head, head.map(() => "---"), all, ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function greatest(sums, count) {
  return Object.keys(sums)
    .sort((a, b) => sums[b] - sums[a])
    .slice(0, count);
}

function packageOf(place) {
  return place.startsWith("(") ? place : place.split(" ")[0];
}

function merged(sums, keyOf) {
  const result = {};
  for (const [place, value] of Object.entries(sums)) {
    result[keyOf(place)] = (result[keyOf(place)] ?? 0) + value;
  }
  return result;
}
