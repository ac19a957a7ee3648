import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf } from "../../docs/pages.js";
import { createModelApp, type ModelApp } from "../../support/model-app.js";

const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const PAGE = "docs/node-server.md";

/** Waits as long as the input says, and writes a file when it is aborted. */
const MODEL = `
import { writeFileSync } from "node:fs";
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
const answer = ({ waitMs, file, error }, { signal }) => {
  if (error) throw new TypeError(error);
  return new Promise((resolve, reject) => {
    if (file) writeFileSync(file + ".started", "");
    const timer = setTimeout(() => resolve("waited " + waitMs), waitMs);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      if (file) writeFileSync(file + ".aborted", "");
      reject(signal.reason);
    });
  });
};
mlflow.models.setModel(RunnableLambda.from(answer));
`;

let app: ModelApp;
const children: ChildProcess[] = [];

beforeAll(async () => {
  app = createModelApp();
  app.write("wait.mjs", MODEL);
  const agent = blocksOf(PAGE).find(({ words }) => words.includes("file=agent.mjs"));
  app.write(
    "failing.mjs",
    `
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
mlflow.models.setModel(RunnableLambda.from(() => { throw new Error("the agent failed"); }));`,
  );
  app.write("agent.mjs", agent?.text ?? "");
  await app.run(`
    import * as mlflow from "langchain-mlflow";
    await mlflow.langchain.saveModel({ lcModel: "wait.mjs", path: "wait-model" });
    await mlflow.langchain.saveModel({ lcModel: "failing.mjs", path: "failing-model" });
    await mlflow.langchain.saveModel({ lcModel: "agent.mjs", path: "columns-model", signature: mlflow.models.inferSignature({ text: "a" }) });
    await mlflow.langchain.saveModel({ lcModel: "agent.mjs", path: "model" });`);
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  app.close();
});

const env = () => ({ ...process.env, MLFLOW_TRACKING_URI: join(app.directory, "store") });

async function startServer(given: string | readonly string[], variables: object = {}) {
  const args = [given].flat();
  const child = spawn(process.execPath, [cli, "serve", ...args, "--port", "0"], {
    ...{ cwd: app.directory, stdio: ["ignore", "pipe", "pipe"] },
    env: { ...env(), ...variables },
  });
  children.push(child);
  const ended = once(child, "exit") as Promise<[code: number | null, signal: string | null]>;
  let stderr = "";
  let url: string | undefined;
  // The loop leaves the stream open for the log of the calls.
  for await (const chunk of child.stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    stderr += String(chunk);
    url = /at (http:\S+) /.exec(stderr)?.[1];
    if (url) break;
  }
  if (!url) throw new Error(`The server did not start: ${stderr}`);
  child.stderr?.on("data", (chunk) => {
    stderr += String(chunk);
  });
  return { child, url, ended, stderr: () => stderr };
}

function invoke(url: string, inputs: object, init: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ inputs });
  return fetch(`${url}/invocations`, { method: "POST", headers, body, ...init });
}

async function untilExists(file: string): Promise<void> {
  while (!existsSync(join(app.directory, file))) await sleep(10);
}

test("SIGTERM finishes what is running, stores its trace, and ends the process with 0", async () => {
  const { child, url, ended } = await startServer("wait-model");
  const running = invoke(url, { waitMs: 500, file: "first" });
  await untilExists("first.started");
  child.kill("SIGTERM");
  await sleep(100);
  await expect(fetch(`${url}/ping`)).rejects.toThrow();
  const response = await running;
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ predictions: "waited 500" });
  expect(await ended).toEqual([0, null]);
  const list = [cli, "traces", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, list, { env: env() });
  expect(JSON.parse(stdout)).toMatchObject([{ state: "OK" }]);
});

