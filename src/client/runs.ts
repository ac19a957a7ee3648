import { MlflowException } from "../base/errors.js";
import { readSource } from "../context/source.js";
import type { LoggedValue } from "../runs/log.js";
import { checkEntries, checkParam, checkRunId, checkTag, checkTagKey } from "../runs/validation.js";
import { type NamedKinds, readNamed } from "../settings/check-options.js";
import {
  dictionary,
  filledText,
  type Kind,
  kindOf,
  loggedTags,
  milliseconds,
  number,
  oneOf,
  required,
  texts,
} from "../settings/kinds.js";
import type { RunStore } from "../store/run-store.js";
import {
  type Metric,
  type Run,
  RunStatus,
  RunTagKey,
  type RunViewType,
} from "../store/run-store.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { ExperimentClient, OF_EXPERIMENT, viewType } from "./experiments.js";
import { destinationOf, type EntitySearch, request, SEARCH } from "./requests.js";
import { type LogBatchOptions, type MetricPoint, metricOf, write, writesOf } from "./run-writes.js";

interface OfRun {
  readonly runId: string;
}

/** The options of `MlflowClient.createRun()`. */
export interface CreateRunOptions {
  readonly experimentId: string;
  /** Default: the store generates one. */
  readonly runName?: string;
  /** Milliseconds since 1970. Default: now. */
  readonly startTimeMs?: number;
  readonly tags?: Readonly<Record<string, LoggedValue>>;
}

/** The options of `MlflowClient.searchRuns()`. */
export interface ClientSearchRunsOptions extends EntitySearch {
  /** Default: the active experiment. */
  readonly experimentIds?: readonly string[];
  /** Default: `ACTIVE_ONLY`. */
  readonly runViewType?: RunViewType;
}

/** One page of runs. */
export interface RunPage {
  readonly runs: readonly Run[];
  /** Undefined for the last page. */
  readonly nextPageToken: string | undefined;
}

interface UpdateRunOptions extends OfRun {
  readonly status?: RunStatus;
  readonly name?: string;
}

/** The options of `MlflowClient.setTerminated()`. */
export interface SetTerminatedOptions extends OfRun {
  /** Default: `FINISHED`. */
  readonly status?: RunStatus;
  /** Milliseconds since 1970. Default: now. */
  readonly endTimeMs?: number;
}

const runId = required<string>({ ...filledText, read: (value) => checkRunId(value, "runId") });
const OF_RUN: NamedKinds<OfRun> = { runId };
const status: Kind<RunStatus> = oneOf(Object.values(RunStatus));
/** The rules of MLflow for keys and values are checked later. */
const logged = dictionary as Kind<Readonly<Record<string, LoggedValue>>>;
const anyValue: Kind<LoggedValue> = kindOf(
  "a value that can be a text",
  (value) => value !== undefined,
);
const POINT_KINDS: NamedKinds<MetricPoint> = {
  ...{ key: required(filledText), value: required(number) },
  ...{ step: number, timestampMs: milliseconds },
};
const metrics: Kind<readonly MetricPoint[]> = {
  want: "an array of points { key, value, step, timestampMs }",
  read: (value) =>
    Array.isArray(value)
      ? value.map((point) => readNamed("A point of `metrics`", point, POINT_KINDS))
      : undefined,
};
const CREATE: NamedKinds<CreateRunOptions> = {
  ...OF_EXPERIMENT,
  runName: filledText,
  startTimeMs: milliseconds,
  tags: loggedTags,
};
const BATCH: NamedKinds<LogBatchOptions> = { ...OF_RUN, metrics, params: logged, tags: logged };
const TERMINATED: NamedKinds<SetTerminatedOptions> = { ...OF_RUN, status, endTimeMs: milliseconds };
const POINT: NamedKinds<OfRun & MetricPoint> = { ...OF_RUN, ...POINT_KINDS };
const UPDATE: NamedKinds<UpdateRunOptions> = { ...OF_RUN, status, name: filledText };
const KEY_AND_VALUE = { ...OF_RUN, key: required(filledText), value: required(anyValue) };

export class RunClient extends ExperimentClient {
  /** Creates a run. It does not become active: pass its id to the other methods. */
  createRun(options: CreateRunOptions): Promise<Run> {
    return request(this, "createRun", options, CREATE, (store, given) => {
      const { experimentId, runName, startTimeMs = Date.now(), tags = {} } = given;
      const checked = Object.fromEntries(checkEntries("tags", tags, checkTag));
      const named = runName ?? checked[RunTagKey.RUN_NAME];
      return store.createRun({
        ...{
          experimentId,
          startTimeMs,
          tags: checked,
          userId: checked[TraceMetadataKey.MLFLOW_USER] ?? userOfProcess(),
        },
        ...(named !== undefined && { runName: named }),
      });
    });
  }

