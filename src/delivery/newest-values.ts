import { shared } from "../base/process-state.js";
import { RunTagKey, type RunWrite } from "../store/run-store.js";
import type { RunTarget } from "./destination.js";

/** More values are not written again in the time for which an outage leaves old ones on disk. */
const MAX_REMEMBERED = 10_000;

/** When the app wrote the values that the stores have, from the one that was stored first to the last one. */
const writtenAtMs = shared("newestValues", () => new Map<string, number>());

let lastMs = 0;

/** The time of a write, in milliseconds since the epoch. Increases with every call, also if the clock is set back. */
export function timeOfWrite(): number {
  lastMs = Math.max(Date.now(), lastMs + 0.001);
  return lastMs;
}

/** A run that exists. */
export type StoredRun = Pick<RunTarget, "id" | "store">;

/** What a write changes: a later write of the same field replaces it. Metrics and params are never replaced. */
export function fieldsOf(write: RunWrite): string[] {
  if (write.kind === "deleteTag") return [fieldOfTag(write.key)];
  if (write.kind === "logBatch") return Object.keys(write.tags ?? {}).map(fieldOfTag);
  if (write.kind !== "update") return [];
  const { status, endTimeMs, runName } = write;
  return [
    ...(status === undefined && endTimeMs === undefined ? [] : [STATUS]),
    ...(runName === undefined ? [] : [RUN_NAME]),
  ];
}

/** The content of an artifact. */
export function fieldOfFile(path: string): string {
  return `file ${path}`;
}

function fieldOfTag(key: string): string {
  return `tag ${key}`;
}

const STATUS = "status";
/** MLflow keeps the name of a run in a tag too. */
const RUN_NAME = fieldOfTag(RunTagKey.RUN_NAME);

/** The store has these fields as the app wrote them at this time. */
export function noteNewest(run: StoredRun, fields: Iterable<string>, atMs: number): void {
  for (const field of fields) {
    const key = keyOf(run, field);
    const newestMs = Math.max(atMs, writtenAtMs.get(key) ?? 0);
    writtenAtMs.delete(key);
    writtenAtMs.set(key, newestMs);
  }
  for (const oldest of writtenAtMs.keys()) {
    if (writtenAtMs.size <= MAX_REMEMBERED) break;
    writtenAtMs.delete(oldest);
  }
}

/** Whether the store has a value that the app wrote later. */
export function isReplaced(run: StoredRun, field: string, atMs: number): boolean {
  return (writtenAtMs.get(keyOf(run, field)) ?? 0) > atMs;
}

/** The part of a write that would not replace a newer value. Undefined if nothing is left of it. */
export function newestPartOf(run: StoredRun, write: RunWrite, atMs: number): RunWrite | undefined {
  const isStale = (field: string) => isReplaced(run, field, atMs);
  if (!fieldsOf(write).some(isStale)) return write;
  switch (write.kind) {
    case "logBatch": {
      const tags = Object.entries(write.tags ?? {}).filter(([key]) => !isStale(fieldOfTag(key)));
      const { metrics = [], params = {} } = write;
      const isEmpty = metrics.length + Object.keys(params).length + tags.length === 0;
      return isEmpty ? undefined : { ...write, tags: Object.fromEntries(tags) };
    }
    case "update": {
      const { runName, ...end } = write;
      const isNamed = runName !== undefined && !isStale(RUN_NAME);
      if (isStale(STATUS)) return isNamed ? { kind: "update", runName } : undefined;
      if (isNamed) return write;
      return fieldsOf(end).length > 0 ? end : undefined;
    }
    default:
      return undefined;
  }
}

function keyOf({ id, store }: StoredRun, field: string): string {
  return `${store.uri} ${id} ${field}`;
}
