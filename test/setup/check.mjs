// `npm test`: sets everything up, runs every check and every test, and writes the counts to .cache/test-counts.json.
// With `--all`, as `npm run test:all` calls it, the tests also take their longer form, and coverage is measured.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missingPrerequisites } from "./prerequisites.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const byProject = ".cache/test-counts-by-project.json";
const counts = ".cache/test-counts.json";
process.chdir(root);
mkdirSync(".cache", { recursive: true });
for (const file of [byProject, counts]) rmSync(file, { force: true });

const missing = missingPrerequisites();
if (missing.length > 0) {
  for (const line of missing) console.error(`npm test: ${line}`);
  process.exit(1);
}
const isLong = process.argv.includes("--all");
const lengths = isLong
  ? {
      FUZZ_COUNT: "100000",
      PROGRAM_COUNT: "10000",
      TEST_MLFLOW_VERSIONS: "3.4.0,3.6.0,3.10.1,3.13.0,3.17.2,3.18.0",
      TEST_NODE_VERSIONS: "22,24,26",
    }
  : { FUZZ_COUNT: "10000", PROGRAM_COUNT: "2000" };
for (const [name, length] of Object.entries(lengths)) process.env[name] ??= length;
/** Evaluation is compared with both. */
const mlflowVersions = new Set(["3.17.2", "3.18.0"]);
for (const version of (process.env.TEST_MLFLOW_VERSIONS ?? "").split(",")) {
  if (version !== "") mlflowVersions.add(version);
}

// Installing waits for the network, building and checking for the processor: they run side by side.
const langchain03 = step("LangChain 0.3", [
  "node",
  "test/setup/install-locked.mjs",
  "langchain-0.3",
]);
const build = step("build", ["npm", "run", "build"]);
const setUp = Promise.all([
  langchain03,
  build,
  step("peers", ["node", "test/setup/install-locked.mjs", "peers"]),
  step("providers", ["node", "test/setup/install-locked.mjs", "providers"]),
  step("other programs", ["node", "test/setup/install-other-programs.mjs"]),
  step("evaluators", ["node", "test/setup/install-evaluators.mjs"]),
  ...[...mlflowVersions].map((version) =>
    step(`MLflow ${version}`, ["node", "test/setup/install-mlflow.mjs", version]),
  ),
  step("Node.js for Python", ["node", "test/setup/install-node-wheel.mjs"]),
  step("a client for Python", ["node", "test/setup/install-python-package.mjs"]),
]);
const checks = Promise.all([
  step("biome", ["npm", "run", "lint"]),
  build.then(() => step("publint, attw", ["npm", "run", "lint:package"])),
  Promise.all([langchain03, build]).then(() => step("tsc", ["npm", "run", "typecheck"])),
  langchain03.then(() => step("knip", ["npm", "run", "lint:unused"])),
]);
if ((await setUp).includes(false)) process.exit(1);
const failedChecks = (await checks).filter((passed) => !passed).length;

const startedAtMs = Date.now();
process.env.TEST_COUNTS_FILE = byProject;
const reporters = ["--reporter=default", "--reporter=./test/setup/count-reporter.mjs"];
const vitestPassed = await run(
  ["npx", "vitest", "run", ...(isLong ? ["--coverage"] : []), ...reporters],
  "inherit",
);
const projects = readCounts();
const { passed, failed, skipped } = sum(Object.values(projects));
// A coverage gate or an error outside of tests fails the run without failing a test.
const outside = !vitestPassed.ok && failed === 0 ? 1 : 0;
const total = { passed, failed: failed + failedChecks + outside, skipped };
writeFileSync(counts, JSON.stringify(total));
console.table(projects);
console.log(`Tests took ${((Date.now() - startedAtMs) / 60_000).toFixed(1)} minutes`);
if (failedChecks > 0) console.log(`Checks that failed before the tests: ${failedChecks}`);
if (outside > 0)
  console.log("vitest failed outside of its tests: a stray error, or coverage below the gate");
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

function readCounts() {
  try {
    return JSON.parse(readFileSync(byProject, "utf8"));
  } catch {
    return {};
  }
}

function sum(rows) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const row of rows) for (const state in total) total[state] += row[state];
  for (const row of rows) row.seconds = Math.round(row.seconds);
  return total;
}

/** Runs a command quietly; its output is shown if it fails. */
async function step(name, command) {
  const start = Date.now();
  const { ok, output } = await run(command, "pipe");
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${ok ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (!ok) console.log(output);
  return ok;
}

function run([command, ...args], output) {
  const child = spawn(command, args, { stdio: ["ignore", output, output] });
  const chunks = [];
  child.stdout?.on("data", (chunk) => chunks.push(chunk));
  child.stderr?.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (ok, text) => resolve({ ok, output: text ?? Buffer.concat(chunks).toString() });
    child.on("error", (error) => end(false, String(error)));
    child.on("close", (code) => end(code === 0));
  });
}
