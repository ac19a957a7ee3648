// The kinds of apps. Each runs in two ways: `code`, where the app calls `autolog()`, and `preload`, where the lines
// with "autolog" are removed from its files and `langchain-mlflow/register` is loaded before it.
import { answerOf, pressButton, runGraph } from "./visits.mjs";

const REGISTER = "--import langchain-mlflow/register";
const YARN = "node ../../../shared/node_modules/@yarnpkg/cli-dist/bin/yarn.js";
const VM_MODULES = "--experimental-vm-modules";
const ALL_NODES = ["20", "22", "24", "26"];
/** The environment of a preload where a tool starts Node.js. */
const OPTIONS = { NODE_OPTIONS: REGISTER };

/** `next dev` ends its server 100 ms after SIGTERM, unless it is asked to wait. */
const NEXT_END = { NEXT_EXIT_TIMEOUT_MS: "10000" };

/** A kind whose program is the same in both ways. */
const program = (command, preload = {}) => ({
  code: { run: command },
  preload: { run: command, env: OPTIONS, ...preload },
});
const node = (file) => ({
  code: { run: `node ${file}` },
  preload: { run: `node ${REGISTER} ${file}` },
});
const server = { visit: answerOf };
const next = (kind, run, build) => ({
  kind: `Next.js 16, ${kind}`,
  group: "next",
  files: ["next"],
  // Next.js resolves packages only in the project's own folder.
  isGroupFolder: true,
  code: { run, env: NEXT_END },
  preload: { run, env: { ...OPTIONS, ...NEXT_END } },
  ...(build && { build }),
  visit: async (address) => {
    await answerOf(`${address}/api`);
    await pressButton(address);
  },
  // The page is rendered again after its action.
  traces: ["action", "page", "page", "route"],
});
const vitest = (kind, args, group = "shared", nodes = ["20"]) => ({
  kind: `vitest ${kind}`,
  files: ["vitest"],
  group,
  nodes,
  ...program(`vitest run ${args}`),
});

/**
 * `files`: folders of test/apps that the app consists of. `build`: commands to run first. `visit`: the kind is a server,
 * and this is what is requested from it. `isInTemporaryFolder`: the app is not below .cache. `traces`: the names of the traces, each with the spans of `common/chain`.
 * `plain`: names of traces with other spans. `unwanted`: what must not be printed.
 */
