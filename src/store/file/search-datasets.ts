import type { DatasetQuery, StoredDataset } from "../dataset-store.js";
import type { Page } from "../pages.js";
import * as query from "./query.js";

const TEXTS: Readonly<Record<string, (dataset: StoredDataset) => string | undefined>> = {
  name: ({ name }) => name,
  created_by: ({ createdBy }) => createdBy,
  last_updated_by: ({ lastUpdatedBy }) => lastUpdatedBy,
};
const TIMES: Readonly<Record<string, (dataset: StoredDataset) => number>> = {
  created_time: ({ createdTimeMs }) => createdTimeMs,
  last_update_time: ({ lastUpdateTimeMs }) => lastUpdateTimeMs,
};

const KEYS: query.QueryKeys<StoredDataset> = {
  find(scope, name) {
    const operators = [...query.EQUALITY, ...query.PATTERN];
    if (/^tags?$/.test(scope)) {
      return { kind: "text", operators, read: ({ tags }) => query.own(tags, name) };
    }
    if (!/^attributes?$/.test(scope)) return undefined;
    const text = query.own(TEXTS, name);
    if (text) return { kind: "text", operators: [...operators, "IN"], read: text };
    const read = query.own(TIMES, name);
    return read && { kind: "number", operators: [...query.EQUALITY, ...query.ORDER], read };
  },
  supported:
    "name, created_by, last_updated_by and tags.<key> with =, !=, LIKE or ILIKE and 'text', and created_time and last_update_time with =, !=, <, <=, > or >= and a number",
  sortable: "name, created_time or last_update_time",
};

const LIST_RULES: query.ListRules<StoredDataset> = {
  keys: KEYS,
  lastOrder: (one, other) =>
    other.createdTimeMs - one.createdTimeMs || query.compareValues(other.datasetId, one.datasetId),
  idOf: ({ datasetId }) => datasetId,
  defaultMaxResults: 50,
  greatestMaxResults: 50_000,
};

/** Returns one page of the datasets that match, the newest first unless the query sets an order. */
export function searchDatasets(
  all: readonly StoredDataset[],
  { experimentIds = [], ...list }: DatasetQuery,
): Page<StoredDataset> {
  const isOfExperiment = (dataset: StoredDataset) =>
    experimentIds.length === 0 || dataset.experimentIds.some((id) => experimentIds.includes(id));
  return query.pageOf(all.filter(isOfExperiment), list, LIST_RULES);
}
