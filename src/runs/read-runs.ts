import { MlflowException } from "../base/errors.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArgument, type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, oneOf } from "../settings/kinds.js";
import { SEARCH_ALIASES, SEARCH_OPTIONS, type SearchOptions } from "../settings/search-options.js";
import { allOf } from "../store/filter.js";
import type { Metric, Run, RunViewType } from "../store/run-store.js";
import { type Search, searchBy } from "../store/search.js";
import { checkPlaces, experimentIdsOf } from "../store/search-places.js";
import type { Page, TrackingStore } from "../store/store.js";
import { checkRunId } from "./validation.js";

/**
 * The options of {@link searchRuns}: which runs it returns, and in which order. All are optional: without options, it
 * returns all runs of the active experiment, newest first.
 */
export interface SearchRunsOptions extends SearchOptions {
  /** MLflow's filter language, for example `metrics.accuracy > 0.9 AND params.model = 'small'`. */
  readonly filter?: string;
  /** For example `["metrics.accuracy DESC"]`. Default: newest first. */
  readonly orderBy?: readonly string[];
  /** The number of runs per page. Default: 1000. */
  readonly maxResults?: number;
  /** Default: `ACTIVE_ONLY`. */
  readonly runViewType?: RunViewType;
}

/**
 * The result of {@link searchRuns}. `for await` reads all runs, page by page. `page()` returns one page: its `items`, and
 * the `nextPageToken` for the next call of `page()`.
 */
export type RunSearch = Search<Run>;

const OPTIONS: OptionKinds<SearchRunsOptions> = {
  ...SEARCH_OPTIONS,
  runViewType: oneOf<RunViewType>(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]),
};

/**
 * Returns a run with its params, tags and latest metrics. Mirrors `mlflow.get_run`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the run does not exist.
 */
export async function getRun(runId: string): Promise<Run> {
  checkRunId(runId);
  const run = await read((store) => store.getRun(runId));
  if (run) return run;
  throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
}

/**
 * Searches runs. Mirrors `mlflow.search_runs`, and accepts its names of options too.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors
 * of the store.
 * @example
 * for await (const run of searchRuns({ orderBy: ["metrics.accuracy DESC"] })) console.log(run.info.runName);
 */
export function searchRuns(options: SearchRunsOptions = {}): RunSearch {
  const given = readOptions("searchRuns()", options, OPTIONS, SEARCH_ALIASES);
  checkPlaces(given);
  const read = (pageToken?: string, untilMs?: number) => searchPage(given, pageToken, untilMs);
  return searchBy("runs", read, {
    idOf: ({ info }) => info.runId,
    ...(!given.orderBy && { timeMsOf: ({ info }) => info.startTimeMs }),
  });
}

function searchPage(
  options: SearchRunsOptions,
  pageToken: string | undefined,
  untilMs: number | undefined,
): Promise<Page<Run>> {
  const { orderBy, maxResults = 1000, runViewType } = options;
  const isOldEnough = untilMs === undefined ? undefined : `attributes.start_time <= ${untilMs}`;
  const filter = allOf(options.filter, isOldEnough);
  const { tracking } = getPipeline();
  return read(async (store) => {
    const activeId = () => tracking.current().experimentId();
    const experimentIds = await experimentIdsOf(store, options, activeId);
    if (experimentIds.length === 0) return { items: [] };
    return store.searchRuns({
      ...{ experimentIds, maxResults },
      ...(filter !== undefined && { filter }),
      ...(orderBy && { orderBy }),
      ...(runViewType && { runViewType }),
      ...(pageToken !== undefined && { pageToken }),
    });
  });
}

/** Returns all points of a metric of a run, in the order in which they were logged. Mirrors `MlflowClient.get_metric_history`. */
export async function getMetricHistory(runId: string, key: string): Promise<readonly Metric[]> {
  checkRunId(runId);
  checkArgument("getMetricHistory()", "key", filledText, key);
  return read((store) => store.getMetricHistory(runId, key));
}

/**
 * Marks a run as deleted. `searchRuns()` still finds it with `runViewType`, and MLflow can restore it. Mirrors
 * `mlflow.delete_run`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the run does not exist.
 */
export async function deleteRun(runId: string): Promise<void> {
  checkRunId(runId);
  await read((store) => store.deleteRun(runId));
}

/** Delivers the data that this process has logged, then reads. */
function read<T>(request: (store: TrackingStore) => Promise<T>): Promise<T> {
  const pipeline = getPipeline();
  const answer = async () => {
    await pipeline.flush(READ_AFTER_WRITE_MS);
    return request(pipeline.tracking.current().store);
  };
  return hold(answer(), ANSWER_TIMEOUT_MS);
}