test("a client that disconnects aborts its call, and an idle server ends at once", async () => {
  const { child, url, ended } = await startServer("wait-model");
  const client = new AbortController();
  const running = invoke(url, { waitMs: 60_000, file: "left" }, { signal: client.signal });
  await untilExists("left.started");
  client.abort();
  await expect(running).rejects.toThrow();
  await untilExists("left.aborted");
  // Its connection is kept alive.
  await (await fetch(`${url}/ping`)).text();
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("a connection without a request, and one that is kept alive, do not delay the end", async () => {
  const { child, url, ended } = await startServer("wait-model");
  const { hostname, port } = new URL(url);
  const silent = connect(Number(port), hostname);
  silent.on("error", () => {});
  await once(silent, "connect");
  const running = request(`${url}/invocations`, {
    ...{ method: "POST", agent: new Agent({ keepAlive: true }) },
    headers: { "content-type": "application/json" },
  });
  running.end(JSON.stringify({ inputs: { waitMs: 500, file: "kept" } }));
  const responded = once(running, "response");
  await untilExists("kept.started");
  child.kill("SIGTERM");
  const startedAt = Date.now();
  const [response] = await responded;
  response.resume();
  expect(response.headers.connection).toBe("close");
  expect(await ended).toEqual([0, null]);
  // Node.js keeps a connection for 5 seconds, and the drain time is 30.
  expect(Date.now() - startedAt).toBeLessThan(4000);
});

test("the timers and connections of the model do not delay the end", async () => {
  app.write("timer.mjs", `setInterval(() => {}, 1000);\n${MODEL}`);
  await app.run(`
    import * as mlflow from "langchain-mlflow";
    await mlflow.langchain.saveModel({ lcModel: "timer.mjs", path: "timer-model" });
    process.exit();`);
  const { child, url, ended } = await startServer("timer-model");
  expect((await invoke(url, { waitMs: 0 })).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("a client that disconnects within its body leaves the server running", async () => {
  const { child, url, ended } = await startServer("wait-model");
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const head = ["POST /invocations HTTP/1.1", "host: a", "content-type: application/json"];
  socket.write([...head, "content-length: 100", "", '{"inputs": '].join("\r\n"));
  await sleep(100);
  socket.destroy();
  expect((await invoke(url, { waitMs: 0 })).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("a call that fails because of the model is logged with its stack, a refused or aborted one is not", async () => {
  const [scoring, agent] = await Promise.all([
    startServer("wait-model"),
    startServer(["failing-model", "--agent"]),
  ]);
  expect((await invoke(scoring.url, { error: "no weather" })).status).toBe(500);
  expect((await fetch(`${scoring.url}/invocations`, { method: "POST", body: "{" })).status).toBe(
    415,
  );
  const left = new AbortController();
  const running = invoke(scoring.url, { waitMs: 60_000, file: "quiet" }, { signal: left.signal });
  await untilExists("quiet.started");
  left.abort();
  await expect(running).rejects.toThrow();
  await untilExists("quiet.aborted");
  const ask = async (stream: boolean) => {
    const body = JSON.stringify({ input: [{ role: "user", content: "hello" }], stream });
    const response = await fetch(`${agent.url}/responses`, { method: "POST", body });
    await response.text();
    return response.status;
  };
  expect([await ask(false), await ask(true)]).toEqual([500, 200]);
  for (const { child } of [scoring, agent]) child.kill("SIGTERM");
  await Promise.all([scoring.ended, agent.ended]);
  const logged = (stderr: string) => stderr.match(/^langchain-mlflow: .*\n +at /gm);
  expect(logged(scoring.stderr())).toEqual([
    expect.stringMatching(/: 500 \/invocations: TypeError: no weather\n +at /),
  ]);
  expect(logged(agent.stderr())).toEqual([
    expect.stringMatching(/: 500 \/responses: Error: the agent failed\n/),
    expect.stringMatching(/: 200 \/responses: Error: the agent failed\n/),
  ]);
  // The request may contain private data.
  expect(scoring.stderr()).not.toContain("request payload");
});

test("a client that leaves a stream ends its trace, with the reason and what it received", async () => {
  app.write(
    "endless.mjs",
    `
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
mlflow.models.setModel(RunnableLambda.from(async function* () {
  for (;;) {
    yield "text ";
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}));`,
  );
  const store = { MLFLOW_TRACKING_URI: join(app.directory, "left-store") };
  await app.run(`
    import * as mlflow from "langchain-mlflow";
    await mlflow.langchain.saveModel({ lcModel: "endless.mjs", path: "endless-model" });`);
  const { child, url, ended, stderr } = await startServer(["endless-model", "--agent"], store);
  const client = new AbortController();
  const response = await fetch(`${url}/responses`, {
    ...{ method: "POST", signal: client.signal },
    body: JSON.stringify({ input: [{ role: "user", content: "hello" }], stream: true }),
  });
  await response.body?.getReader().read();
  client.abort();
  const list = `
    import * as mlflow from "langchain-mlflow";
    const found = [];
    for await (const { data } of mlflow.searchTraces()) {
      found.push(data.spans.map(({ name, status }) => [name, status.message]), data.spans[0].outputs);
    }
    console.log(JSON.stringify(found));`;
  const reason = "The client has disconnected.";
  const output = [
    expect.objectContaining({
      content: [expect.objectContaining({ text: expect.stringMatching(/^text /) })],
    }),
  ];
  await expect
    .poll(async () => (await app.run(list, { env: store })).value, { timeout: 60_000 })
    .toEqual([
      [
        ["stream", reason],
        ["RunnableLambda", reason],
      ],
      { object: "response", output },
    ]);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  // It is no error of the server.
  expect(stderr()).not.toContain("disconnected");
});

test("--agent warns about a signature that refuses every request of an agent", async () => {
  const [other, agent] = await Promise.all([
    startServer(["columns-model", "--agent"]),
    startServer(["model", "--agent"]),
  ]);
  for (const { child } of [other, agent]) child.kill("SIGTERM");
  await Promise.all([other.ended, agent.ended]);
  expect(other.stderr()).toMatch(/columns-model has no column `messages` or `input`/);
  expect(agent.stderr()).not.toContain("no column");
});

test("after the drain time, running calls are aborted", async () => {
  const { child, url, ended } = await startServer(["wait-model", "--drain-timeout-ms", "100"]);
  const running = invoke(url, { waitMs: 60_000, file: "drained" });
  running.catch(() => {});
  await untilExists("drained.started");
  child.kill("SIGTERM");
  await expect(running).rejects.toThrow();
  await untilExists("drained.aborted");
  expect(await ended).toEqual([0, null]);
});

test("a wrong option, a missing model and a port in use are named", async () => {
  const run = async (...args: string[]) => {
    const failed = promisify(execFile)(process.execPath, [cli, "serve", ...args], {
      ...{ cwd: app.directory, env: env() },
    });
    return failed.then(
      () => ({ code: 0, stderr: "" }),
      ({ code, stderr }) => ({ code, stderr: String(stderr) }),
    );
  };
  const { child, url, ended } = await startServer("wait-model");
  const [wrong, missing, used] = await Promise.all([
    run("wait-model", "--max-body-bytes", "much"),
    run("nowhere"),
    run("wait-model", "--port", new URL(url).port),
  ]);
  child.kill("SIGTERM");
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--max-body-bytes takes a whole number from 1 to \d+, got much/),
  });
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("nowhere") });
  expect(used).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cannot listen at .*EADDR/),
  });
  expect(await ended).toEqual([0, null]);
});

