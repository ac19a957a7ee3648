import { writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listSpool, newEffects } from "../../../src/delivery/spool/stored-spool.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { buildRunsModule, removeRunsModule, runToItsEnd } from "./ending-programs.js";

beforeAll(buildRunsModule);
afterAll(removeRunsModule);

const servers: Server[] = [];
// Not after each test, since some of them run at the same time.
afterAll(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const DEAD = "http://127.0.0.1:9";

/** Takes every request for a run, after a while; `fails` answers 500 instead. */
function runServer(delayMs: number, fails: (path: string) => boolean = () => false) {
  return serve(async (request, response) => {
    await request.toArray();
    const path = request.url ?? "";
    setTimeout(() => {
      const info = { run_id: "a".repeat(32), experiment_id: "0", status: "RUNNING" };
      const answer = /create|get/.test(path) ? { run: { info, data: {} } } : {};
      response.writeHead(fails(path) ? 500 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(fails(path) ? { error_code: "INTERNAL_ERROR" } : answer));
    }, delayMs);
  });
}

function run(
  how: string,
  uri: string,
  exitTimeoutMs: number | undefined,
  env: Record<string, string> = {},
) {
  const options = {
    MLFLOW_TRACKING_URI: uri,
    ...(exitTimeoutMs !== undefined && { MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: `${exitTimeoutMs}` }),
  };
  return runToItsEnd(how, { ...options, ...env }, "runs/unawaited.mjs");
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "");

const WAYS = [
  "as a statement",
  "with void",
  "in an async arrow function",
  "in Promise.all()",
  "in Promise.allSettled()",
  "in Promise.race()",
  "with finally()",
  "with then() and no catch()",
  "in a nested async function",
  "in a method of a class",
  "with await",
  "with await in try",
  "with several functions",
];

/** Nothing is written to disk, so the data is lost. */
const IN_MEMORY = { MLFLOW_LANGCHAIN_DURABILITY: "memory" };

describe("a program whose server is down exits with code 0, and one line names the lost data", () => {
  test.concurrent.each(WAYS)("%s", async (how) => {
    const { code, stdout, stderr } = await run(how, DEAD, 1000, IN_MEMORY);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(
        /^langchain-mlflow: not logged to a new run at http:\/\/127\.0\.0\.1:9: the run itself, metric 'loss', .*: (No answer from the tracking server|Data of a run is lost: the process was about to end, and it was not sent yet)/,
      ),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: /await/.test(how) ? "went on\n" : "" });
  });

  test.each(["in startRun()", "with a run that is not awaited"])("%s", async (how) => {
    const { code, stdout, stderr } = await run(how, DEAD, 1000, IN_MEMORY);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/^langchain-mlflow: startRun\(\) failed: No answer from .*:9/),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });
});

describe("a program whose server returns 500 exits with code 0, and one line names the lost data", () => {
  test.concurrent.each(WAYS)("%s", async (how) => {
    const uri = await runServer(0, () => true);
    const { code, stdout, stderr } = await run(how, uri, 1000, IN_MEMORY);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(
        /^langchain-mlflow: not logged to a new run at http:.*: the run itself, metric 'loss', .*(answered 500|Data of a run is lost: the process was about to end, and it was not sent yet)/,
      ),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: /await/.test(how) ? "went on\n" : "" });
  });

  test.each([
    ["in startRun()", ""],
    ["in an await using block", "went on\n"],
  ])(
    "%s, when only the metric is refused: it is on disk for the next process",
    async (how, stdout) => {
      const uri = await runServer(0, (path) => path.includes("log-batch"));
      const ended = await run(how, uri, 1000);
      expect(lines(ended.stderr)).toEqual([
        expect.stringMatching(
          /^langchain-mlflow: 2 values of runs for http:.* written to .* because the process was about to end and sending was not complete \(.*answered 500.*\)/,
        ),
      ]);
      const spool = process.env.MLFLOW_LANGCHAIN_SPOOL_DIRECTORY ?? "";
      const servers = listSpool(spool, newEffects()).filter((server) => server.uri === uri);
      expect(servers).toMatchObject([{ waiting: 2, refused: 0 }]);
      expect(ended).toMatchObject({ code: 0, stdout });
    },
  );
});

