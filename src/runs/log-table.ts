import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { ownField } from "../data/plain.js";
import type { RunTarget } from "../delivery/destination.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { texts } from "../settings/kinds.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import type { ArtifactRoot } from "../store/artifact-store.js";
import { type Run, RunTagKey } from "../store/run-store.js";
import type { TrackingStore } from "../store/store.js";
import { upload, writerSync } from "./log-artifacts.js";
import { type LogOptions, logOptions, logToRun } from "./log-to-run.js";
import { putFileTask } from "./put.js";
import { searchRuns } from "./read-runs.js";
import {
  appendTable,
  rowsOfTable,
  type Table,
  type TableData,
  type TableRow,
  tableOfJson,
  tableToJson,
  toTable,
} from "./table.js";

/**
 * Stores a table as an artifact of a run, or appends its rows to an existing table. MLflow's UI shows the table, and
 * Python's `load_table` reads it. Mirrors `mlflow.log_table`.
 *
 * @param data rows, `[{ question: "…", score: 1 }]`, or columns, `{ question: ["…"], score: [1] }`.
 * @param artifactFile the path in the run's artifacts. Must end in `.json`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid data or an invalid path.
 */
export function logTable(
  data: TableData,
  artifactFile: string,
  options?: LogOptions,
): Promise<void> {
  return logToRun(logOptions("logTable()", options), () => {
    checkTableFile(artifactFile);
    const table = toTable(data);
    const size = tableToJson(table).length;
    let text: string | undefined;
    return (target) =>
      putFileTask(target, {
        what: `table '${artifactFile}'`,
        bytes: size * 2,
        perform: async (runId, signal) => {
          // Computed once, so that a retry does not append the rows again.
          text ??= tableToJson(await withEarlierRows(target, artifactFile, table, signal));
          await upload(target, artifactFile, { bytes: Buffer.from(text) }, signal);
          await tagAsTable(target.store, runId, artifactFile);
          return [artifactFile];
        },
      });
  });
}

/** Puts a table into the queue. It replaces an earlier table. */
export function putTable(target: RunTarget, artifactFile: string, data: TableData): Promise<void> {
  const bytes = Buffer.from(tableToJson(toTable(data)));
  return putFileTask(target, {
    what: `table '${artifactFile}'`,
    bytes: bytes.length,
    perform: async (runId, signal) => {
      await upload(target, artifactFile, { bytes }, signal);
      await tagAsTable(target.store, runId, artifactFile);
      return [artifactFile];
    },
    performSync: writerSync(target, [{ path: artifactFile, bytes }]),
  });
}

export interface LoadTableOptions {
  /** Reads only the tables of these runs. */
  readonly runIds?: readonly string[];
  /** Columns to add from the run of each row, for example `runId`, `status`, `params.model` or `tags.team`. */
  readonly extraColumns?: readonly string[];
}

const LOAD_OPTIONS: OptionKinds<LoadTableOptions> = { runIds: texts, extraColumns: texts };

/**
 * Returns the rows of a table from all runs of the active experiment that logged it. Mirrors `mlflow.load_table`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if no run logged the table.
 */
export async function loadTable(
  artifactFile: string,
  options: LoadTableOptions = {},
): Promise<TableRow[]> {
  const { runIds, extraColumns = [] } = readOptions("loadTable()", options, LOAD_OPTIONS);
  checkTableFile(artifactFile);
  // The same filter as Python's: the JSON of the tag, with any white space.
  const tagJson = `"path"%:%"${artifactFile}",%"type"%:%"table"`;
  const ofRuns = runIds ? ` AND attributes.run_id IN (${runIds.map(quoted).join(", ")})` : "";
  const filter = `tags.\`${RunTagKey.LOGGED_ARTIFACTS}\` LIKE '%${tagJson}%'${ofRuns}`;
  const rows: TableRow[] = [];
  let runCount = 0;
  for await (const run of searchRuns({ filter })) {
    runCount += 1;
    const extra = Object.fromEntries(extraColumns.map((name) => [name, fieldOf(run, name)]));
    for (const row of await readTable(run, artifactFile)) rows.push({ ...row, ...extra });
  }
  if (runCount > 0) return rows;
  throw new MlflowException(
    "No runs found with the corresponding table artifact.",
    "RESOURCE_DOES_NOT_EXIST",
  );
}

async function readTable({ info }: Run, artifactFile: string): Promise<TableRow[]> {
  const { store } = getPipeline().tracking.current();
  const root = { uri: info.artifactUri, runId: info.runId };
  const text = await hold(readArtifact(store, root, artifactFile), ANSWER_TIMEOUT_MS);
  if (text !== undefined) return rowsOfTable(tableOfJson(text, artifactFile));
  throw new MlflowException(
    `Artifact ${artifactFile} not found for run ${info.runId}.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

async function withEarlierRows(
  target: RunTarget,
  artifactFile: string,
  table: Table,
  signal: AbortSignal,
): Promise<Table> {
  const root = await target.artifactRoot();
  const earlier = await readArtifact(target.store, root, artifactFile, signal);
  if (earlier === undefined) return table;
  return appendTable(tableOfJson(earlier, artifactFile), table);
}

/** Returns undefined if the artifact does not exist. */
async function readArtifact(
  store: TrackingStore,
  root: ArtifactRoot,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "mlflow-table-"));
  try {
    const file = join(folder, "table");
    await store.downloadArtifact(root, path, file, signal);
    return await readFile(file, "utf8");
  } catch (cause) {
    const { errorCode } = cause as { errorCode?: string };
    if (errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw cause;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Adds the artifact to the tag that lists the tables of a run. */
async function tagAsTable(store: TrackingStore, runId: string, path: string): Promise<void> {
  const run = await store.getRun(runId);
  const logged = listOf(run?.data.tags[RunTagKey.LOGGED_ARTIFACTS]);
  if (logged.some((entry) => entry.path === path && entry.type === "table")) return;
  const value = [...logged, { path, type: "table" }]
    .map(
      (entry) => `{"path": ${JSON.stringify(entry.path)}, "type": ${JSON.stringify(entry.type)}}`,
    )
    .join(", ");
  const verdict = await store.writeRun(runId, {
    kind: "logBatch",
    tags: { [RunTagKey.LOGGED_ARTIFACTS]: `[${value}]` },
  });
  if (verdict.state !== "stored") throw verdict.cause;
}

function listOf(tag: string | undefined): { path: unknown; type: unknown }[] {
  try {
    const list = JSON.parse(tag ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function fieldOf({ info, data }: Run, name: string): unknown {
  const dot = name.indexOf(".");
  const scope = dot < 0 ? info : ownField({ ...data }, name.slice(0, dot));
  // Accepts Python's names, such as run_id.
  const key =
    dot < 0 ? name.replace(/_(.)/g, (_all, letter) => letter.toUpperCase()) : name.slice(dot + 1);
  return ownField(Object(scope), key) ?? null;
}

function quoted(runId: string): string {
  return `'${runId.replaceAll("'", "")}'`;
}

const FORBIDDEN = ['"', "'", ",", ":", "[", "]", "{", "}"];

function checkTableFile(artifactFile: string): void {
  checkArtifactPath(artifactFile);
  const forbidden = FORBIDDEN.find((character) => artifactFile.includes(character));
  if (forbidden !== undefined) {
    throw invalidParameter(`The artifact_file contains forbidden character: ${forbidden}`);
  }
  if (artifactFile.endsWith(".json")) return;
  throw invalidParameter(
    `Invalid artifact file path '${artifactFile}'. Please ensure the file you are trying to log as a table ` +
      "has a file name with '.json' extension.",
  );
}
