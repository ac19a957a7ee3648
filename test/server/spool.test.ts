import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import { createDoor, type Door } from "../support/door.js";
import { PASS, startFaultyProxy } from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/delivery/spooled.mjs", import.meta.url));

let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server.close());

let spool: string;
let door: Door;
let experiment = 0;
beforeEach(async () => {
  spool = mkdtempSync(join(tmpdir(), "spool-"));
  door = await createDoor(server.url);
  experiment += 1;
});
afterEach(() => {
  door.close();
  rmSync(spool, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(how: string, count: number, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, how, String(count)], {
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: door.url,
      MLFLOW_EXPERIMENT_NAME: `spool ${experiment}`,
      MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: spool,
      ...env,
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "close").then(
    ([code, signal]): Ended => ({ code, signal, stdout, stderr }),
  );
  return { child, ended };
}

const run = (...args: Parameters<typeof start>) => start(...args).ended;

/** The experiment of this test. Its id is undefined if it does not exist. */
async function experimentOfTest(): Promise<{ experimentId: string | undefined }> {
  const named = await fetch(
    `${server.url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=spool%20${experiment}`,
  );
  if (named.status === 404) return { experimentId: undefined };
  const { experiment: found } = (await named.json()) as {
    experiment: { experiment_id: string };
  };
  return { experimentId: found.experiment_id };
}

async function post(path: string, body: object): Promise<object> {
  const response = await fetch(`${server.url}/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as object;
}

/** The metadata of all traces on the server: one that is stored twice appears twice. */
async function storedMetadata(): Promise<Record<string, string>[]> {
  const { experimentId } = await experimentOfTest();
  if (experimentId === undefined) return [];
  const place = { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experimentId } };
  const found = await post("../../3.0/mlflow/traces/search", {
    locations: [place],
    max_results: 500,
  });
  const { traces = [] } = found as { traces?: { trace_metadata: Record<string, string> }[] };
  return traces.map(({ trace_metadata: metadata }) => metadata);
}

/** The inputs of all traces on the server. */
async function storedInputs(): Promise<string[]> {
  return (await storedMetadata()).map((metadata) =>
    String(JSON.parse(metadata["mlflow.traceInputs"] ?? "null")),
  );
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const sorted = (texts: readonly string[]) =>
  [...texts].sort((one, other) => Number(one) - Number(other));

/** The files that wait, are claimed, or are refused. */
const files = () =>
  readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** Another process that traces one call. Its deadline is long enough for a server on a busy machine. */
const runNext = (env?: Record<string, string>) => {
  const ours = { PREFIX: "next ", MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "60000" };
  return run("naturally", 1, { ...ours, ...env });
};

async function expectAllStored(count: number): Promise<void> {
  const inputs = await storedInputs();
  const earlier = inputs.filter((input) => !input.startsWith("next"));
  expect(sorted(earlier)).toEqual(numbers(count));
  expect(inputs.filter((input) => input.startsWith("next")).length).toBeGreaterThan(0);
  expect(files()).toEqual([]);
}

describe.each(["is up", "is down"])("while the server %s, a process that ends", (state) => {
  test.each([
    ["by process.exit()", 0],
    ["by a throw", 1],
    ["by an unhandled rejection", 1],
    ["in a worker", 0],
  ])("%s leaves 40 traces, which the next process stores exactly once", async (how, code) => {
    if (state === "is down") door.close();
    const ended = await run(how, 40);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(`40 traces for ${door.url} written to ${spool}`);
    expect(ended.stderr).not.toContain("lost");
    if (state === "is down") await door.open();
    const next = await runNext();
    expect(next).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await expectAllStored(40);
  });
});

test.each(["by SIGTERM", "by SIGINT", "by SIGHUP", "naturally"])(
  "a process that ends %s while the server is down leaves its traces within the deadline",
  async (how) => {
    door.close();
    const startedAtMs = performance.now();
    const ended = await run(how, 5);
    expect(performance.now() - startedAtMs).toBeLessThan(8_000);
    expect(ended).toMatchObject(
      how === "naturally" ? { code: 0 } : { signal: how.slice("by ".length) },
    );
    expect(ended.stderr).toContain(`5 traces for ${door.url} written to ${spool}`);
    await door.open();
    await runNext();
    await expectAllStored(5);
  },
);

test("a process does not wait long for what others have left, which the next one continues to send", async () => {
  const proxy = await startFaultyProxy(() => server.url);
  const env = { MLFLOW_TRACKING_URI: proxy.url, PREFIX: "next " };
  await proxy.closeDoor();
  await run("by process.exit()", 1, env);
  copyTheFile(2000);
  await proxy.open();
  // At 100 traces a request, it would take 20 s.
  proxy.faultOf = () => ({ kind: "slow", ms: 1000 });
  const { code, stdout, stderr } = await run("naturally, with the time it takes", 1, env);
  expect(code).toBe(0);
  // The process that recorded the other traces has reported them. The own one may be too late on a busy machine.
  expect(stderr).not.toMatch(/\d+ traces for .* because the process ended/);
  // A request that it does not wait for is no failure.
  expect(stderr).not.toMatch(/aborted/);
  // The limit for data in memory is 10 s.
  expect(Number(stdout)).toBeLessThan(8_000);
  const left = files().length;
  expect(left).toBeGreaterThan(0);
  proxy.faultOf = () => PASS;
  // A busy machine needs more than two seconds for the first request.
  await run("naturally", 1, { ...env, MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "20000" });
  expect(files().length).toBeLessThan(left);
  await proxy.close();
});

/** Copies of a trace: it is stored once. */
function copyTheFile(copies: number): void {
  const [path] = readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const [ms, , ...rest] = basename(path!).split("-");
  for (let copy = 1; copy <= copies; copy += 1) {
    const id = copy.toString(16).padStart(8, "0");
    copyFileSync(path!, join(dirname(path!), [Number(ms) - copy, id, ...rest].join("-")));
  }
}

test("a process that closes its server at SIGTERM ends after the deadline, and not after twice the deadline", async () => {
  door.close();
  const how = "by its own listener for SIGTERM, with the time it takes";
  const { code, stdout } = await run(how, 5, { MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "3000" });
  expect(code).toBe(0);
  expect(Number(stdout)).toBeLessThan(5500);
  await door.open();
  await runNext();
  expect(sorted(await storedInputs())).toEqual(expect.arrayContaining(numbers(5)));
});

test.each([
  ["by SIGKILL", { signal: "SIGKILL" }],
  ["by SIGQUIT", { signal: "SIGQUIT" }],
  // As by a fault in native code.
  ["by SIGSEGV", { signal: "SIGSEGV" }],
  ["by process.abort()", { signal: "SIGABRT" }],
  ["by process.reallyExit()", { code: 7 }],
])(
  "a process that ends %s, after which no code runs, leaves what it could not send",
  async (how, end) => {
    door.close();
    expect(await run(`${how} after a while`, 5)).toMatchObject(end);
    await door.open();
    await runNext();
    await expectAllStored(5);
  },
);

test("a process sends its traces itself when the server is back, and leaves nothing", async () => {
  door.close();
  const { child, ended } = start("when the server is back", 5);
  await once(child.stdout, "data");
  await expect.poll(files, { timeout: 20_000 }).not.toEqual([]);
  await door.open();
  child.stdin.write("back\n");
  expect(await ended).toMatchObject({ code: 0, stdout: "ready\nflushed\n" });
  expect(sorted(await storedInputs())).toEqual(numbers(5));
  expect(files()).toEqual([]);
});

test("a process sends what left its memory while the server was down", async () => {
  door.close();
  const env = { MLFLOW_LANGCHAIN_RETRY_TIMEOUT_MS: "500" };
  const first = await run("after a flush", 5, env);
  expect(JSON.parse(first.stdout)).toMatchObject({ sent: 0, spooled: 5, dropped: 0, pending: 0 });
  await door.open();
  await runNext();
  await expectAllStored(5);
});

test("a process with a small queue sends the traces that one with a large queue has left", async () => {
  door.close();
  await run("by process.exit()", 3, { PREFIX: "a".repeat(100_000) });
  await door.open();
  const env = { MLFLOW_LANGCHAIN_MAX_QUEUE_BYTES: "300000" };
  for (let count = 0; count < 3; count += 1) {
    expect(await runNext(env)).toMatchObject({ code: 0, stderr: "" });
  }
  expect(files()).toEqual([]);
  expect(await storedMetadata()).toHaveLength(6);
});

test("five processes at a time share the work", async () => {
  door.close();
  await Promise.all([1, 2, 3].map((part) => run("by process.exit()", 20, { PREFIX: `${part}` })));
  await door.open();
  const next = await Promise.all(Array.from({ length: 5 }, () => runNext()));
  expect(next.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  await runNext();
  const inputs = (await storedInputs()).filter((input) => !input.startsWith("next"));
  expect(inputs).toHaveLength(60);
  expect(new Set(inputs).size).toBe(60);
  expect(files()).toEqual([]);
});

test("a process that finds the files of others taken does not wait for its deadline", async () => {
  door.close();
  await run("by SIGKILL at once", 60, { MLFLOW_LANGCHAIN_DURABILITY: "always" });
  expect(files()).toHaveLength(60);
  await door.open();
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: 8 }, () => runNext()));
  // Their deadline is 60 s.
  expect(performance.now() - startedAtMs).toBeLessThan(30_000);
  await expectAllStored(60);
});

test("five processes create one run from the files that a process has left of it", async () => {
  door.close();
  const killed = await run("in a new run, by SIGKILL", 0, {
    MLFLOW_LANGCHAIN_DURABILITY: "always",
  });
  expect(killed.signal).toBe("SIGKILL");
  expect(files().length).toBeGreaterThan(10);
  await door.open();
  await Promise.all(Array.from({ length: 5 }, () => runNext()));
  // A process ends when another one creates the run: the next one sends what it has left.
  await runNext();
  expect(files()).toEqual([]);

  const { experimentId } = await experimentOfTest();
  const found = await post("runs/search", { experiment_ids: [experimentId] });
  const { runs } = found as { runs: { info: { run_id: string } }[] };
  expect(runs).toHaveLength(1);
  const path = `metrics/get-history?run_id=${runs[0]?.info.run_id}&metric_key=loss`;
  const history = await (await fetch(`${server.url}/api/2.0/mlflow/${path}`)).json();
  expect((history as { metrics: object[] }).metrics).toHaveLength(12);
});

test("a process of another server or workspace leaves the files alone", async () => {
  door.close();
  await run("by process.exit()", 3);
  const before = files();
  await door.open();
  expect(await runNext({ MLFLOW_TRACKING_URI: server.url })).toMatchObject({ code: 0 });
  expect(files()).toEqual(before);
});

test('durability "memory" writes nothing, and "always" writes before the first attempt', async () => {
  door.close();
  const memory = await run("by process.exit()", 3, { MLFLOW_LANGCHAIN_DURABILITY: "memory" });
  expect(memory.stderr).toMatch(/lost in this process: 3 traces \(process_exit\): .*flushTraces/);
  expect(files()).toEqual([]);
  await door.open();
  const always = await run("naturally", 3, { MLFLOW_LANGCHAIN_DURABILITY: "always" });
  expect(always.stderr).toBe("");
  expect(files()).toEqual([]);
  // Its folders show that it has written.
  expect(readdirSync(spool)).toHaveLength(1);
});

test("a folder that cannot be written is reported once, and delays nothing", async () => {
  door.close();
  const env = { MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: "/proc/spool" };
  const startedAtMs = performance.now();
  const ended = await run("by process.exit(3)", 5, env);
  expect(performance.now() - startedAtMs).toBeLessThan(8_000);
  expect(ended.code).toBe(3);
  expect(ended.stderr).toContain("cannot be written to /proc/spool");
  expect(ended.stderr).toContain("lost in this process: 5 traces (process_exit)");
});

test("values and the status of a run are stored by the next process, and its trace names it", async () => {
  const { child, ended } = start("with a run", 0);
  await once(child.stdout, "data");
  door.close();
  child.stdin.write("go\n");
  const { stdout, stderr } = await ended;
  expect(stderr).toContain(`1 trace, 54 values of runs for ${door.url} written to`);
  expect(stderr).not.toContain("lost");
  await door.open();
  expect(await runNext()).toMatchObject({ code: 0, stderr: "" });
  expect(files()).toEqual([]);

  const runId = stdout.trim();
  const get = async (path: string) => (await fetch(`${server.url}/api/2.0/mlflow/${path}`)).text();
  const run = JSON.parse(
    (await get(`runs/get?run_id=${runId}`)).replaceAll(/:\s*NaN/g, ':"NaN"'),
  ) as {
    run: {
      info: { status: string };
      data: { metrics: { key: string; value: unknown; step: number }[]; params: object[] };
    };
  };
  expect(run.run.info.status).toBe("FINISHED");
  expect(run.run.data.params).toEqual([{ key: "size", value: "large" }]);
  const metrics = new Map(run.run.data.metrics.map((metric) => [metric.key, metric]));
  expect(metrics.get("loss")).toMatchObject({ value: 24.5, step: 49 });
  expect(metrics.get("bad")?.value).toBe("NaN");
  const history = JSON.parse(await get(`metrics/get-history?run_id=${runId}&metric_key=loss`)) as {
    metrics: object[];
  };
  expect(history.metrics).toHaveLength(50);
  expect(await storedInputs()).toContain("in the run");
});

test("a process that continues a run keeps its own values when it sends what another one has left of the run", async () => {
  const { child, ended } = start("with a run", 0);
  await once(child.stdout, "data");
  door.close();
  child.stdin.write("go\n");
  const runId = (await ended).stdout.trim();
  await door.open();
  const env = { RUN_ID: runId, MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "60000" };
  expect(await run("after it has continued a run", 0, env)).toMatchObject({ code: 0, stderr: "" });
  expect(files()).toEqual([]);

  const answer = await fetch(`${server.url}/api/2.0/mlflow/runs/get?run_id=${runId}`);
  const text = (await answer.text()).replaceAll(/:\s*NaN/g, ':"NaN"');
  const { info, data } = JSON.parse(text).run as {
    info: { status: string };
    data: { params: object[]; tags: { key: string; value: string }[] };
  };
  expect(info.status).toBe("KILLED");
  expect(data.tags).toContainEqual({ key: "team", value: "tests" });
  expect(data.params).toEqual([{ key: "size", value: "large" }]);
});

test("a process that finds traces for a deleted experiment names the process that has left them", async () => {
  const name = `spool ${experiment}`;
  const { experiment_id } = (await post("experiments/create", { name })) as Record<string, string>;
  await post("experiments/delete", { experiment_id });
  door.close();
  const { child, ended } = start("by process.exit()", 2);
  await ended;
  await door.open();
  const next = await runNext({ MLFLOW_EXPERIMENT_NAME: "another experiment" });
  expect(next.stderr.trim().split("\n")).toEqual([
    expect.stringMatching(
      new RegExp(
        `^langchain-mlflow: traces that spooled.mjs \\(process ${child.pid} on .*\\) has left in the spool for ${door.url}: .*deleted experiment '${name}'.*[^.]\\. They stay there: see npx langchain-mlflow spool ls\\.$`,
      ),
    ),
  ]);
});

describe("the command line", () => {
  const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

  async function spoolCommand(...args: string[]) {
    const child = spawn(process.execPath, [CLI, "spool", ...args, "--directory", spool], {
      timeout: CHILD_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, "close");
    return { code, stdout, stderr };
  }

  test("lists, sends and removes what waits", async () => {
    door.close();
    await run("by process.exit()", 7);
    const listed = await spoolCommand("ls");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout).toContain(`${door.url}: 7 traces wait, 0 refused or damaged`);

    const down = await spoolCommand("replay", "--tracking-uri", door.url);
    expect(down.code).toBe(1);
    expect(down.stdout).toContain("0 sent");
    expect(down.stdout).toContain("7 left");
    expect(down.stderr).toContain("ECONNREFUSED");

    await door.open();
    const up = await spoolCommand("replay", "--tracking-uri", door.url);
    const line = `7 sent to ${door.url}, 0 refused, 0 damaged, 0 left.`;
    expect(up).toEqual({ code: 0, stdout: `${line}\n`, stderr: "" });
    expect(sorted(await storedInputs())).toEqual(numbers(7));
    expect(files()).toEqual([]);

    door.close();
    await run("by process.exit()", 2);
    expect(await spoolCommand("purge")).toMatchObject({
      code: 0,
      stdout: `2 removed from ${spool}.\n`,
    });
    expect((await spoolCommand("ls")).stdout).toBe(`Nothing waits in ${spool}.\n`);
  });

  test("lists traces and data of runs apart", async () => {
    const { child, ended } = start("with a run", 0);
    await once(child.stdout, "data");
    door.close();
    child.stdin.write("go\n");
    await ended;
    const { stdout } = await spoolCommand("ls");
    expect(stdout).toContain(`${door.url}: 1 trace, 54 items of data of 1 run wait, 0 refused`);
    const { servers } = JSON.parse((await spoolCommand("ls", "--json")).stdout);
    expect(servers).toMatchObject([{ traces: 1, attachments: 0, runData: 54, runs: 1 }]);
  });

  test("sends again, once, what the server has refused", async () => {
    const proxy = await startFaultyProxy(() => server.url);
    const refuse = (body: string) => {
      proxy.faultOf = ({ path, method }) =>
        method === "POST" && path.includes("trace") ? { kind: "answer", status: 400, body } : PASS;
    };
    const replay = (...args: string[]) =>
      spoolCommand("replay", "--tracking-uri", proxy.url, ...args);
    refuse("first answer");
    await run("after a flush", 3, { MLFLOW_TRACKING_URI: proxy.url });
    expect(files()).toHaveLength(3);
    const listed = await spoolCommand("ls");
    expect(listed.stdout).toContain("nothing waits, 3 refused or damaged");
    expect(listed.stdout).toContain("spool replay --refused");
    // Without the option, nothing is sent.
    expect(await replay()).toMatchObject({
      code: 0,
      stdout: `0 sent to ${proxy.url}, 0 refused, 0 damaged, 0 left.\n`,
    });

    refuse("second answer");
    const refused = await replay("--refused");
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`0 sent to ${proxy.url}, 3 refused, 0 damaged, 0 left.`);
    expect(refused.stdout).toMatch(/^ {2}3 refused: .*second answer/m);
    expect((await spoolCommand("ls")).stdout).toContain("second answer");
    expect(files()).toHaveLength(3);

    await proxy.closeDoor();
    const down = await replay("--refused");
    expect(down).toMatchObject({ code: 1, stdout: expect.stringContaining("3 left.") });
    expect((await spoolCommand("ls")).stdout).toContain("nothing waits, 3 refused or damaged");
    await proxy.open();

    proxy.faultOf = () => PASS;
    expect(await replay("--refused")).toEqual({
      code: 0,
      stdout: `3 sent to ${proxy.url}, 0 refused, 0 damaged, 0 left.\n`,
      stderr: "",
    });
    expect(sorted(await storedInputs())).toEqual(numbers(3));
    expect(files()).toEqual([]);
    expect(await spoolCommand("ls", "--refused")).toMatchObject({ code: 2 });
    await proxy.close();
  });

  test("sends to a local store", async () => {
    const directory = join(spool, "store");
    const env = {
      MLFLOW_TRACKING_URI: directory,
      MLFLOW_LANGCHAIN_DURABILITY: "always",
    };
    expect((await run("by SIGKILL at once", 3, env)).signal).toBe("SIGKILL");
    expect((await spoolCommand("ls")).stdout).toMatch(/store: 3 traces wait/);
    expect(await spoolCommand("replay", "--tracking-uri", directory)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("3 sent to "),
    });
    expect((await spoolCommand("ls")).stdout).toMatch(/^Nothing waits/);
  });

  test("refuses to list or remove what is for one server alone", async () => {
    const { code, stderr } = await spoolCommand("purge", "--tracking-uri", door.url);
    expect(code).toBe(2);
    expect(stderr).toContain("spool purge takes no --tracking-uri");
  });

  test("refuses a command that does not exist, and to guess a server", async () => {
    expect(await spoolCommand("list")).toMatchObject({ code: 2 });
    const { code, stderr } = await spoolCommand("replay");
    expect(code).toBe(2);
    expect(stderr).toContain("set --tracking-uri or MLFLOW_TRACKING_URI");
  });
});
