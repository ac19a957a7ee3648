import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { createDoor, type Door } from "../support/door.js";
import {
  ENDINGS,
  type EndedProgram,
  type Ending,
  FORMATS,
  type Format,
  runAll,
  runToEnd,
} from "../support/ending-programs.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";

const STORES = ["local", "server up", "server down"] as const;
type Store = (typeof STORES)[number];

/** What a store has of a program, after the next process has sent what the first one left. */
interface Stored {
  readonly spans: number;
  readonly duplicates: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly runs: number;
  /** Traces that name the run. */
  readonly tracesOfRun: number;
}

interface Case {
  readonly how: Ending;
  readonly store: Store;
  readonly format: Format;
  ours?: EndedProgram;
  stored?: Stored;
}

const root = mkdtempSync(join(tmpdir(), "exits-"));
const bare = new Map<string, EndedProgram>();
const cases: Case[] = ENDINGS.flatMap((how) =>
  STORES.flatMap((store) => FORMATS.map((format): Case => ({ how, store, format }))),
);
const keyOf = ({ how, format }: Pick<Case, "how" | "format">) => `${how} ${format}`;
const nameOf = ({ how, store, format }: Case) => `${how}, ${store}, ${format}`;
const folderOf = (one: Case) => join(root, String(cases.indexOf(one)));

let server: MlflowServer;
let door: Door;
beforeAll(async () => {
  server = await startMlflowServer();
  door = await createDoor(server.url);
  await runAll(
    cases
      .filter(({ store }) => store === "local")
      .map((one) => async () => {
        bare.set(keyOf(one), await runToEnd(one.how, one.format, { WITHOUT_US: "1" }));
      }),
    AT_ONCE,
  );
  door.close();
  await runAll(
    cases.map((one) => async () => {
      one.ours = await runToEnd(one.how, one.format, envOf(one));
    }),
    AT_ONCE,
  );
  await door.open();
  await runAll(
    cases.map((one) => async () => {
      if (one.store !== "local") await sendLeft(one);
      one.stored = await readStored(one);
    }),
    AT_ONCE,
  );
  writeTable();
});
afterAll(async () => {
  door.close();
  rmSync(root, { recursive: true, force: true });
  await server.close();
});

const AT_ONCE = 3;

function envOf(one: Case): Record<string, string> {
  const uris = { local: join(folderOf(one), "store"), "server up": server.url };
  return {
    MLFLOW_TRACKING_URI: one.store === "server down" ? door.url : uris[one.store],
    MLFLOW_EXPERIMENT_NAME: nameOf(one),
    MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: join(folderOf(one), "spool"),
  };
}

/** Another process with the same tracking URI, which records something in another experiment. */
async function sendLeft(one: Case): Promise<void> {
  const env = {
    ...envOf(one),
    MLFLOW_EXPERIMENT_NAME: "the next process",
    MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "60000",
  };
  const next = await runToEnd("natural end", "mjs", env);
  expect(next).toMatchObject({ code: 0, stderr: "" });
}

async function readStored(one: Case): Promise<Stored> {
  const store: TrackingStore =
    one.store === "local"
      ? createFileStore({ directory: join(folderOf(one), "store") })
      : openRestStore(server.url);
  const experiment = await store.getExperimentByName(nameOf(one));
  if (!experiment) return { spans: 0, duplicates: 0, metrics: {}, runs: 0, tracesOfRun: 0 };
  const experimentIds = [experiment.experimentId];
  const { items } = await store.searchTraceInfos({ experimentIds, maxResults: 500 });
  const traces = await Promise.all(items.map(({ traceId }) => store.getTrace(traceId)));
  const spans = traces.flatMap((trace) => trace?.data.spans ?? []);
  const inputs = items.map(({ traceMetadata }) => traceMetadata["mlflow.traceInputs"]);
  const runs = await store.searchRuns({ experimentIds });
  await store.close();
  return {
    spans: spans.length,
    duplicates: inputs.length - new Set(inputs).size,
    metrics: runs.items[0]?.data.metrics ?? {},
    runs: runs.items.length,
    tracesOfRun: items.filter(
      ({ traceMetadata }) =>
        runs.items[0] && traceMetadata["mlflow.sourceRun"] === runs.items[0].info.runId,
    ).length,
  };
}

/** The table of docs/exits.md, if the variable is set. */
function writeTable(): void {
  const rows = ENDINGS.map((how) => {
    const cells = STORES.map((store) => {
      const of = cases.filter((one) => one.how === how && one.store === store);
      const spans = of.map((one) => one.stored?.spans);
      const metrics = of.map((one) => Object.keys(one.stored?.metrics ?? {}).length);
      const added = of.map((one) => one.ours!.endMs - bare.get(keyOf(one))!.endMs);
      return `${[...new Set(spans)].join(" / ")}, ${[...new Set(metrics)].join(" / ")}, ${Math.round(median(added))} ms`;
    });
    return `| ${how} | ${cells.join(" | ")} |`;
  });
  const table = [`| ending | ${STORES.join(" | ")} |`, "|---|---|---|---|", ...rows].join("\n");
  if (process.env.EXITS_TABLE) writeFileSync(process.env.EXITS_TABLE, `${table}\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

describe.each(STORES)("%s", (store) => {
  describe.each(FORMATS)("%s", (format) => {
    test.each(ENDINGS)(
      "%s: 40 spans and the metrics, each once, and the end as without us",
      (how) => {
        const one = cases.find(
          (other) => other.how === how && other.store === store && other.format === format,
        )!;
        const { ours, stored } = one;
        const without = bare.get(keyOf(one))!;
        expect.soft(ours).toMatchObject({
          code: without.code,
          signal: without.signal,
          stderr: without.stderr,
        });
        expect.soft(stored).toEqual({
          spans: 40,
          duplicates: 0,
          metrics: { loss: 0.25, accuracy: 0.75 },
          runs: 1,
          tracesOfRun: 10,
        });
      },
    );
  });
});
