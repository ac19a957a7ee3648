// Which source files one `prompt | model | parser` invoke and its flush run through: npm run bench:files [-- TRACKING_URI]
// Builds src with one file for each module, switches autolog on, and counts, by V8's precise coverage, the files of which
// a function ran during the call and the flush.
// Without a tracking URI the trace goes to a local store.
import { mkdirSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
// Inside the checkout, so that the built files find its dependencies.
const outdir = join(root, ".cache/files-of-a-trace");
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ["src/**/*.ts"],
  outdir,
  outbase: "src",
  format: "esm",
  platform: "node",
  target: "node20",
});

process.env.MLFLOW_TRACKING_URI = process.argv[2] ?? join(outdir, "store");
const { autolog, flushTraces } = await import(pathToFileURL(join(outdir, "index.js")).href);
autolog();
const chain = ChatPromptTemplate.fromTemplate("Translate: {text}")
  .pipe(new FakeListChatModel({ responses: ["Ich liebe das Programmieren."] }))
  .pipe(new StringOutputParser());
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
await session.post("Profiler.takePreciseCoverage");
await chain.invoke({ text: "I love programming." });
await flushTraces();
const { result } = await session.post("Profiler.takePreciseCoverage");
session.disconnect();

const files = result
  .filter(({ url }) => url.startsWith(pathToFileURL(outdir).href))
  .map(({ url, functions }) => ({
    file: relative(outdir, fileURLToPath(url)).replace(/\.js$/, ".ts"),
    called: functions.filter(({ ranges: [range] }) => range.count > 0).length,
  }))
  .filter(({ called }) => called > 0)
  .sort((a, b) => (a.file < b.file ? -1 : 1));
for (const { file, called } of files) console.log(`${String(called).padStart(4)}  src/${file}`);
console.log(`${files.length} files; the left column counts the functions that ran`);
rmSync(outdir, { recursive: true, force: true });
