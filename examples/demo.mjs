// Runs every example with tracing switched on by a flag, and prints the trees of its traces.
// npm run demo
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startOpenAiServer } from "./openai-server.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = ["dist/cli.js"];
const preloaded = ["--import", "langchain-mlflow/register"];
const programs = [
  { file: "translation-chain.mjs", shows: "a chain: prompt, model, parser", flags: preloaded },
  { file: "translation-stream.mjs", shows: "the same chain, streamed", flags: preloaded },
  { file: "translation-batch.mjs", shows: "a batch: a trace an item", flags: preloaded },
  { file: "rag-chain.mjs", shows: "retrieval", flags: preloaded },
  { file: "agent.mjs", shows: "an agent with two tools, asked three times", flags: preloaded },
  { file: "langgraph.mjs", shows: "a LangGraph graph, streamed", flags: preloaded },
  { file: "tools.mjs", shows: "tools called directly", flags: preloaded },
  { file: "failing-model.mjs", shows: "a model that fails", flags: preloaded },
  { file: "autolog-in-code.mjs", shows: "tracing switched on in code", flags: [] },
  { file: "page-scenario-3/tracer.mjs", shows: "some calls traced, and no other", flags: [] },
  { file: "feedback-tags.mjs", shows: "feedback, an expectation and tags", flags: preloaded },
  { file: "runs.mjs", shows: "runs: params, metrics, a table, and their traces", flags: [] },
];

if (!existsSync(`${root}dist/register.cjs`)) {
  console.error("The package is not built yet. Run: npm run build");
  process.exit(1);
}
const server = process.env.OPENAI_API_KEY ? undefined : await startOpenAiServer();
const env = {
  MLFLOW_EXPERIMENT_NAME: "LangChain MLflow Integration",
  ...process.env,
  ...(server && { OPENAI_API_KEY: "none-needed", OPENAI_BASE_URL: server.url }),
};
const failures = [];
try {
  const known = new Set((await newest()).map((info) => info.traceId));
  for (const program of programs) failures.push(...(await demonstrate(program, known)));
} finally {
  await server?.close();
}
const uri = process.env.MLFLOW_TRACKING_URI;
console.log(
  /^https?:/.test(uri ?? "")
    ? `\nThe traces are in MLflow: ${uri}`
    : `\nThe traces are in ${uri || "./.mlflow-local"}. See them in MLflow's own UI: npx langchain-mlflow ui`,
);
for (const failure of failures) console.error(`FAILED ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Runs one program and shows its traces; returns its failure, if it had one. */
async function demonstrate({ file, shows, flags }, known) {
  console.log(`\n━━━ ${file}: ${shows}`);
  console.log(`$ node ${[...flags, `examples/${file}`].join(" ")}`);
  const code = await node([...flags, `examples/${file}`]);
  const infos = (await newest()).filter((info) => !known.has(info.traceId)).reverse();
  for (const { traceId } of infos) {
    known.add(traceId);
    console.log("");
    await node([...cli, "traces", traceId]);
  }
  return [
    ...(code === 0 ? [] : [`${file} ended with exit code ${code}`]),
    ...(infos.length > 0 ? [] : [`${file} left no trace`]),
  ];
}

async function newest() {
  let text = "";
  const list = [...cli, "traces", "--json", "--limit", "50"];
  // Traces of all experiments: a program may set its own.
  const everywhere = { ...env, MLFLOW_EXPERIMENT_NAME: "", MLFLOW_EXPERIMENT_ID: "" };
  const code = await node(list, everywhere, (chunk) => {
    text += chunk;
  });
  if (code !== 0) process.exit(code);
  return JSON.parse(text);
}

function node(args, environment = env, onOutput) {
  const stdio = ["ignore", onOutput ? "pipe" : "inherit", "inherit"];
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio });
  child.stdout?.setEncoding("utf8").on("data", onOutput);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? `signal ${signal}`));
  });
}
