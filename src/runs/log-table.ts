import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../base/errors.js";
import type { RunTarget } from "../delivery/destination.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import type { ArtifactRoot } from "../store/artifact-store.js";
import { type Run, RunTagKey } from "../store/run-store.js";
import type { TrackingStore } from "../store/store.js";
import type { LogOptions } from "./log.js";
import { upload, writerSync } from "./log-artifacts.js";
import { logged } from "./logged.js";
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
 * Writes a table as an artifact of a run, or appends its rows to the one that is there. MLflow shows
 * it, and Python's `load_table` reads it. Mirrors `mlflow.log_table`.
 *
 * @param data rows, `[{ question: "…", score: 1 }]`, or columns, `{ question: ["…"], score: [1] }`.
 * @param artifactFile where, below the run's artifacts; it ends in `.json`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is no table, and for a bad path.
 */
export function logTable(
  data: TableData,
  artifactFile: string,
  options?: LogOptions,
): Promise<void> {
  return logged(options?.runId, () => {
    checkTableFile(artifactFile);
    const table = toTable(data);
    const size = tableToJson(table).length;
    let text: string | undefined;
    return (target) =>
      putFileTask(target, {
        what: `table '${artifactFile}'`,
        bytes: size * 2,
        perform: async (runId, signal) => {
          // Once only: another try must not append the rows to themselves.
          text ??= tableToJson(await withEarlierRows(target, artifactFile, table, signal));
          await upload(target, artifactFile, { bytes: Buffer.from(text) }, signal);
          await noteTable(target.store, runId, artifactFile);
        },
      });
  });
}

/** Puts a table into the queue. It replaces an earlier one. */
export function putTable(target: RunTarget, artifactFile: string, data: TableData): Promise<void> {
  const bytes = Buffer.from(tableToJson(toTable(data)));
  return putFileTask(target, {
    what: `table '${artifactFile}'`,
    bytes: bytes.length,
    perform: async (runId, signal) => {
      await upload(target, artifactFile, { bytes }, signal);
      await noteTable(target.store, runId, artifactFile);
    },
    performSync: writerSync(target, [{ path: artifactFile, bytes }]),
  });
}

export interface LoadTableOptions {
  /** Tables of these runs only. */
  readonly runIds?: readonly string[];
  /** Columns to add from each row's run: `runId`, `status`, `params.model`, `tags.team` and so on. */
  readonly extraColumns?: readonly string[];
}

/**
 * The rows of a table, of all runs of the active experiment that have it. Mirrors `mlflow.load_table`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when no run has it.
 */
export async function loadTable(
  artifactFile: string,
  { runIds, extraColumns = [] }: LoadTableOptions = {},
): Promise<TableRow[]> {
  checkTableFile(artifactFile);
  // What Python asks for: the tag's JSON, with any blanks.
  const noted = `"path"%:%"${artifactFile}",%"type"%:%"table"`;
  const ofRuns = runIds ? ` AND attributes.run_id IN (${runIds.map(quoted).join(", ")})` : "";
  const filter = `tags.\`${RunTagKey.LOGGED_ARTIFACTS}\` LIKE '%${noted}%'${ofRuns}`;
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

/** Undefined when there is no such artifact. */
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

/** The tag by which MLflow knows which artifacts are tables. */
async function noteTable(store: TrackingStore, runId: string, path: string): Promise<void> {
  const run = await store.getRun(runId);
  const noted = listOf(run?.data.tags[RunTagKey.LOGGED_ARTIFACTS]);
  if (noted.some((entry) => entry.path === path && entry.type === "table")) return;
  const value = [...noted, { path, type: "table" }]
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
  const scope = dot < 0 ? info : data[name.slice(0, dot) as keyof Run["data"]];
  // MLflow's own names too: run_id.
  const key =
    dot < 0 ? name.replace(/_(.)/g, (_all, letter) => letter.toUpperCase()) : name.slice(dot + 1);
  const value = (scope as Readonly<Record<string, unknown>> | undefined)?.[key];
  return value ?? null;
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
