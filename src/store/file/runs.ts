import {
  type NewRun,
  type Run,
  type RunQuery,
  type RunStore,
  RunTagKey,
  randomRunName,
} from "../run-store.js";
import type { Page } from "../store.js";
import { experimentFolder, type Layout } from "./layout.js";
import * as query from "./query.js";
import { listRuns, readMetricHistory, readRun } from "./run-files.js";
import { RunFolders } from "./run-folders.js";
import { perform, performSync, type Steps } from "./steps.js";
import { toException, toVerdict } from "./verdicts.js";
import { createRun, readTexts, setLifecycleStage, writeArtifact, writeRun } from "./write-runs.js";

/** Runs in a local directory. */
export function createRunStore(layout: Layout): Required<RunStore> {
  const folders = new RunFolders(layout);
  const attempt = <T>(steps: Steps<T>): Promise<T> =>
    perform(steps).catch((cause) => {
      throw toException(layout, cause);
    });
  const setStage = (runId: string, stage: "active" | "deleted") =>
    attempt(setLifecycleStage(layout, folders, runId, stage));
  return {
    createRun: (run) => attempt(createNamedRun(layout, folders, run)),
    createRunSync: (run) => performSync(createNamedRun(layout, folders, run)),
    async getRun(runId) {
      const place = await attempt(folders.find(runId));
      return place && readRun(place);
    },
    writeRun: (runId, write) =>
      perform(writeRun(layout, folders, runId, write)).then(
        () => ({ state: "stored" }),
        (cause) => toVerdict(layout, cause),
      ),
    writeRunSync: (runId, write) => performSync(writeRun(layout, folders, runId, write)),
    readTextsSync: (runId, path, tag) => performSync(readTexts(folders, runId, path, tag)),
    writeArtifactSync: (runId, path, bytes) =>
      performSync(writeArtifact(layout, folders, runId, path, bytes)),
    deleteRun: (runId) => setStage(runId, "deleted"),
    restoreRun: (runId) => setStage(runId, "active"),
    searchRuns: (runQuery) => searchRuns(layout, runQuery),
    async getMetricHistory(runId, key) {
      const { folder } = await attempt(folders.get(runId));
      return readMetricHistory(folder, key);
    },
  };
}

function* createNamedRun(layout: Layout, folders: RunFolders, run: NewRun): Steps<Run> {
  const runName = run.runName ?? run.tags[RunTagKey.RUN_NAME] ?? randomRunName();
  const info = yield* createRun(layout, folders, { ...run, runName });
  const tags = { ...run.tags, [RunTagKey.RUN_NAME]: runName };
  return { info, data: { metrics: {}, params: {}, tags }, inputs: { datasetInputs: [] } };
}

type RunKey = query.QueryKey<Run>;

const ATTRIBUTES: Readonly<Record<string, RunKey["read"]>> = {
  run_id: ({ info }) => info.runId,
  run_name: ({ info }) => info.runName,
  "run name": ({ info }) => info.runName,
  "Run name": ({ info }) => info.runName,
  "Run Name": ({ info }) => info.runName,
  status: ({ info }) => info.status,
  user_id: ({ info }) => info.userId,
  experiment_id: ({ info }) => info.experimentId,
  artifact_uri: ({ info }) => info.artifactUri,
  start_time: ({ info }) => info.startTimeMs,
  created: ({ info }) => info.startTimeMs,
  Created: ({ info }) => info.startTimeMs,
  end_time: ({ info }) => info.endTimeMs,
};
const NUMBERS = new Set(["start_time", "created", "Created", "end_time"]);

/** As in MLflow, only numbers have an order. */
const ofNumber = (read: RunKey["read"]): RunKey => ({
  kind: "number",
  operators: [...query.EQUALITY, ...query.ORDER],
  read,
});

const ofText = (read: RunKey["read"], also: "IN" | "IS NULL"): RunKey => ({
  kind: "text",
  operators: [...query.EQUALITY, ...query.PATTERN, also],
  read,
});

const RUN_KEYS: query.QueryKeys<Run> = {
  find(scope, name) {
    if (/^metrics?$/.test(scope)) return ofNumber(({ data }) => query.own(data.metrics, name));
    if (/^param(eter)?s?$/.test(scope)) {
      return ofText(({ data }) => query.own(data.params, name), "IS NULL");
    }
    if (/^tags?$/.test(scope)) return ofText(({ data }) => query.own(data.tags, name), "IS NULL");
    const read = /^(attributes?|attr|run)$/.test(scope) && query.own(ATTRIBUTES, name);
    if (!read) return undefined;
    return NUMBERS.has(name) ? ofNumber(read) : ofText(read, "IN");
  },
  supported:
    "metrics.<key>, attributes.start_time and attributes.end_time with =, !=, <, <=, > or >= and a number; params.<key> and tags.<key> " +
    "with =, !=, LIKE or ILIKE and 'text', or IS NULL or IS NOT NULL; and attributes.run_id, run_name, status, user_id, artifact_uri and " +
    "experiment_id with =, !=, LIKE or ILIKE and 'text', or IN or NOT IN and ('a', 'b')",
  sortable: "metrics.<key>, params.<key>, tags.<key> or an attribute such as start_time",
};

const LIST_RULES: query.ListRules<Run> = {
  keys: RUN_KEYS,
  lastOrder: ({ info: one }, { info: other }) =>
    other.startTimeMs - one.startTimeMs || query.compareValues(one.runId, other.runId),
  idOf: ({ info }) => info.runId,
  defaultMaxResults: 1000,
  greatestMaxResults: 50_000,
};

/** Returns one page of the runs that match, the newest first unless the query sets an order. */
async function searchRuns(layout: Layout, runQuery: RunQuery): Promise<Page<Run>> {
  // Refuses a wrong query before the runs are read.
  query.pageOf([], runQuery, LIST_RULES);
  const runs = await listAll(layout, runQuery.experimentIds);
  const inView = runs.filter((run) => isInView(run, runQuery.runViewType));
  return query.pageOf(inView, runQuery, LIST_RULES);
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
