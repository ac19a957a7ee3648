import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inOrder } from "../base/in-order.js";
import type { ArtifactRoot, ArtifactStore } from "./artifact-store.js";
import { type RunStore, RunTagKey } from "./run-store.js";
import { appendTable, tableOfJson, tableToJson } from "./table.js";

/** A table for a run, as an artifact. */
export interface TableToLog {
  readonly path: string;
  /** As `tableToJson()` has written it. */
  readonly json: string;
  /** Whether its rows are appended to those that are stored. Otherwise it replaces them. */
  readonly isAppended: boolean;
  /**
   * The number of rows that were stored before the first attempt to append. Undefined before that. With it a later attempt, also one
   * of another process, finds out whether an earlier one has stored the rows.
   */
  earlierRows?: number | undefined;
}

/** Where a table is stored. */
export interface TablePlace {
  readonly store: Pick<ArtifactStore, "downloadArtifact"> & Pick<RunStore, "getRun" | "writeRun">;
  readonly runId: string;
  readonly root: ArtifactRoot;
  readonly upload: (path: string, bytes: Uint8Array) => Promise<unknown>;
}

/**
 * Stores a table, and adds it to the tables of the run. One at a time for a run: both are read, changed and written. A retry
 * does not append the rows again.
 */
export function storeTable(table: TableToLog, place: TablePlace, signal?: AbortSignal) {
  return inOrder(`tables ${place.root.uri}`, () => store(table, place, signal));
}

async function store(
  table: TableToLog,
  { store: from, runId, root, upload }: TablePlace,
  signal?: AbortSignal,
): Promise<void> {
  const earlier = table.isAppended ? await readArtifact(from, root, table.path, signal) : undefined;
  const text = textToStore(table, earlier);
  if (text !== undefined) await upload(table.path, Buffer.from(text));
  const run = await from.getRun(runId);
  const tags = tagsWith(table.path, run?.data.tags[RunTagKey.LOGGED_ARTIFACTS]);
  if (!tags) return;
  const verdict = await from.writeRun(runId, { kind: "logBatch", tags });
  if (verdict.state !== "stored") throw verdict.cause;
}

/** The same at the end of the process, in a store that supports it. */
export function storeTableSync(
  table: TableToLog,
  store: Pick<RunStore, "readTextsSync" | "writeArtifactSync" | "writeRunSync">,
  runId: string,
): void {
  const { artifact, tag } =
    store.readTextsSync?.(runId, table.path, RunTagKey.LOGGED_ARTIFACTS) ?? {};
  const text = textToStore(table, table.isAppended ? artifact : undefined);
  if (text !== undefined) store.writeArtifactSync?.(runId, table.path, Buffer.from(text));
  const tags = tagsWith(table.path, tag);
  if (tags) store.writeRunSync?.(runId, { kind: "logBatch", tags });
}

/** The text of the artifact with the rows of the table. Undefined if it has them. `stored`: the text of the artifact, if it exists. */
function textToStore(table: TableToLog, stored: string | undefined): string | undefined {
  const { path, json, earlierRows } = table;
  if (stored === undefined) {
    table.earlierRows ??= 0;
    return json;
  }
  const earlier = tableOfJson(stored, path);
  const rows = tableOfJson(json, path);
  const all = appendTable(earlier, rows);
  if (earlierRows !== undefined) {
    const found = earlier.data.slice(earlierRows, earlierRows + rows.data.length);
    // A column that the stored table lacks is a difference too.
    const wanted = all.data.slice(earlier.data.length);
    if (JSON.stringify(found) === JSON.stringify(wanted)) return undefined;
  }
  table.earlierRows = earlier.data.length;
  return tableToJson(all);
}

/** Returns undefined if the artifact does not exist. */
export async function readArtifact(
  store: Pick<ArtifactStore, "downloadArtifact">,
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

/** The tag that lists the tables of a run, with one more. Undefined if the table is in the list. */
function tagsWith(path: string, tag: string | undefined): Record<string, string> | undefined {
  const logged = listOf(tag);
  if (logged.some((entry) => entry.path === path && entry.type === "table")) return undefined;
  const value = [...logged, { path, type: "table" }]
    .map(
      (entry) => `{"path": ${JSON.stringify(entry.path)}, "type": ${JSON.stringify(entry.type)}}`,
    )
    .join(", ");
  return { [RunTagKey.LOGGED_ARTIFACTS]: `[${value}]` };
}

function listOf(tag: string | undefined): { path: unknown; type: unknown }[] {
  try {
    const list = JSON.parse(tag ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
