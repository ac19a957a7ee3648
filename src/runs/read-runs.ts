import { MlflowException } from "../base/errors.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type Search, searchBy } from "../store/pages.js";
import type { Metric, Run, RunViewType } from "../store/run-store.js";
import type { Page, TrackingStore } from "../store/store.js";
import { checkRunId } from "./validation.js";

export interface SearchRunsOptions {
  /** Default: the active experiment. */
  readonly experimentIds?: readonly string[];
  /** MLflow's filter language, for example `metrics.accuracy > 0.9 AND params.model = 'small'`. */
  readonly filter?: string;
  /** For example `["metrics.accuracy DESC"]`. Default: newest first. */
  readonly orderBy?: readonly string[];
  /** The number of runs per page. Default: 1000. */
  readonly maxResults?: number;
  /** Default: `ACTIVE_ONLY`. */
  readonly runViewType?: RunViewType;
}

export type RunSearch = Search<Run>;

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

/** Searches runs. Mirrors `mlflow.search_runs`. */
export function searchRuns(options: SearchRunsOptions = {}): RunSearch {
  return searchBy("runs", (pageToken) => searchPage(options, pageToken));
}

function searchPage(
  { experimentIds, maxResults = 1000, ...query }: SearchRunsOptions,
  pageToken: string | undefined,
): Promise<Page<Run>> {
  const { tracking } = getPipeline();
  return read(async (store) =>
    store.searchRuns({
      ...query,
      maxResults,
      experimentIds: experimentIds ?? [await tracking.current().experimentId()],
      ...(pageToken !== undefined && { pageToken }),
    }),
  );
}

/** Returns all points of a metric of a run, in the order in which they were logged. Mirrors `MlflowClient.get_metric_history`. */
export async function getMetricHistory(runId: string, key: string): Promise<readonly Metric[]> {
  checkRunId(runId);
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