export const kinds = [
  { kind: "ES modules", nodes: ALL_NODES, ...node("app.mjs") },
  { kind: "CommonJS", nodes: ALL_NODES, ...node("app.cjs") },
  {
    kind: "TypeScript, tsx",
    nodes: ALL_NODES,
    manifest: { type: "module" },
    ...program("tsx app.ts"),
  },
  {
    kind: "TypeScript, Node.js strips types",
    nodes: ["22", "24", "26"],
    manifest: { type: "module" },
    ...node("app.ts"),
  },
  {
    kind: "TypeScript, tsc",
    build: [
      "tsc app.ts --outDir . --module NodeNext --target ES2022 --skipLibCheck --allowImportingTsExtensions --rewriteRelativeImportExtensions",
    ],
    manifest: { type: "module" },
    ...node("app.js"),
  },
  {
    kind: "TypeScript, ts-node",
    manifest: { type: "commonjs" },
    // With --import, Node.js 20 loads the program as an ES module, which ts-node does not compile.
    ...program(
      'ts-node --skipProject --transpileOnly -O {"module":"CommonJS","moduleResolution":"Node10"} app-without-extensions.ts',
      { env: { NODE_OPTIONS: "--require langchain-mlflow/register" } },
    ),
  },
  { kind: "pnpm", group: "pnpm", ...node("app.mjs") },
  {
    kind: "Yarn Plug'n'Play",
    group: "yarn",
    code: { run: `${YARN} node app.mjs` },
    preload: { run: `${YARN} node ${REGISTER} app.mjs` },
  },
  { kind: "npm workspaces", group: "workspaces", parent: "packages/api", ...node("app.mjs") },
  {
    kind: "Monorepo, the app has another copy of core",
    group: "two-copies",
    parent: "packages/api",
    ...node("app.mjs"),
  },
  { kind: "Express 5", files: ["express"], ...server, ...node("app.mjs") },
  { kind: "Fastify 5", files: ["fastify"], ...server, ...node("app.mjs") },
  {
    kind: "NestJS 11",
    files: ["nest"],
    build: ["tsc -p ."],
    manifest: { type: "commonjs" },
    ...server,
    ...node("dist/main.js"),
  },
  { kind: "Hono", files: ["hono"], ...server, ...node("app.mjs") },
  next("dev, Turbopack", "next dev -p $PORT"),
  next("dev, webpack", "next dev --webpack -p $PORT"),
  next("start, Turbopack", "next start -p $PORT", ["next build"]),
  next("start, webpack", "next start -p $PORT", ["next build --webpack"]),
  {
    kind: "LangGraph server (`langgraphjs dev`)",
    group: "langgraph",
    files: ["langgraph"],
    ...program("langgraphjs dev --no-browser --host 127.0.0.1 --port $PORT"),
    visit: runGraph,
    traces: [],
    plain: [
      ["LangGraph", "ask", "chain", "ChatPromptTemplate", "FakeListChatModel", "StrOutputParser"],
    ],
  },
  { kind: "worker_threads", files: ["workers"], ...node("threads.mjs") },
  {
    kind: "worker_threads, `autolog()` only in the main thread",
    files: ["workers-only"],
    ...node("threads.mjs"),
  },
  {
    kind: "child_process and cluster",
    files: ["workers"],
    ...node("cluster.mjs"),
    traces: ["cluster", "forked"],
  },
  {
    kind: "pm2",
    files: ["express"],
    ...server,
    ...program("pm2-runtime start app.mjs"),
  },
  {
    kind: "nodemon, default store",
    files: ["express"],
    ...program("nodemon app.mjs"),
    hasDefaultStore: true,
    // nodemon ignores folders whose name begins with a dot, unless the app itself is below one.
    isInTemporaryFolder: true,
    visit: async (address) => {
      await answerOf(address);
      // nodemon restarts a second after a file has changed.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await answerOf(address);
    },
    traces: ["app", "app"],
    unwanted: /restarting/,
  },
  ...["cjs", "esm"].map((format) => {
    const out = `bundle.${format === "cjs" ? "cjs" : "mjs"}`;
    return {
      kind: `esbuild, ${format === "cjs" ? "CommonJS" : "ES module"}`,
      build: [
        `esbuild ${format === "cjs" ? "app.cjs" : "app.mjs"} --bundle --platform=node --format=${format} --outfile=${out} --log-level=error`,
      ],
      ...node(out),
    };
  }),
  {
    kind: "esbuild, ES module, with the plugin",
    files: ["programs", "bundles"],
    build: ["node esbuild.mjs"],
    ...node("dist/app.mjs"),
  },
  {
    kind: "Vite SSR",
    files: ["programs", "bundles"],
    build: ["vite build --ssr app.mjs --logLevel error"],
    ...node("dist/app.js"),
    manifest: { type: "module" },
  },
  {
    kind: "Vite SSR, `noExternal: true`",
    files: ["programs", "bundles"],
    build: ["vite build --config vite.bundle.config.mjs --ssr app.mjs --logLevel error"],
    ...node("dist/app.js"),
    manifest: { type: "module" },
  },
  {
    kind: "Vite SSR, `noExternal: true`, with the plugin",
    files: ["programs", "bundles"],
    build: ["vite build --config vite.plugin.config.mjs --ssr app.mjs --logLevel error"],
    ...node("dist/app.js"),
    manifest: { type: "module" },
  },
  {
    kind: "webpack",
    files: ["programs", "bundles"],
    build: ["webpack --config webpack.config.cjs"],
    ...node("dist/main.cjs"),
  },
  { kind: "Jest", files: ["jest"], manifest: { type: "commonjs" }, ...program("jest") },
  {
    kind: "Jest, without the set-up file",
    files: ["jest-without-setup"],
    manifest: { type: "commonjs" },
    ...program("jest"),
  },
  {
    kind: "Jest, ES modules (`--experimental-vm-modules`)",
    files: ["jest-esm"],
    manifest: { type: "module" },
    code: { run: "jest", env: { NODE_OPTIONS: VM_MODULES } },
    preload: { run: "jest", env: { NODE_OPTIONS: `${VM_MODULES} ${REGISTER}` } },
  },
  vitest("4, forks", "--pool=forks"),
  vitest("4, threads", "--pool=threads"),
  vitest("4, vmThreads", "--pool=vmThreads"),
  vitest("4, vmForks", "--pool=vmForks"),
  vitest("5, forks", "--pool=forks", "vitest-5", ["24"]),
  vitest("5, threads", "--pool=threads", "vitest-5", ["24"]),
  { kind: "node:test", files: ["node-test"], nodes: ["20", "24"], ...program("node --test") },
  { kind: "mocha", files: ["mocha"], ...program("mocha answer.spec.mjs") },
  {
    kind: "Bun",
    code: { run: "bun app.mjs" },
    preload: { run: "bun --preload langchain-mlflow/register app.mjs" },
  },
  {
    kind: "Deno",
    code: { run: "deno run --allow-all --node-modules-dir=manual app.mjs" },
    preload: {
      run: "deno run --allow-all --node-modules-dir=manual --preload npm:langchain-mlflow/register app.mjs",
    },
  },
];
