import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { invalidParameter } from "../../base/errors.js";
import { attachmentPath } from "../../trace/attachment.js";
import { type Trace, type TraceInfo, TraceMetadataKey, TraceTagKey } from "../../trace/trace.js";
import type { Page, TraceQuery } from "../store.js";
import { spansFromJson } from "../wire/span-json.js";
import {
  ARTIFACTS_FOLDER,
  ASSESSMENTS_FOLDER,
  experimentFolder,
  isId,
  type Layout,
  METADATA_FOLDER,
  SPANS_FILE,
  TAGS_FOLDER,
  traceFolder,
  tracesFolder,
} from "./layout.js";
import { readTextFile } from "./meta-files.js";
import * as query from "./query.js";
import { readRequestTimes } from "./request-times.js";
import { readTraceInfo } from "./trace-files.js";

const DEFAULT_MAX_RESULTS = 100;
const MAX_RESULTS = 500;

interface Entry {
  readonly folder: string;
  readonly traceId: string;
  readonly requestTime: number;
}

/** Returns undefined if the store has no complete trace with this id. Ignores spans that cannot be read. */
export async function getTrace(layout: Layout, traceId: string): Promise<Trace | undefined> {
  const found = await findTrace(layout, traceId);
  return found && { info: found.info, data: { spans: await readSpans(found.folder, found.info) } };
}

/** Returns undefined if the store has no complete trace with this id. */
export async function findTrace(
  layout: Layout,
  traceId: string,
): Promise<{ readonly folder: string; readonly info: TraceInfo } | undefined> {
  for await (const folder of foldersOf(layout, traceId)) {
    const info = await readTraceInfo(folder);
    if (info) return { folder, info };
  }
  return undefined;
}

/** Returns undefined if the trace has no attachment with this id, which the caller checks. */
export async function readAttachment(
  layout: Layout,
  traceId: string,
  attachmentId: string,
): Promise<Uint8Array | undefined> {
  for await (const folder of foldersOf(layout, traceId)) {
    const file = join(folder, ARTIFACTS_FOLDER, attachmentPath(attachmentId));
    const content = await readFile(file).catch(() => undefined);
    if (content) return content;
  }
  return undefined;
}

/** Where a trace may be: its folder in each experiment. */
async function* foldersOf({ root, trash }: Layout, traceId: string): AsyncGenerator<string> {
  if (!isId(traceId)) return;
  for (const parent of [root, trash]) {
    for (const name of await readdir(parent).catch(() => [])) {
      yield traceFolder(join(parent, name), traceId);
    }
  }
}

type TraceKey = query.QueryKey<TraceInfo>;

const ofNumber = (read: TraceKey["read"]): TraceKey => ({
  kind: "number",
  operators: [...query.EQUALITY, ...query.ORDER],
  read,
});

const ofText = (read: TraceKey["read"]): TraceKey => ({
  kind: "text",
  operators: [...query.EQUALITY, ...query.ORDER, ...query.PATTERN],
  read,
});

const nullable = (key: TraceKey): TraceKey => ({
  ...key,
  operators: [...key.operators, "IS NULL"],
});

const ATTRIBUTES: Readonly<Record<string, TraceKey>> = {
  status: ofText((info) => info.state),
  name: ofText((info) => info.tags[TraceTagKey.NAME]),
  run_id: ofText((info) => info.traceMetadata[TraceMetadataKey.SOURCE_RUN]),
  timestamp_ms: ofNumber((info) => info.requestTime),
  execution_time_ms: ofNumber((info) => info.executionDuration),
};

const TRACE_KEYS: query.QueryKeys<TraceInfo> = {
  find(scope, name) {
    if (/^tags?$/.test(scope)) return nullable(ofText((info) => query.own(info.tags, name)));
    if (/^(request_)?metadata$/.test(scope)) {
      return nullable(ofText((info) => query.own(info.traceMetadata, name)));
    }
    return /^(attributes?|trace)$/.test(scope) ? query.own(ATTRIBUTES, name) : undefined;
  },
  supported:
    "attributes.status, attributes.name, attributes.run_id, tags.<key> and metadata.<key> with =, !=, <, <=, >, >=, LIKE or ILIKE and 'text', and " +
    "attributes.timestamp_ms and attributes.execution_time_ms with =, !=, <, <=, > or >= and a number. " +
    "tags.<key> and metadata.<key> also with IS NULL or IS NOT NULL",
};

