// What logging models costs a call: `node bench/models.mjs`, or `npm run bench:models`.
// Each way in processes of its own, in turn, in one run; the least of the rounds counts. The model is ChatOpenAI, answered by a server here.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOpenAiServer } from "../examples/openai-server.mjs";
import { writeSection } from "./sections.mjs";

const ROUNDS = 5;
/** While the first model is being written. */
const EARLY_CALLS = 50;
const CALLS = 400;
const WARM_UP_CALLS = 100;
const OPTIONS = {
  "tracing alone": {},
  logModels: { logModels: true, logInputExamples: true, logModelSignatures: true },
};
const CHAINS = { "one chain": false, "a chain made for each call": true };

if (process.argv[2]) await measure(...process.argv.slice(2));
else await main();

async function main() {
  const openai = await startOpenAiServer();
  const rows = [];
  for (const chains of Object.keys(CHAINS)) {
    const best = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const way of Object.keys(OPTIONS)) {
        const before = openai.calls();
        const figures = await inProcess(way, chains, openai.url);
        const modelCalls = openai.calls() - before;
        best[way] = least(best[way], { ...figures, modelCalls });
      }
    }
    for (const way of Object.keys(OPTIONS)) rows.push({ chains, way, ...best[way] });
  }
  await openai.close();
  const text = [
    `Node.js ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB.`,
    "",
    "| chains | way | first call, ms | median of the next 50, ms | median later, ms | 95th percentile later, ms | calls | model calls | models |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${columnsOf(row).join(" | ")} |`),
  ].join("\n");
  writeSection("models", text);
  console.log(text);
}

function columnsOf({ chains, way, firstMs, earlyMs, medianMs, highMs, modelCalls, models }) {
  const times = [firstMs, earlyMs, medianMs, highMs].map((ms) => ms.toFixed(2));
  const calls = WARM_UP_CALLS + 1 + EARLY_CALLS + CALLS;
  return [chains, way, ...times, calls, modelCalls, models];
}

function least(one, other) {
  if (!one) return other;
  const names = ["firstMs", "earlyMs", "medianMs", "highMs"];
  return {
    ...other,
    ...Object.fromEntries(names.map((name) => [name, Math.min(one[name], other[name])])),
  };
}

async function inProcess(way, chains, url) {
  const env = { ...process.env, OPENAI_BASE_URL: url, OPENAI_API_KEY: "sk-none" };
  const child = fork(fileURLToPath(import.meta.url), [way, chains], { env });
  const [figures] = await once(child, "message");
  child.kill();
  return figures;
}

async function measure(way, chains) {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-bench-models-"));
  const mlflow = await import("langchain-mlflow");
  mlflow.setTrackingUri(folder);
  mlflow.autolog({ ...OPTIONS[way], silent: true });
  const newChain = await chainMaker();
  const shared = newChain("shared");
  const call = async () => {
    const startMs = performance.now();
    const chain = CHAINS[chains] ? newChain("of a request") : shared;
    await chain.invoke({ question: "what is up" });
    return performance.now() - startMs;
  };
  const sorted = async (count) => {
    const times = [];
    for (let done = 0; done < count; done += 1) times.push(await call());
    return times.sort((a, b) => a - b);
  };
  // What LangChain and HTTP load and compile at their first calls is not ours.
  mlflow.autolog({ disable: true });
  await sorted(WARM_UP_CALLS);
  mlflow.autolog({ ...OPTIONS[way], silent: true });
  const firstMs = await call();
  const earlyMs = at(await sorted(EARLY_CALLS), 0.5);
  await mlflow.flushTraces();
  const times = await sorted(CALLS);
  await mlflow.flushTraces();
  const { items } = await mlflow.searchRuns().page();
  rmSync(folder, { recursive: true, force: true });
  const [medianMs, highMs] = [at(times, 0.5), at(times, 0.95)];
  process.send({ firstMs, earlyMs, medianMs, highMs, models: items.length });
}

async function chainMaker() {
  const { ChatPromptTemplate } = await import("@langchain/core/prompts");
  const { StringOutputParser } = await import("@langchain/core/output_parsers");
  const { ChatOpenAI } = await import("@langchain/openai");
  return (name) =>
    ChatPromptTemplate.fromMessages([
      ["system", `You are the assistant ${name}, and brief.`],
      ["human", "{question}"],
    ])
      .pipe(new ChatOpenAI({ model: "gpt-4o" }))
      .pipe(new StringOutputParser());
}

function at(sorted, share) {
  return sorted[Math.floor(sorted.length * share)];
}
