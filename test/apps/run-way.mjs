import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getTrackingUri, searchTraces, setTrackingUri } from "../../dist/index.js";
import { folderOf } from "./install.mjs";
import { runProgram, runServer } from "./start-app.mjs";

const root = join(import.meta.dirname, "../..");
/** The default store, below the working directory. */
const DEFAULT_DIRECTORY = basename(fileURLToPath(getTrackingUri()));
const CHAIN = ["ChatPromptTemplate", "FakeListChatModel", "StrOutputParser"];
/** Not copied and not removed where the app's folder is the one that packages are installed in. */
const INSTALLED = /^(node_modules|package\.json|installed\.json)$/;

/**
 * Runs an app in one way, on each of its versions of Node.js. Returns "traced" if exactly the expected traces were
 * stored, otherwise the lines that this package logged, or else "nothing" or "failed" with the reason.
 */
export async function runWay(kind, way) {
  const results = [];
  for (const node of kind.nodes ?? ["20"]) {
    const result = await runOnNode(kind, way, node).catch((cause) => `failed: ${cause.message}`);
    if (!results.includes(result)) results.push(result);
  }
  return results.join(" | ");
}

async function runOnNode(kind, way, node) {
  if (!kind.isInTemporaryFolder) return runIn(appFolder(kind, way), kind, way, node);
  const app = mkdtempSync(join(tmpdir(), "app-"));
  try {
    symlinkSync(join(folderOf(kind.group ?? "shared"), "node_modules"), join(app, "node_modules"));
    return await runIn(app, kind, way, node);
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}

function appFolder({ kind, group = "shared", parent = ".", isGroupFolder }, way) {
  if (isGroupFolder) return folderOf(group);
  return join(folderOf(group), parent, "apps", `${kind.replace(/\W+/g, "-")}-${way}`);
}

async function runIn(app, kind, way, node) {
  const { group = "shared", unwanted, hasDefaultStore } = kind;
  writeApp(app, kind, way);
  const store = join(app, hasDefaultStore ? DEFAULT_DIRECTORY : "traces");
  const bins = [
    join(app, "node_modules/.bin"),
    join(folderOf(group), "node_modules/.bin"),
    join(folderOf("shared"), "node_modules/.bin"),
  ];
  const env = {
    ...process.env,
    PATH: [dirname(nodeFile(node)), ...bins, process.env.PATH].join(delimiter),
    NEXT_TELEMETRY_DISABLED: "1",
    PM2_HOME: join(app, ".pm2"),
  };
  for (const command of kind.build ?? []) {
    const built = await runProgram(command, { cwd: app, env });
    if (built.code !== 0) return failure(`${command}: ${built.stdout}${built.stderr}`);
  }
  const { run, env: more } = kind[way];
  const options = {
    cwd: app,
    env: { ...env, ...(!hasDefaultStore && { MLFLOW_TRACKING_URI: store }), ...more },
  };
  const end = kind.visit
    ? await runServer(run, options, kind.visit)
    : await runProgram(run, options);
  writeFileSync(join(app, "output.txt"), `${end.stdout}\n--- stderr\n${end.stderr}`);
  if (end.failure) return failure(`${end.failure.message}: ${end.stderr}`);
  if (!kind.visit && end.code !== 0) return failure(`exit code ${end.code}: ${end.stderr}`);
  if (unwanted?.test(end.stdout + end.stderr)) return failure(`it printed ${unwanted}`);
  return compare(kind, await spansOf(store), end.stderr.replaceAll(app, "/app"));
}

/** Copies the app's files. In the way `preload`, without the lines with "autolog". */
function writeApp(app, { files = ["programs"], manifest }, way) {
  mkdirSync(app, { recursive: true });
  for (const entry of readdirSync(app)) {
    if (!INSTALLED.test(entry)) rmSync(join(app, entry), { recursive: true });
  }
  for (const folder of files) cpSync(join(import.meta.dirname, folder), app, { recursive: true });
  cpSync(join(import.meta.dirname, "common"), join(app, "common"), { recursive: true });
  if (manifest) writeFileSync(join(app, "package.json"), JSON.stringify(manifest));
  if (way === "code") return;
  for (const folder of files) {
    for (const file of readdirSync(join(import.meta.dirname, folder), { recursive: true })) {
      if (!/\.\w+$/.test(file)) continue;
      const text = readFileSync(join(app, file), "utf8");
      writeFileSync(join(app, file), text.replace(/^.*autolog.*\n/gm, ""));
    }
  }
}

function compare({ traces = ["app"], plain = [] }, stored, stderr) {
  const expected = [...traces.map((name) => [name, ...CHAIN]), ...plain].map(String).sort();
  const lines = stderr.split("\n").filter((line) => line.startsWith("langchain-mlflow: "));
  const isTraced = String(stored) === String(expected);
  if (isTraced && lines.length === 0) return "traced";
  if (stored.length === 0 && lines.length === 1) return lines[0].slice("langchain-mlflow: ".length);
  if (stored.length === 0 && lines.length === 0) return "nothing";
  return failure(`${stored.join(" and ")}; ${lines.join("; ")}`);
}

function failure(reason) {
  return `failed: ${reason.trim().replaceAll(root, "").replace(/\s+/g, " ").slice(0, 250)}`;
}

/** The names of the spans of each trace, sorted. */
async function spansOf(store) {
  if (!existsSync(store)) return [];
  setTrackingUri(store);
  const names = [];
  for await (const { data } of searchTraces())
    names.push(String(data.spans.map(({ name }) => name)));
  return names.sort();
}

function nodeFile(version) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const file = join(root, `.cache/other-programs/node_modules/node${version}/bin/node`);
  if (!existsSync(file)) throw new Error(`Node.js ${version} is not installed.`);
  return file;
}