/** Returns one page of the traces that match, the newest first unless the query sets an order. */
export async function searchTraceInfos(
  layout: Layout,
  traceQuery: TraceQuery,
): Promise<Page<TraceInfo>> {
  const matches = query.parseFilter(traceQuery.filter, TRACE_KEYS);
  const sign = isAscending(traceQuery.orderBy) ? 1 : -1;
  const { maxResults = DEFAULT_MAX_RESULTS } = traceQuery;
  const limit = query.checkMaxResults(maxResults, MAX_RESULTS);
  const end = query.parsePageToken(traceQuery.pageToken);
  const after = end && { requestTime: end.position, traceId: end.id };
  type Position = Omit<Entry, "folder">;
  const order = (one: Position, other: Position) =>
    sign * (one.requestTime - other.requestTime) || query.compareValues(one.traceId, other.traceId);
  const entries = (await listEntries(layout, traceQuery.experimentIds))
    .filter((entry) => !after || order(entry, after) > 0)
    .sort(order);
  const items: TraceInfo[] = [];
  for (const [index, { folder, requestTime, traceId }] of entries.entries()) {
    const info = await readTraceInfo(folder);
    if (info && matches(info)) items.push(info);
    if (items.length === limit && index < entries.length - 1) {
      const nextPageToken = query.toPageToken({ position: requestTime, id: traceId });
      return { items, nextPageToken };
    }
  }
  return { items };
}

async function readSpans(folder: string, info: TraceInfo) {
  const text = await readTextFile(join(folder, SPANS_FILE));
  return (text === undefined ? undefined : spansFromJson(text, info)) ?? [];
}

async function listEntries(layout: Layout, experimentIds: readonly string[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const experimentId of new Set(experimentIds)) {
    const folders = await listFolders(layout, experimentId);
    for (const [folder, requestTime] of await readRequestTimes(layout, experimentId, folders)) {
      entries.push({ folder, traceId: basename(folder), requestTime });
    }
  }
  return entries;
}

/** The ids of an experiment's complete traces, in no order. */
export async function listTraceIds(layout: Layout, experimentId: string): Promise<string[]> {
  return (await listEntries(layout, [experimentId])).map(({ traceId }) => traceId);
}

/** The folders of a trace in which a change creates, replaces or removes a file. */
const CHANGING_FOLDERS = ["", TAGS_FOLDER, ASSESSMENTS_FOLDER, METADATA_FOLDER];

/** The time of the last change of a trace, as a text. */
export async function traceVersion(
  layout: Layout,
  experimentId: string,
  traceId: string,
): Promise<string> {
  const folder = traceFolder(experimentFolder(layout.root, experimentId), traceId);
  const times = await Promise.all(
    CHANGING_FOLDERS.map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return String(Math.max(...times));
}

async function listFolders(layout: Layout, experimentId: string): Promise<string[]> {
  const folders: string[] = [];
  for (const parent of [layout.root, layout.trash]) {
    const traces = tracesFolder(experimentFolder(parent, experimentId));
    for (const name of await readdir(traces).catch(() => [])) {
      if (isId(name)) folders.push(join(traces, name));
    }
  }
  return folders;
}

function isAscending(orderBy: readonly string[] = []): boolean {
  const [first = "timestamp_ms DESC", ...more] = orderBy;
  const match = /^(?:attributes\.)?timestamp_ms(?:\s+(ASC|DESC))?$/i.exec(first.trim());
  if (!match || more.length > 0) {
    throw invalidParameter(
      `The local store sorts traces by 'timestamp_ms DESC' or 'timestamp_ms ASC', got '${orderBy.join(", ")}'.`,
    );
  }
  // As in MLflow, a key without a direction is in ascending order.
  return match[1]?.toUpperCase() !== "DESC";
}
