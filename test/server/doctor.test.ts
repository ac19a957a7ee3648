import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, request } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readSettings } from "../../src/settings/settings.js";
import { openStore } from "../../src/store/open.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import { startFakeTrackingServer } from "../support/fake-tracking-server.js";
import { freePort, type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

const root = realpathSync(fileURLToPath(new URL("../../", import.meta.url)));
const cli = join(root, "dist/cli.js");
const CREDENTIALS = { MLFLOW_TRACKING_USERNAME: "ada", MLFLOW_TRACKING_PASSWORD: "the password" };

const PROGRAM = `import { FakeListChatModel } from "@langchain/core/utils/testing";
import { autolog } from "langchain-mlflow";
autolog();
const model = new FakeListChatModel({ responses: ["hi"] });
console.log((await model.invoke("x")).content);
`;

let mlflow: MlflowServer;
beforeAll(async () => {
  mlflow = await startMlflowServer();
});
afterAll(() => mlflow.close());

interface App {
  readonly directory: string;
  readonly env: Record<string, string>;
  readonly flags: string[];
  readonly args: string[];
}

type ApplyFix = (fix: string) => unknown;

/** Breaks a healthy app. Returns what applies the fix that `doctor` prints. */
type SetUp = (app: App) => Promise<ApplyFix> | ApplyFix;

/** Sets the variable as the fix says: `Set NAME=value`. */
function setVariable(app: App) {
  return (fix: string) => {
    const [, name = "", value = ""] = /(\w+)="?([^"\s]+)"?/.exec(fix) ?? [];
    app.env[name] = value;
  };
}

const broken: Record<string, SetUp> = {
  async "server-is-down"(app) {
    const port = await freePort();
    Object.assign(app.env, CREDENTIALS, { MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}` });
    return () => startFront(port, () => portOf(mlflow.url));
  },
  "https-for-an-http-server"(app) {
    const uri = mlflow.url.replace("http:", "https:");
    Object.assign(app.env, CREDENTIALS, { MLFLOW_TRACKING_URI: uri });
    return setVariable(app);
  },
  async "wrong-password"(app) {
    const port = await startGate();
    const uri = `http://127.0.0.1:${port}`;
    const wrong = { MLFLOW_TRACKING_USERNAME: "ada", MLFLOW_TRACKING_PASSWORD: "not the password" };
    Object.assign(app.env, wrong, { MLFLOW_TRACKING_URI: uri });
    return () => Object.assign(app.env, CREDENTIALS);
  },
  "uri-without-a-scheme"(app) {
    const uri = mlflow.url.replace("http://", "");
    Object.assign(app.env, CREDENTIALS, { MLFLOW_TRACKING_URI: uri });
    return setVariable(app);
  },
  async "server-is-too-old"(app) {
    const old = await startFakeTrackingServer("2.22.0");
    onTestFinished(() => old.close());
    let port = portOf(old.url);
    const front = await startFront(0, () => port);
    Object.assign(app.env, CREDENTIALS, { MLFLOW_TRACKING_URI: `http://127.0.0.1:${front}` });
    return () => {
      port = portOf(mlflow.url);
    };
  },
  "env-file-is-not-loaded"(app) {
    writeFileSync(join(app.directory, ".env"), "MLFLOW_EXPERIMENT_NAME=my secret agent\nOTHER=1\n");
    return (fix) => app.flags.push(/node (--env-file=\S+)/.exec(fix)?.[1] ?? "");
  },
  "store-cannot-be-written"(app) {
    writeFileSync(join(app.directory, "runs"), "a file");
    app.env.MLFLOW_TRACKING_URI = "file:./runs/store";
    return () => {
      app.env.MLFLOW_TRACKING_URI = "file:./store";
    };
  },
  async "experiment-is-deleted"(app) {
    const store = openStore(join(app.directory, "store"), readSettings({}));
    const id = await store.createExperiment("agent");
    await store.close();
    mkdirSync(join(app.directory, "store/.trash"));
    renameSync(join(app.directory, "store", id), join(app.directory, "store/.trash", id));
    Object.assign(app.env, {
      MLFLOW_TRACKING_URI: "file:./store",
      MLFLOW_EXPERIMENT_NAME: "agent",
    });
    return () => {
      app.env.MLFLOW_EXPERIMENT_NAME = "agent 2";
    };
  },
  "autolog-is-never-called"(app) {
    writeFileSync(join(app.directory, "app.mjs"), PROGRAM.replace(/.*autolog.*\n/g, ""));
    return setAsNodeOptions(app);
  },
  "core-is-not-installed"(app) {
    rmSync(join(app.directory, "node_modules/@langchain"), { recursive: true });
    return () => installCore(app.directory);
  },
  async "bundle-contains-core"(app) {
    await bundle(app.directory, []);
    app.args.push("--", process.execPath, "bundle.mjs");
    return () => bundle(app.directory, ["@langchain/core", "langchain-mlflow"]);
  },
};

function setAsNodeOptions(app: App) {
  return (fix: string) => {
    app.env.NODE_OPTIONS = /NODE_OPTIONS="([^"]+)"/.exec(fix)?.[1] ?? "";
  };
}