test("a store that cannot be written to is reported in one line", async () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  const { code, stderr } = await run("in an async arrow function", join(file, "store"), 400);
  expect(lines(stderr)).toEqual([
    expect.stringMatching(
      /^langchain-mlflow: not logged to a new run at .*: the run itself, metric 'loss': .*ENOTDIR/,
    ),
  ]);
  expect(code).toBe(0);
});

test("endRun() rejects with the first failure and the number of further ones", async () => {
  const { code, stdout, stderr } = await run("and ends the run", DEAD, 400, IN_MEMORY);
  expect(lines(stdout)).toEqual([
    expect.stringMatching(
      /^(No answer from|Data of a run is lost).* \(and 3 more failures in this run\)$/,
    ),
  ]);
  expect(lines(stderr)).toHaveLength(1);
  expect(code).toBe(0);
});

test("an error of the app in startRun() ends the program, as without a run", async () => {
  const { code, stderr } = await run(
    "with an error of its own in startRun()",
    await runServer(0),
    400,
  );
  expect(stderr).toContain("Error: boom");
  expect(code).toBe(1);
});

describe("a wrong argument", () => {
  test("is reported, and does not end a program that does not await it", async () => {
    const { code, stderr } = await run("with wrong values", DEAD, 400);
    expect(lines(stderr)).toEqual([
      expect.stringContaining(`not logged: Invalid value "high" for parameter 'value'`),
      expect.stringContaining("startRun() failed: startRun() has no option `name`"),
      expect.stringContaining("endRun() failed: Could not get run status"),
    ]);
    expect(code).toBe(0);
  });

  test.each([
    ["with a wrong value, awaited", `Invalid value "high" for parameter 'value'`],
    ["with a file that is missing, awaited", "No such file or directory"],
  ])("rejects at once: %s", async (how, message) => {
    const { code, stdout, stderr } = await run(how, DEAD, 60_000);
    expect(stdout).toContain(message);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("the end of a program", () => {
  test.each([
    ["in time", 0, 10_000],
    ["slowly", 300, 10_000],
    ["more slowly than the time allows", 60_000, 400],
    ["never, in no time", 60_000, 0],
  ])("comes after what it awaits, from a server that answers %s", async (_, delayMs, exitMs) => {
    const { code, stdout } = await run("with await", await runServer(delayMs), exitMs);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "went on\n" });
  });

  test.each(["as a statement", "with await"])(
    "waits no longer than exitTimeoutMs for a server that is down: logging %s",
    async (how) => {
      const { stdout } = await run(how, DEAD, 4000, { PRINT_WAITED_MS: "true" });
      const waitedMs = Number(lines(stdout).at(-1));
      expect(waitedMs).toBeGreaterThan(3000);
      // Less than the time twice.
      expect(waitedMs).toBeLessThan(7500);
    },
  );

  test.each(["as a statement", "with await"])(
    "waits 2 s by default for a server that is down, since the data is on disk: logging %s",
    async (how) => {
      const { stdout } = await run(how, DEAD, undefined, { PRINT_WAITED_MS: "true" });
      const waitedMs = Number(lines(stdout).at(-1));
      expect(waitedMs).toBeGreaterThan(1500);
      // Less than half of what data in memory has.
      expect(waitedMs).toBeLessThan(4500);
    },
  );

  test("waits 5 s by default for a call whose request has not failed: the server may be slow", async () => {
    const env = { PRINT_WAITED_MS: "true" };
    const { stdout } = await run("with await", await runServer(60_000), undefined, env);
    const waitedMs = Number(lines(stdout).at(-1));
    expect(waitedMs).toBeGreaterThan(4500);
    expect(waitedMs).toBeLessThan(9000);
  });

  test("does not emit its events while the program awaits logged data", async () => {
    const { stdout } = await run("with a listener of beforeExit", await runServer(200), 10_000);
    expect(stdout).toBe("beforeExit 0\n");
  });

  test("is reached although a listener of beforeExit logs each time", async () => {
    const { code } = await run("in a listener of beforeExit", await runServer(0), 1000);
    expect(code).toBe(0);
  });

  test("does not create a run that it has written to disk", async () => {
    const paths: string[] = [];
    const uri = await serve((request) => paths.push(request.url ?? ""));
    const { code, stderr } = await run("in a listener of beforeExit", uri, 400);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("written to") });
    expect(paths.filter((path) => path.endsWith("runs/create"))).toHaveLength(1);
  });
});
