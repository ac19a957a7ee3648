import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  buildExportModule,
  items,
  type Run,
  type RunOptions,
  removeExportModule,
  run,
  startSink,
} from "./ending-programs.js";

/** Less than any other time limit in play here, and time enough for a program on a busy machine to start and end. */
const ANSWERED_MS = 60_000;

let sink: Awaited<ReturnType<typeof startSink>>;
beforeAll(buildExportModule);
afterAll(removeExportModule);
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.stop());

/** The same program without us and with us. */
function runBoth(program: string, args: string[], options: RunOptions = {}): Promise<[Run, Run]> {
  const bare = run(program, args, options);
  return Promise.all([bare, run(program, args, { sinkUrl: sink.url, ...options })]);
}

describe("a program that ends", () => {
  test.each([
    ["naturally", 0],
    ["after a beforeExit listener made more", 0],
    ["after a beforeExit listener made the first", 0],
    ["with process.exitCode 4", 4],
    ["with an await that never settles", 13],
    ["after its own uncaughtException handler", 5],
  ])("%s delivers everything and ends as without us", async (how, code) => {
    const [bare, ours] = await runBoth("ends.mjs", [how]);
    expect(bare.outcome.code).toBe(code);
    expect(ours.outcome).toEqual(bare.outcome);
    expect(sink.received).toEqual(items(10));
    expect(ours.spilled).toEqual([]);
  });

  test.each([
    ["by process.exit(3)", 3],
    ["by a throw", 1],
    ["by a throw in a timer", 1],
    ["by an unhandled rejection", 1],
  ])("%s spills everything and ends as without us", async (how, code) => {
    const [bare, ours] = await runBoth("ends.mjs", [how]);
    expect(bare.outcome.code).toBe(code);
    expect(ours.outcome).toEqual(bare.outcome);
    expect(ours.spilled).toEqual(items(10));
  });

  test("with nothing to deliver does not even make the event loop turn once more", async () => {
    const [bare, ours] = await runBoth("ends.mjs", ["with nothing to deliver"]);
    expect(bare.outcome.stdout).toContain("beforeExits: 1");
    expect(ours.outcome).toEqual(bare.outcome);
  });

  test("is not kept alive by the interval of a minute it has left", async () => {
    const { outcome, tookMs } = await run("ends.mjs", ["with nothing to deliver but an interval"], {
      sinkUrl: sink.url,
    });
    expect(outcome.code).toBe(0);
    expect(sink.received).toEqual(items(1));
    expect(tookMs).toBeLessThan(55_000);
  });

  test("with as many listeners as Node allows is not warned because of ours", async () => {
    const [bare, ours] = await runBoth("ends.mjs", ["with as many listeners as Node allows"]);
    expect(bare.outcome.stderr).toBe("");
    expect(ours.outcome).toEqual(bare.outcome);
  });

  test("after uninstalling has no listener of ours left", async () => {
    const [bare, ours] = await runBoth("ends.mjs", ["after uninstalling"]);
    expect(bare.outcome.stdout).toMatch(/^\[ 1, \d, 0, 0 \]\n10\n$/);
    expect(ours.outcome).toEqual(bare.outcome);
    expect(ours.spilled).toEqual([]);
  });

  test("in a worker thread delivers from there, with no signal listener", async () => {
    const [bare, ours] = await runBoth("ends.mjs", ["in a worker thread"]);
    expect(ours.outcome).toEqual(bare.outcome);
    expect([...sink.received, ...ours.spilled]).toEqual(items(10));
  });
});