test.each(Object.entries(broken))(
  "doctor finds the fault of the set-up %s, and the fix that it prints ends it",
  async (name, breakIt) => {
    const app = createApp();
    const applyFix = await breakIt(app);
    const before = await runDoctor(app);
    await expect(normalized(before.stdout, app)).toMatchFileSnapshot(`doctor/${name}.txt`);
    const stderr = before.stderr.replace(/^langchain-mlflow: nothing is traced: .*\n/, "");
    expect({ code: before.code, stderr }).toEqual({ code: 1, stderr: "" });
    const fix = /^ {2}problem .*\n {10}Fix: (.*)$/m.exec(before.stdout)?.[1] ?? "";
    expect(fix).not.toBe("");
    await applyFix(fix);
    const after = await runDoctor(app);
    expect(after.stdout).not.toMatch(/^ {2}problem/m);
    expect(after.code).toBe(0);
  },
);

test("with --json, the findings are JSON, and the program's own stdout goes to stderr", async () => {
  const app = createApp();
  writeFileSync(join(app.directory, "app.mjs"), `${PROGRAM}process.exitCode = 3;\n`);
  const { code, stdout, stderr } = await runDoctor(app, ["--json", "--", "node", "app.mjs"]);
  const { isHealthy, findings, program } = JSON.parse(stdout);
  expect({ code, isHealthy, stderr }).toEqual({ code: 0, isHealthy: true, stderr: "hi\n" });
  expect(findings.find(({ check }: { check: string }) => check === "traces")).toMatchObject({
    status: "ok",
    text: expect.stringMatching(/^1 trace was recorded\. They go to file:.*mlflow-local\.$/),
  });
  expect(program.exitCode).toBe(3);
  expect(program.reports).toContainEqual(
    expect.objectContaining({ traces: 1, losses: {}, hasLangChain: true }),
  );
});

test.each([
  { how: "--env-file", flags: ["--env-file=settings"], first: "" },
  { how: "its own code", flags: [], first: 'process.loadEnvFile("settings");\n' },
])(
  "the store is that of the program, which loads its settings by $how",
  async ({ flags, first }) => {
    const app = createApp();
    const secret = "a password that is not shown";
    const settings = {
      MLFLOW_TRACKING_URI: "file:./other",
      MLFLOW_EXPERIMENT_NAME: "from the file",
    };
    const lines = Object.entries({ ...settings, MLFLOW_TRACKING_PASSWORD: secret });
    writeFileSync(join(app.directory, "settings"), lines.map((pair) => pair.join("=")).join("\n"));
    const program = PROGRAM.replace("autolog();", `${first}autolog();`);
    writeFileSync(join(app.directory, "app.mjs"), program);
    const command = ["--json", "--", "node", ...flags, "app.mjs"];
    const { code, stdout } = await runDoctor(app, command);
    const { findings } = JSON.parse(stdout);
    const texts: string[] = findings.map(({ text }: { text: string }) => text);
    expect(texts).toContain(`Traces go to the local store ${join(app.directory, "other")}.`);
    expect(texts).toContainEqual(expect.stringMatching(/^The experiment is "from the file" /));
    expect(stdout).not.toContain(secret);
    expect(code).toBe(0);
  },
);

