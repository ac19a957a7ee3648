import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { invalidParameter } from "../../base/errors.js";
import type { Trace, TraceInfo } from "../../trace/trace.js";
import type { Page, TraceQuery } from "../store.js";
import { spansFromJson } from "../wire/span-json.js";
import { parseFilter } from "./filter.js";
import {
  experimentFolder,
  isId,
  type Layout,
  SPANS_FILE,
  traceFolder,
  tracesFolder,
} from "./layout.js";
import { readRequestTime, readText, readTraceInfo } from "./trace-files.js";

const DEFAULT_RESULTS = 100;
const MAX_RESULTS = 500;
/** Files read at the same time; more only wait for each other. */
const PARALLEL_READS = 16;

interface Entry {
  readonly folder: string;
  readonly traceId: string;
  readonly requestTime: number;
}

/** Undefined when no whole trace of that id is in the store; spans that cannot be read are left out. */
export async function getTrace(layout: Layout, traceId: string): Promise<Trace | undefined> {
  if (!isId(traceId)) return undefined;
  for (const parent of [layout.root, layout.trash]) {
    for (const name of await readdir(parent).catch(() => [])) {
      const folder = traceFolder(join(parent, name), traceId);
      const info = await readTraceInfo(folder);
      if (info) return { info, data: { spans: await readSpans(folder, traceId) } };
    }
  }
  return undefined;
}

/** One page of the traces that match, newest first unless the query says otherwise. */
export async function searchTraceInfos(
  layout: Layout,
  query: TraceQuery,
): Promise<Page<TraceInfo>> {
  const matches = parseFilter(query.filter);
  const ascending = isAscending(query.orderBy);
  const limit = resultLimit(query.maxResults);
  const after = parsePageToken(query.pageToken);
  const order = (one: Entry, other: Entry) =>
    (ascending ? 1 : -1) * (one.requestTime - other.requestTime) ||
    compareText(one.traceId, other.traceId);
  const entries = (await listEntries(layout, query.experimentIds))
    .filter((entry) => !after || order(entry, after) > 0)
    .sort(order);
  const items: TraceInfo[] = [];
  for (const [index, entry] of entries.entries()) {
    const info = await readTraceInfo(entry.folder);
    if (info && matches(info)) items.push(info);
    if (items.length === limit && index < entries.length - 1) {
      return { items, nextPageToken: toPageToken(entry) };
    }
  }
  return { items };
}

async function readSpans(folder: string, traceId: string) {
  const text = await readText(join(folder, SPANS_FILE));
  return (text === undefined ? undefined : spansFromJson(text, traceId)) ?? [];
}

async function listEntries(layout: Layout, experimentIds: readonly string[]): Promise<Entry[]> {
  const folders: string[] = [];
  for (const experimentId of new Set(experimentIds)) {
    for (const parent of [layout.root, layout.trash]) {
      const traces = tracesFolder(experimentFolder(parent, experimentId));
      const names = await readdir(traces).catch(() => []);
      folders.push(...names.filter(isId).map((name) => join(traces, name)));
    }
  }
  const entries: Entry[] = [];
  for (let at = 0; at < folders.length; at += PARALLEL_READS) {
    const found = folders.slice(at, at + PARALLEL_READS).map(readEntry);
    for (const entry of await Promise.all(found)) if (entry) entries.push(entry);
  }
  return entries;
}

async function readEntry(folder: string): Promise<Entry | undefined> {
  const requestTime = await readRequestTime(folder);
  return requestTime === undefined ? undefined : { folder, traceId: basename(folder), requestTime };
}

function isAscending(orderBy: readonly string[] = []): boolean {
  const [first = "timestamp_ms DESC", ...more] = orderBy;
  const match = /^(?:attributes\.)?timestamp_ms(?:\s+(ASC|DESC))?$/i.exec(first.trim());
  if (!match || more.length > 0) {
    throw invalidParameter(
      `A local store sorts by 'timestamp_ms DESC' or 'timestamp_ms ASC', got '${orderBy.join(", ")}'.`,
    );
  }
  // As in MLflow's language, a key alone ascends.
  return match[1]?.toUpperCase() !== "DESC";
}

function resultLimit(maxResults = DEFAULT_RESULTS): number {
  if (Number.isInteger(maxResults) && maxResults > 0 && maxResults <= MAX_RESULTS)
    return maxResults;
  throw invalidParameter(
    `maxResults must be a whole number from 1 to ${MAX_RESULTS}, got ${maxResults}.`,
  );
}

/** The last trace of the page, not a count: traces written between two pages shift nothing. */
function toPageToken({ requestTime, traceId }: Entry): string {
  return Buffer.from(`${requestTime} ${traceId}`).toString("base64url");
}

function parsePageToken(token: string | undefined): Entry | undefined {
  if (!token) return undefined;
  const match = /^(\d+) ([\w-]+)$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw invalidParameter(`The page token '${token}' is not one of this store.`);
  return { folder: "", requestTime: Number(match[1]), traceId: match[2] ?? "" };
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