describe("a server that never answers", () => {
  let silent: Awaited<ReturnType<typeof startSink>>;
  beforeEach(async () => {
    silent = await startSink(() => {});
  });
  afterEach(() => silent.stop());

  test.each([
    ["before the flush", "60000"],
    ["while a batch is in flight", "1"],
  ])("delays a natural end %s by exitTimeoutMs and no more, then spills", async (_, interval) => {
    const env = { EXIT_TIMEOUT_MS: "700", FLUSH_INTERVAL_MS: interval };
    const ours = await run("ends.mjs", ["naturally"], { sinkUrl: silent.url, env });
    expect(ours.outcome).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(ours.spilled).toEqual(items(10));
    expect(ours.tookMs).toBeGreaterThan(700);
    expect(ours.tookMs).toBeLessThan(ANSWERED_MS);
  });

  test("delays SIGTERM by exitTimeoutMs and no more, then spills", async () => {
    const env = { EXIT_TIMEOUT_MS: "700" };
    const signals = ["SIGTERM"] as const;
    const args = ["has no listener", "SIGTERM"];
    const ours = await run("signalled.mjs", args, { sinkUrl: silent.url, env, signals });
    expect(ours.outcome).toEqual({ code: null, signal: "SIGTERM", stdout: "", stderr: "" });
    expect(ours.spilled).toEqual(items(10));
    expect(ours.tookMs).toBeGreaterThan(600);
    expect(ours.tookMs).toBeLessThan(ANSWERED_MS);
  });

  test.each([
    ["SIGTERM", "SIGTERM"],
    ["SIGINT", "SIGTERM"],
  ] as const)("is not waited for after %s when %s comes too", async (...signals) => {
    const env = { EXIT_TIMEOUT_MS: "120000" };
    const args = ["has no listener", signals[0]];
    const ours = await run("signalled.mjs", args, { sinkUrl: silent.url, env, signals });
    expect(ours.outcome.signal).toBe(signals[1]);
    expect(ours.spilled).toEqual(items(10));
    expect(ours.tookMs).toBeLessThan(ANSWERED_MS);
  });

  test("does not end a program that waits for a flush, until its time is over", async () => {
    const env = { EXIT_TIMEOUT_MS: "0" };
    const args = ["after it waited for a flush"];
    const ours = await run("ends.mjs", args, { sinkUrl: silent.url, env });
    const stdout = expect.stringMatching(
      /pending: 10,\s+cause: 'The store has not responded for [\d.]+ m?s\.'/,
    );
    expect(ours.outcome).toEqual({ code: 0, signal: null, stdout, stderr: "" });
    expect(ours.spilled).toEqual(items(10));
  });

  test("delays nothing with exitTimeoutMs: 0", async () => {
    const env = { EXIT_TIMEOUT_MS: "0" };
    const ours = await run("ends.mjs", ["naturally"], { sinkUrl: silent.url, env });
    expect(ours.spilled).toEqual(items(10));
    expect(silent.received).toEqual([]);
  });
});

test("a server that takes nothing from us is asked once at the end, not until the time is over", async () => {
  let requests = 0;
  const blocking = await startSink((_, response) => {
    requests += 1;
    response.writeHead(401).end();
  });
  const env = { EXIT_TIMEOUT_MS: "120000" };
  const ours = await run("ends.mjs", ["naturally"], { sinkUrl: blocking.url, env });
  blocking.stop();
  expect(requests).toBe(1);
  expect(ours.spilled).toEqual(items(10));
  expect(ours.tookMs).toBeLessThan(ANSWERED_MS);
});

describe.each(["SIGTERM", "SIGINT"] as const)("%s to a program that", (signal) => {
  const signals = [signal];

  test.each(["has no listener", "removed its listener"])(
    "%s delivers everything and ends by the signal",
    async (how) => {
      const [bare, ours] = await runBoth("signalled.mjs", [how, signal], { signals });
      expect(bare.outcome.signal).toBe(signal);
      expect(ours.outcome).toEqual(bare.outcome);
      expect(sink.received).toEqual(items(10));
      expect(ours.spilled).toEqual([]);
    },
  );

  test("has nothing to deliver ends by the signal", async () => {
    const args = ["has nothing to deliver", signal];
    const [bare, ours] = await runBoth("signalled.mjs", args, { signals });
    expect(ours.outcome).toEqual(bare.outcome);
    expect(ours.outcome.signal).toBe(signal);
  });

  test.each([
    ["exits itself", 7],
    ["exits itself at once", 7],
    ["winds down", 0],
  ])("%s ends as it would without us, and loses nothing", async (how, code) => {
    const [bare, ours] = await runBoth("signalled.mjs", [how, signal], { signals });
    expect(bare.outcome.code).toBe(code);
    expect(ours.outcome).toEqual(bare.outcome);
    expect(new Set([...sink.received, ...ours.spilled])).toEqual(new Set(items(10)));
  });

  test.each(["listens once and raises again", "raises again if nobody else listens"])(
    "%s ends by the signal, after everything is delivered",
    async (how) => {
      const [bare, ours] = await runBoth("signalled.mjs", [how, signal], { signals });
      expect(bare.outcome.signal).toBe(signal);
      expect(ours.outcome).toEqual(bare.outcome);
      expect(sink.received).toEqual(items(10));
    },
  );

  test("survives the first signal receives both, and sees no listener of ours", async () => {
    const args = ["lives through the first", signal];
    const [bare, ours] = await runBoth("signalled.mjs", args, { signals: [signal, signal] });
    expect(bare.outcome.stdout).toBe("signal 1 1\nsignal 2 1\n");
    expect(ours.outcome).toEqual(bare.outcome);
    expect(sink.received).toEqual(items(10));
  });

  test("listens once and lives through that is ended by the second", async () => {
    const args = ["listens once and lives through that", signal];
    const [bare, ours] = await runBoth("signalled.mjs", args, { signals: [signal, signal] });
    expect(bare.outcome.signal).toBe(signal);
    expect(ours.outcome).toEqual(bare.outcome);
    expect(sink.received).toEqual(items(10));
  });
});