test.each([
  {
    what: "a program that fails before it calls LangChain",
    program: "throw new Error('broken');",
    fix: "The program failed: correct the error in its output above, and run this again.",
  },
  {
    what: "a variable that disables autolog",
    program: PROGRAM,
    env: { MLFLOW_LANGCHAIN_DISABLE: "true" },
    fix: "remove the variable MLFLOW_LANGCHAIN_DISABLE",
  },
])("doctor names $what", async ({ program, env = {}, fix }) => {
  const app = createApp();
  Object.assign(app.env, env);
  writeFileSync(join(app.directory, "app.mjs"), `// langchain-mlflow\n${program}`);
  const { code, stdout } = await runDoctor(app, ["--", "node", "app.mjs"]);
  expect(stdout).toContain(`Fix: ${fix}\n`);
  expect(code).toBe(1);
});

test("an experiment whose name and id disagree is a problem, as for the app", async () => {
  const app = createApp();
  Object.assign(app.env, { MLFLOW_EXPERIMENT_NAME: "agent", MLFLOW_EXPERIMENT_ID: "77" });
  const { code, stdout } = await runDoctor(app);
  expect(stdout).toMatch(/^ {2}problem The provided MLFLOW_EXPERIMENT_ID /m);
  expect(code).toBe(1);
});

test("the program's stdout is unchanged, before the findings", async () => {
  const { stdout } = await runDoctor(createApp(), ["--", "node", "app.mjs"]);
  expect(stdout).toMatch(/^hi\nThe program that was run\n/);
});

/** A healthy app, with a local store at the default place. */
function createApp(): App {
  const directory = temporaryDirectory({ prefix: "doctor-" });
  const manifest = { type: "module", dependencies: { "@langchain/core": "*" } };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(directory, "app.mjs"), PROGRAM);
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(root, join(directory, "node_modules/langchain-mlflow"));
  installCore(directory);
  return { directory, env: { HOME: directory }, flags: [], args: [] };
}

function installCore(directory: string): void {
  mkdirSync(join(directory, "node_modules/@langchain"));
  const core = join(root, "node_modules/@langchain/core");
  symlinkSync(core, join(directory, "node_modules/@langchain/core"));
}

function bundle(directory: string, external: string[]): Promise<unknown> {
  const entry = join(directory, "bundled.mjs");
  writeFileSync(entry, PROGRAM.replace(/.*autolog.*\n/g, ""));
  return build({
    ...{ entryPoints: [entry], outfile: join(directory, "bundle.mjs"), external },
    ...{ bundle: true, format: "esm", platform: "node", logLevel: "error" },
  });
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runDoctor({ directory, env, flags, args }: App, more: string[] = []): Promise<Ended> {
  const { NODE_OPTIONS: _options, ...environment } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...flags, cli, "doctor", ...args, ...more],
      { cwd: directory, env: { ...environment, ...env }, timeout: CHILD_LIMIT_MS },
      (error, stdout, stderr) => {
        const code = error ? ((error.code as number | undefined) ?? -1) : 0;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** The text without what differs between machines. */
function normalized(text: string, { directory }: App): string {
  return text
    .replaceAll(directory, "<app>")
    .replaceAll(root, "<package>")
    .replaceAll(process.execPath, "node")
    .replace(/Node\.js [\d.]+/, "Node.js <version>")
    .replace(/(@langchain\/core|MLflow|langchain-mlflow) \d[\w.-]*\d/g, "$1 <version>")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/tr-[0-9a-f]{32}/g, "tr-<id>");
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** An MLflow server that requires {@link CREDENTIALS}, as a proxy with a password does. */
async function startGate(): Promise<number> {
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = CREDENTIALS;
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const gate = createHttpServer((incoming, response) => {
    const { method, url = "/", headers } = incoming;
    if (headers.authorization !== wanted) {
      response.writeHead(401).end("Unauthorized");
      return;
    }
    const passed = request(new URL(url, mlflow.url), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(passed);
  });
  return listen(gate, 0);
}

/** Listens on a port, and passes each connection on to another one. */
async function startFront(port: number, target: () => number): Promise<number> {
  const server = createServer((socket) => {
    const upstream = connect(target(), "127.0.0.1");
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
  });
  return listen(server, port);
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