test("the curl lines of the page work", async () => {
  const lines = blocksOf(PAGE).filter(({ text }) => text.startsWith("curl "));
  expect(lines.length).toBeGreaterThan(3);
  const [scoring, agent] = await Promise.all([
    startServer("model"),
    startServer(["model", "--agent"]),
  ]);
  const answers = await Promise.all(
    lines.map(async ({ text }) => {
      const { url } = text.includes("/responses") ? agent : scoring;
      const command = text.replace("http://127.0.0.1:5000", url);
      return (await promisify(execFile)("sh", ["-c", command])).stdout;
    }),
  );
  expect(answers[0]).toBe('{"predictions":"You said: hello"}');
  expect(answers[1]).toBe("\n");
  expect(JSON.parse(answers[2] ?? "")).toMatchObject({
    output: [{ content: [{ text: "You said: hello" }] }],
    metadata: { trace_id: expect.stringMatching(/^tr-/) },
  });
  expect(answers[3]).toMatch(/"delta":"You said: hello"[\s\S]*\n\ndata: \[DONE\]\n\n$/);
  scoring.child.kill("SIGTERM");
  agent.child.kill("SIGTERM");
  expect(await Promise.all([scoring.ended, agent.ended])).toEqual([
    [0, null],
    [0, null],
  ]);
});
