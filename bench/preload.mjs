// What the preload adds to the start of a program: npm run bench:preload [-- --node=PROGRAM] [--against=FOLDER]
// Starts each program with and without `--import langchain-mlflow/register`, in turn, and prints medians.
// `--against` names another checkout with a `dist`, measured in the same run.
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    against: { type: "string" },
    rounds: { type: "string", default: "15" },
  },
});
const REPORT = `process.on("exit", () => console.log(JSON.stringify(process.cpuUsage())));`;
const PROGRAMS = {
  "an empty program": REPORT,
  "a program that imports core": `${REPORT} await import("@langchain/core/runnables");`,
};
const preload = (folder) => {
  const { href } = pathToFileURL(join(resolve(folder), "dist/register.cjs"));
  return ["--import", href];
};
const VARIANTS = {
  "no preload": [],
  ...(values.against && { [values.against]: preload(values.against) }),
  "this checkout": preload(root),
};

const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim();
console.log(`Node ${version}, median of ${values.rounds} starts, in milliseconds`);
for (const [program, code] of Object.entries(PROGRAMS)) {
  const times = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, flags] of Object.entries(VARIANTS)) times[name].push(start(flags, code));
  }
  const [first] = Object.keys(VARIANTS);
  const rows = Object.entries(times).map(([name, runs]) => [
    name,
    {
      "elapsed ms": median(runs, "elapsedMs"),
      "more than without": round(median(runs, "elapsedMs") - median(times[first], "elapsedMs")),
      "processor ms": median(runs, "processorMs"),
      "more processor ms": round(median(runs, "processorMs") - median(times[first], "processorMs")),
    },
  ]);
  console.log(`\n${program}`);
  console.table(Object.fromEntries(rows));
}

function start(flags, code) {
  const startedAt = performance.now();
  const args = [...flags, "--input-type=module", "--eval", code];
  const printed = execFileSync(values.node, args, { cwd: root, encoding: "utf8" });
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = JSON.parse(printed);
  return { elapsedMs, processorMs: (user + system) / 1000 };
}

function median(runs, name) {
  const sorted = runs.map((run) => run[name]).sort((a, b) => a - b);
  return round(sorted[Math.floor(sorted.length / 2)]);
}

function round(ms) {
  return Math.round(ms * 10) / 10;
}
