// What an outage of the server costs an app that traces 100 calls a second, and what it loses:
// node bench/outage.mjs [--seconds 180] [--rate 100] [--only down,hanging] [--at-once 1] [--picture docs/images/outages.svg]
// `--seconds` is the length of the outage. The app runs for 20 seconds before it and after it.
// Prints a table. Run `npm run build` first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pictureOf } from "./outage/picture.mjs";
import { importTypeScript } from "./typescript.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "180" },
    rate: { type: "string", default: "100" },
    only: { type: "string" },
    "at-once": { type: "string", default: "1" },
    picture: { type: "string" },
  },
});
const from = 20;
const to = from + Number(options.seconds);
const seconds = to + 20;
const app = fileURLToPath(new URL("outage/app.mjs", import.meta.url));
const { startMlflowServer } = await importTypeScript("test/support/mlflow-server.ts");
const { startFaultyProxy, PASS } = await importTypeScript("test/support/faulty-proxy.ts");
const { storedInputs } = await importTypeScript("test/support/stored-inputs.ts");

const answer =
  (status, body = "", headers = {}) =>
  () => ({ kind: "answer", status, body, headers });
let turn = 0;
const OUTAGES = {
  down: undefined,
  hanging: () => ({ kind: "hang" }),
  slow: () => ({ kind: "slow", ms: 3000 }),
  "status 503": answer(503, "unavailable"),
  "429 with Retry-After": answer(429, "slow down", { "retry-after": "2" }),
  "413 above 20 kB": ({ bytes }) => (bytes > 20_000 ? { kind: "answer", status: 413 } : PASS),
  resets: () => ({ kind: "reset", when: ["before", "within", "after"][turn++ % 3] }),
  garbage: () => ({ kind: "garbage" }),
  "login page": answer(200, "<html><body>Please log in</body></html>", {
    "content-type": "text/html",
  }),
  "status 401": answer(401, "You are not authenticated."),
};

const chosen = options.only?.split(",") ?? Object.keys(OUTAGES);
const waiting = [...chosen];
const measured = new Map();
const worker = async () => {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    measured.set(name, await measure(name, OUTAGES[name]));
    console.log(rowOf(measured.get(name)));
  }
};
await Promise.all(Array.from({ length: Number(options["at-once"]) }, worker));
const results = chosen.map((name) => measured.get(name));
console.log(`\n| outage | calls | lost | stored twice | highest RSS, MiB | p99 before, ms | highest p99 during, ms | delivered after, s |
|---|---|---|---|---|---|---|---|
${results.map(rowOf).join("\n")}`);
if (options.picture) writeFileSync(options.picture, pictureOf(results));

async function measure(name, faultOf) {
  const server = await startMlflowServer();
  const proxy = await startFaultyProxy(() => server.url);
  const spool = mkdtempSync(join(tmpdir(), "outage-"));
  const child = spawn(process.execPath, [app, options.rate, `${seconds}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: proxy.url,
      MLFLOW_EXPERIMENT_NAME: "outage",
      MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: spool,
    },
  });
  const lines = [];
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  const ended = once(child, "close");
  await sleep(from * 1000);
  if (faultOf) proxy.faultOf = faultOf;
  else await proxy.closeDoor();
  await sleep((to - from) * 1000);
  proxy.faultOf = () => PASS;
  await proxy.open();
  await ended;
  const last = lines.pop();
  const inputs = (await storedInputs(server.url, "outage")).map((input) => JSON.stringify(input));
  const different = new Set(inputs).size;
  await proxy.close();
  await server.close();
  rmSync(spool, { recursive: true, force: true });
  const { total, stats, drainedMs } = last;
  return {
    name,
    from,
    to,
    samples: lines,
    total,
    lost: total - different,
    duplicated: inputs.length - different,
    stats,
    drainedMs,
  };
}

function rowOf({ name, total, lost, duplicated, samples, from, to, drainedMs }) {
  const within = (low, high) =>
    samples.filter(({ second }) => second > low && second <= high).map(({ p99 }) => p99);
  const max = (values) => Math.max(...values);
  // The first seconds compile the code.
  const before = within(from / 2, from).toSorted((one, other) => one - other);
  const median = before[before.length >> 1] ?? 0;
  const rss = max(samples.map((sample) => sample.rss)) / 2 ** 20;
  return `| ${name} | ${total} | ${lost} | ${duplicated} | ${rss.toFixed(0)} | ${median.toFixed(1)} | ${max(within(from, to)).toFixed(1)} | ${(drainedMs / 1000).toFixed(0)} |`;
}
