import type { Experiment, ExperimentQuery, Page } from "../store.js";
import { type Found, readActive, readDeleted } from "./experiments.js";
import type { Layout } from "./layout.js";
import * as query from "./query.js";

const KEYS: query.QueryKeys<Found> = {
  find(scope, name) {
    const operators = [...query.EQUALITY, ...query.PATTERN];
    if (/^tags?$/.test(scope)) {
      const read = ({ experiment }: Found) => query.own(experiment.tags, name);
      return { kind: "text", operators, read };
    }
    const isAttribute = /^attributes?$/.test(scope);
    if (isAttribute && name === "name") {
      return { kind: "text", operators, read: ({ experiment }) => experiment.name };
    }
    if (isAttribute && name === "experiment_id") {
      return { kind: "text", operators, read: ({ experiment }) => experiment.experimentId };
    }
    const read = isAttribute && query.own(TIMES, name);
    return read
      ? { kind: "number", operators: [...query.EQUALITY, ...query.ORDER], read }
      : undefined;
  },
  supported:
    "name and tags.<key> with =, !=, LIKE or ILIKE and 'text', and creation_time and last_update_time with =, !=, <, <=, > or >= and a number",
  sortable: "name, experiment_id, creation_time or last_update_time",
};

const TIMES: Readonly<Record<string, (found: Found) => number>> = {
  creation_time: ({ creationTime }) => creationTime,
  last_update_time: ({ lastUpdateTime }) => lastUpdateTime,
};

const LIST_RULES: query.ListRules<Found> = {
  keys: KEYS,
  lastOrder: (one, other) =>
    other.creationTime - one.creationTime ||
    query.compareValues(one.experiment.experimentId, other.experiment.experimentId),
  idOf: ({ experiment }) => experiment.experimentId,
  defaultMaxResults: 1000,
  greatestMaxResults: 50_000,
};

/** Returns one page of the experiments that match, the newest first unless the query sets an order. */
export async function searchExperiments(
  layout: Layout,
  { viewType = "ACTIVE_ONLY", ...list }: ExperimentQuery = {},
): Promise<Page<Experiment>> {
  const found: Found[] = [];
  if (viewType !== "DELETED_ONLY") found.push(...(await readActive(layout)));
  if (viewType !== "ACTIVE_ONLY") found.push(...(await readDeleted(layout)));
  const { items, ...next } = query.pageOf(found, list, LIST_RULES);
  return { items: items.map(({ experiment }) => experiment), ...next };
}
