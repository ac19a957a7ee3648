import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Dice } from "../integration/programs/random.js";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import { type Fault, type FaultyProxy, PASS, startFaultyProxy } from "../support/faulty-proxy.js";
import { startMlflowServer } from "../support/mlflow-server.js";
import { storedInputs } from "../support/stored-inputs.js";

const PROGRAM = fileURLToPath(new URL("../fixtures/delivery/chaos.mjs", import.meta.url));
const SEED = Number(process.env.CHAOS_SEED ?? 1);
/** `CHAOS_ROUNDS=25` plays 50 rounds, which take about ten minutes. */
const ROUNDS = Number(process.env.CHAOS_ROUNDS ?? 2);
const FLUSH_INTERVAL_MS = 200;
/** From the time when a trace is late until it is on disk. */
const WRITE_MS = 500;
/** The app prints more often while it runs. In a longer gap, the machine runs other processes, and the app writes nothing. */
const MAX_GAP_MS = 100;

type Durability = "always" | "on-failure";

/** After this time, in which the app runs, a kill loses nothing. */
const SAFE_AFTER_MS: Readonly<Record<Durability, number>> = {
  always: FLUSH_INTERVAL_MS + WRITE_MS,
  // A request that takes longer than a second counts as delayed.
  "on-failure": FLUSH_INTERVAL_MS + 1000 + WRITE_MS,
};

const FAULTS: readonly Fault[] = [
  { kind: "answer", status: 503, body: "unavailable" },
  { kind: "answer", status: 503, headers: { "retry-after": "1" } },
  { kind: "answer", status: 429, headers: { "retry-after": "1" } },
  { kind: "answer", status: 500, body: "no" },
  { kind: "hang" },
  { kind: "slow", ms: 700 },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "within" },
  { kind: "reset", when: "after" },
  { kind: "garbage" },
];

interface EndedCall {
  /** How long the app ran between the end of the call and the kill. */
  readonly ranOnMs: number;
  readonly input: string;
}

/** Breaks the connections of the app, and kills it at a random moment. Returns the calls that it has reported as ended. */
async function playRound(
  child: ChildProcess,
  proxy: FaultyProxy,
  dice: Dice,
): Promise<EndedCall[]> {
  const { stdout } = child;
  if (!stdout) throw new Error("The app has no output.");
  const printed = text(stdout);
  const closed = once(child, "close");
  // Node.js and LangChain are loaded.
  await once(stdout, "data");
  const endMs = performance.now() + dice.between(2_000, 7_000);
  while (performance.now() < endMs) {
    const share = dice.next();
    proxy.faultOf = () => (dice.chance(share) ? dice.oneOf(FAULTS) : PASS);
    if (dice.chance(0.2)) {
      await proxy.closeDoor();
      await sleep(dice.between(0, 1_000));
      await proxy.open();
    }
    await sleep(dice.between(0, 1_000));
  }
  const killedAtMs = Date.now();
  child.kill("SIGKILL");
  await closed;
  const lines = (await printed).trim().split("\n").filter(Boolean);
  const ended: EndedCall[] = [];
  let [ranOnMs, laterMs] = [0, killedAtMs];
  for (const line of lines.reverse()) {
    const [atMs = "", input = ""] = line.split(" ");
    ranOnMs += Math.min(laterMs - Number(atMs), MAX_GAP_MS);
    laterMs = Number(atMs);
    ended.push({ ranOnMs, input });
  }
  return ended;
}

test.each(["on-failure", "always"] as const)(
  `a server that is unreliable, and an app that is killed (durability "%s"): each trace that had ended is stored once`,
  async (durability) => {
    const dice = new Dice(SEED);
    const spool = mkdtempSync(join(tmpdir(), "chaos-"));
    let server = await startMlflowServer();
    const proxy = await startFaultyProxy(() => server.url);
    const start = (...args: string[]) =>
      spawn(process.execPath, [PROGRAM, ...args], {
        stdio: ["ignore", "pipe", "ignore"],
        timeout: CHILD_LIMIT_MS + ROUNDS * 20_000,
        killSignal: "SIGKILL",
        env: {
          ...process.env,
          MLFLOW_TRACKING_URI: proxy.url,
          MLFLOW_EXPERIMENT_NAME: "chaos",
          MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: spool,
          MLFLOW_LANGCHAIN_DURABILITY: durability,
          MLFLOW_ASYNC_TRACE_LOGGING_MAX_INTERVAL_MILLIS: String(FLUSH_INTERVAL_MS),
          MLFLOW_LANGCHAIN_RETRY_TIMEOUT_MS: "8000",
        },
      });
    const due: string[] = [];
    const ended: string[] = [];
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const played = await playRound(start("call", `${round}`), proxy, dice);
        const isSafe = ({ ranOnMs }: EndedCall) => ranOnMs > SAFE_AFTER_MS[durability];
        due.push(...played.filter(isSafe).map(({ input }) => input));
        ended.push(...played.map(({ input }) => input));
        if (dice.chance(0.2)) server = await server.restart();
      }
      proxy.faultOf = () => PASS;
      const last = start("send", "last");
      const [printed] = await Promise.all([text(last.stdout), once(last, "close")]);
      const { traces, losses } = JSON.parse(printed);
      // The server is busy: traces may lack their source.
      delete losses.source_shed;
      expect([traces.dropped, losses]).toEqual([0, {}]);

      const inputs = (await storedInputs(server.url, "chaos")).map(String);
      const stored = new Set(inputs.filter((input) => !input.startsWith("last")));
      expect(due.filter((input) => !stored.has(input))).toEqual([]);
      expect(due.length).toBeGreaterThan(20 * ROUNDS);
      const calls = inputs.filter((input) => !input.startsWith("last"));
      expect(calls.length).toBe(stored.size);
      console.info(
        `chaos, durability ${durability}, seed ${SEED}, ${ROUNDS} rounds: ${ended.length} traces ended, ${due.length} of them early enough; ${calls.length} stored, ${stored.size} different; ${proxy.requests.length} requests`,
      );
    } finally {
      await proxy.close();
      await server.close();
      rmSync(spool, { recursive: true, force: true });
    }
  },
  CHILD_LIMIT_MS + ROUNDS * 30_000,
);
