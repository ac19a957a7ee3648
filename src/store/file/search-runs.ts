import { invalidParameter } from "../../base/errors.js";
import type { Run, RunQuery } from "../run-store.js";
import type { Page } from "../store.js";
import type { Value } from "./comparisons.js";
import { experimentFolder, type Layout } from "./layout.js";
import { listRuns } from "./read-runs.js";
import { parseRunFilter, parseRunKey } from "./run-filter.js";

const DEFAULT_RESULTS = 1000;
const MAX_RESULTS = 50_000;

type Order = (one: Run, other: Run) => number;

/** One page of the runs that match; the newest first where the query does not order them. */
export async function searchRuns(layout: Layout, query: RunQuery): Promise<Page<Run>> {
  const matches = parseRunFilter(query.filter);
  const orders = (query.orderBy ?? []).map(parseOrder);
  const limit = resultLimit(query.maxResults);
  const runs = (await listAll(layout, query.experimentIds))
    .filter((run) => isInView(run, query.runViewType) && matches(run))
    .sort((one, other) => {
      for (const order of orders) {
        const result = order(one, other);
        if (result !== 0) return result;
      }
      return newestFirst(one, other);
    });
  const from = startOf(runs, query.pageToken);
  const items = runs.slice(from, from + limit);
  const last = items.at(-1);
  return last && from + limit < runs.length
    ? { items, nextPageToken: toPageToken(from + limit, last) }
    : { items };
}

async function listAll(layout: Layout, experimentIds: readonly string[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const experimentId of new Set(experimentIds)) {
    for (const parent of [layout.root, layout.trash]) {
      const found = await listRuns(experimentFolder(parent, experimentId));
      runs.push(...found.filter(({ info }) => info.experimentId === experimentId));
    }
  }
  return runs;
}

function isInView({ info }: Run, view: RunQuery["runViewType"] = "ACTIVE_ONLY"): boolean {
  return view === "ALL" || (view === "DELETED_ONLY") === (info.lifecycleStage === "deleted");
}

function newestFirst({ info: one }: Run, { info: other }: Run): number {
  return other.startTimeMs - one.startTimeMs || compare(one.runId, other.runId);
}

/** `key [ASC|DESC]`; runs without a value come last, either way. */
function parseOrder(clause: string): Order {
  const match = /^\s*(.*?)(?:\s+(ASC|DESC))?\s*$/i.exec(clause);
  const key = parseRunKey(match?.[1] ?? "");
  if (!key) {
    throw invalidParameter(
      `A local store sorts by metrics.<key>, params.<key>, tags.<key> or an attribute such as start_time, with ASC or DESC behind it, got '${clause}'.`,
    );
  }
  const sign = match?.[2]?.toUpperCase() === "DESC" ? -1 : 1;
  return (one, other) => {
    const [first, second] = [key.read(one), key.read(other)];
    if (isMissing(first) || isMissing(second))
      return Number(isMissing(first)) - Number(isMissing(second));
    return sign * compare(first as Value, second as Value);
  };
}

function isMissing(value: Value | undefined): boolean {
  return value === undefined || Number.isNaN(value);
}

function compare(one: Value, other: Value): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function resultLimit(maxResults = DEFAULT_RESULTS): number {
  const isLimit = Number.isInteger(maxResults) && maxResults > 0 && maxResults <= MAX_RESULTS;
  if (isLimit) return maxResults;
  throw invalidParameter(
    `maxResults must be a whole number from 1 to ${MAX_RESULTS}, got ${maxResults}.`,
  );
}

/** The last run of the page and its place, should it be gone: runs made between two pages shift nothing. */
function toPageToken(next: number, { info }: Run): string {
  return Buffer.from(`${next} ${info.runId}`).toString("base64url");
}

function startOf(runs: readonly Run[], token: string | undefined): number {
  if (!token) return 0;
  const match = /^(\d+) ([\w-]+)$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw invalidParameter(`The page token '${token}' is not one of this store.`);
  const last = runs.findIndex(({ info }) => info.runId === match[2]);
  return last < 0 ? Number(match[1]) : last + 1;
}
