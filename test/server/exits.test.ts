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

type Durability = "on-failure" | "always";

interface Case {
  readonly how: Ending;
  readonly durability: Durability;
  readonly store: Store;
  readonly format: Format;
  ours?: EndedProgram;
  stored?: Stored;
}

const root = mkdtempSync(join(tmpdir(), "exits-"));
const bare = new Map<string, EndedProgram>();
/** No code of a process runs when these end it. */
const NO_END: readonly Ending[] = ["SIGKILL", "SIGTERM in a busy loop"];
const ROWS: readonly Pick<Case, "how" | "durability">[] = [
  ...ENDINGS.map((how) => ({ how, durability: "on-failure" as const })),
  ...NO_END.map((how) => ({ how, durability: "always" as const })),
];
/** Writes the table of docs/production.md to this file, after all combinations. Otherwise every second one is run. */
const tableFile = process.env.EXITS_TABLE;
const cases: Case[] = ROWS.flatMap((row) =>
  STORES.flatMap((store) => FORMATS.map((format): Case => ({ ...row, store, format }))),
).filter((_, index) => tableFile !== undefined || index % 4 === 0 || index % 4 === 3);
const keyOf = ({ how, format }: Pick<Case, "how" | "format">) => `${how} ${format}`;
const nameOf = ({ how, durability, store, format }: Case) =>
  `${how}, ${durability}, ${store}, ${format}`;
const folderOf = (one: Case) => join(root, String(cases.indexOf(one)));

let server: MlflowServer;
let door: Door;
beforeAll(async () => {
  server = await startMlflowServer();
  door = await createDoor(server.url);
  await runAll(
    [...new Map(cases.map((one) => [keyOf(one), one])).values()].map((one) => async () => {
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
      await sendLeft(one);
      one.stored = await readStored(one);
    }),
    AT_ONCE,
  );
  writeTable();
}, 1_800_000);
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
    MLFLOW_LANGCHAIN_DURABILITY: one.durability,
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

function writeTable(): void {
  if (tableFile === undefined) return;
  const rows = ROWS.map(({ how, durability }) => {
    const cells = STORES.map((store) => {
      const ended = cases.filter(
        (one) => one.how === how && one.durability === durability && one.store === store,
      );
      const both = (values: readonly unknown[]) => [...new Set(values)].join(" / ");
      const spans = both(ended.map(({ stored }) => stored?.spans));
      const metrics = both(ended.map(({ stored }) => Object.keys(stored?.metrics ?? {}).length));
      const addedMs = median(ended.map((one) => one.ours!.endMs - bare.get(keyOf(one))!.endMs));
      return `${spans}, ${metrics}, ${Math.round(addedMs)} ms`;
    });
    const row = durability === "always" ? `${how}, with \`durability: "always"\`` : how;
    return `| ${row} | ${cells.join(" | ")} |`;
  });
  const head = [`| ending | ${STORES.join(" | ")} |`, `|---|${"---|".repeat(STORES.length)}`];
  writeFileSync(tableFile, `${[...head, ...rows].join("\n")}\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

const WHOLE = {
  spans: 40,
  duplicates: 0,
  metrics: { loss: 0.25, accuracy: 0.75 },
  runs: 1,
  tracesOfRun: 10,
};

describe.each(STORES)("%s", (store) => {
  const isLost = ({ how, durability }: Case) => NO_END.includes(how) && durability !== "always";
  const ofStore = cases.filter((one) => one.store === store);
  const named = (one: Case): [string, Case] => [nameOf(one), one];

  test.each(ofStore.filter((one) => !isLost(one)).map(named))(
    "%s: 40 spans and the metrics are stored once",
    (_, { stored }) => expect(stored).toEqual(WHOLE),
  );

  test.each(ofStore.filter(isLost).map(named))(
    "%s: nothing is stored twice or in part",
    (_, { stored }) => {
      expect(stored).toMatchObject({ duplicates: 0 });
      expect(stored!.spans % 4).toBe(0);
    },
  );

  test.each(ofStore.map(named))("%s: it ends as without us", (_, one) => {
    const { code, signal, stderr } = bare.get(keyOf(one))!;
    expect(one.ours).toMatchObject({ code, signal, stderr });
  });
});