  /** Returns a run, also a deleted one. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  getRun(options: OfRun): Promise<Run> {
    return request(this, "getRun", options, OF_RUN, (store, given) => get(store, given.runId));
  }

  /** Returns the run that this one is nested in. Undefined for a run that is not nested. */
  getParentRun(options: OfRun): Promise<Run | undefined> {
    return request(this, "getParentRun", options, OF_RUN, async (store, given) => {
      const { [RunTagKey.PARENT_RUN_ID]: parent } = (await get(store, given.runId)).data.tags;
      return parent === undefined ? undefined : get(store, parent);
    });
  }

  /** Returns one page of the runs that match, newest first by default. */
  searchRuns(options: ClientSearchRunsOptions = {}): Promise<RunPage> {
    const kinds = { ...SEARCH, experimentIds: texts, runViewType: viewType };
    return request<ClientSearchRunsOptions, RunPage>(
      this,
      "searchRuns",
      options,
      kinds,
      async (store, { experimentIds: ids = [], ...query }) => {
        const experimentIds = ids.length > 0 ? ids : [await destinationOf(this).experimentId()];
        const { items, nextPageToken } = await store.searchRuns({ ...query, experimentIds });
        return { runs: items, nextPageToken };
      },
    );
  }

  /** Marks a run as deleted. */
  deleteRun(options: OfRun): Promise<void> {
    return request(this, "deleteRun", options, OF_RUN, (store, given) =>
      store.deleteRun(given.runId),
    );
  }

  /** Restores a deleted run. */
  restoreRun(options: OfRun): Promise<void> {
    return request(this, "restoreRun", options, OF_RUN, (store, given) =>
      store.restoreRun(given.runId),
    );
  }

  /** Changes the status or the name of a run. */
  updateRun(options: UpdateRunOptions): Promise<void> {
    return request(this, "updateRun", options, UPDATE, (store, { runId, status, name }) =>
      write(store, runId, {
        kind: "update",
        ...(status && { status }),
        ...(name && { runName: name }),
      }),
    );
  }

  /** Ends a run. */
  setTerminated(options: SetTerminatedOptions): Promise<void> {
    return request(this, "setTerminated", options, TERMINATED, (store, given) => {
      const { runId, status = "FINISHED", endTimeMs = Date.now() } = given;
      return write(store, runId, { kind: "update", status, endTimeMs });
    });
  }

  /** Logs metrics, params and tags together. Longer lists than MLflow accepts are sent in parts. */
  logBatch(options: LogBatchOptions): Promise<void> {
    return request(this, "logBatch", options, BATCH, async (store, given) => {
      for (const one of writesOf(given)) await write(store, given.runId, one);
    });
  }

  /** Logs one point of a metric. */
  logMetric(options: OfRun & MetricPoint): Promise<void> {
    return request(this, "logMetric", options, POINT, (store, { runId, ...point }) =>
      write(store, runId, { kind: "logBatch", metrics: [metricOf(point)] }),
    );
  }

  /** Logs a param. A logged param cannot be changed. */
  logParam(options: OfRun & { readonly key: string; readonly value: LoggedValue }): Promise<void> {
    return request(this, "logParam", options, KEY_AND_VALUE, (store, { runId, key, value }) =>
      write(store, runId, {
        kind: "logBatch",
        params: Object.fromEntries([checkParam(key, value)]),
      }),
    );
  }

  /** Sets a tag. */
  setTag(options: OfRun & { readonly key: string; readonly value: LoggedValue }): Promise<void> {
    return request(this, "setTag", options, KEY_AND_VALUE, (store, { runId, key, value }) =>
      write(store, runId, { kind: "logBatch", tags: Object.fromEntries([checkTag(key, value)]) }),
    );
  }

  /** Deletes a tag. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
  deleteTag(options: OfRun & { readonly key: string }): Promise<void> {
    const kinds = { ...OF_RUN, key: required(filledText) };
    return request(this, "deleteTag", options, kinds, (store, { runId, key }) =>
      write(store, runId, { kind: "deleteTag", key: checkTagKey(key) }),
    );
  }

  /** Returns all points of a metric, in the order in which they were logged. */
  getMetricHistory(options: OfRun & { readonly key: string }): Promise<readonly Metric[]> {
    const kinds = { ...OF_RUN, key: required(filledText) };
    return request(this, "getMetricHistory", options, kinds, (store, { runId, key }) =>
      store.getMetricHistory(runId, key),
    );
  }
}

function userOfProcess(): string {
  return readSource()[TraceMetadataKey.MLFLOW_USER] ?? "unknown";
}

async function get(store: RunStore, runId: string): Promise<Run> {
  const run = await store.getRun(runId);
  if (run) return run;
  throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
}
