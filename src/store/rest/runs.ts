import type { Plain, PlainObject } from "../../data/plain.js";
import { collectPages } from "../pages.js";
import type {
  DatasetInput,
  Metric,
  MetricToLog,
  NewRun,
  Run,
  RunInfo,
  RunStatus,
  RunStore,
  RunWrite,
} from "../run-store.js";
import { listOf, objectOf, pairsOf, textOf, toPairs } from "../wire/json-fields.js";
import type { Http } from "./http.js";
import { findJsonOf, type HttpRequest, jsonOf, pageOf } from "./response.js";
import type { RetryingHttp } from "./retried.js";
import { verdictOf, verdictOfError } from "./verdict.js";

const PATH = "/api/2.0/mlflow/runs";
/** The most points of a metric that a server returns in one page. */
const MAX_METRIC_POINTS = "25000";

/**
 * Runs over REST. Methods that return no verdict throw a RestException if the server returns an error.
 *
 * @param queueHttp sends what the queue repeats itself.
 */
export function createRunStore(http: RetryingHttp, queueHttp: Http): RunStore {
  const post = (path: string, json: unknown) =>
    http.send({ method: "POST", path: `${PATH}/${path}`, json });
  return {
    async createRun(run) {
      // As with Python's client, a repetition may leave a run without data: the server has created it, but not answered.
      return runOf(jsonOf(await post("create", newRunToJson(run))).run);
    },
    async getRun(runId) {
      const query = { run_id: runId };
      const found = findJsonOf(await http.send({ method: "GET", path: `${PATH}/get`, query }));
      return found && runOf(found.run);
    },
    writeRun(runId, write, signal) {
      const [path, json] = writeToJson(write);
      const request: HttpRequest = {
        method: "POST",
        path: `${PATH}/${path}`,
        json: { run_id: runId, ...json },
        signal,
      };
      return queueHttp.send(request).then(verdictOf, verdictOfError);
    },
    async deleteRun(runId) {
      jsonOf(await post("delete", { run_id: runId }));
    },
    async restoreRun(runId) {
      jsonOf(await post("restore", { run_id: runId }));
    },
    async searchRuns({ experimentIds, filter, orderBy, maxResults, pageToken, runViewType }) {
      const json = {
        experiment_ids: experimentIds,
        ...(filter && { filter }),
        ...(orderBy && { order_by: orderBy }),
        ...(maxResults !== undefined && { max_results: maxResults }),
        ...(pageToken && { page_token: pageToken }),
        ...(runViewType && { run_view_type: runViewType }),
      };
      return pageOf(jsonOf(await post("search", json)), "runs", runOf);
    },
    getMetricHistory(runId, key) {
      const path = "/api/2.0/mlflow/metrics/get-history";
      return collectPages(`points of the metric '${key}'`, async (pageToken) => {
        const query = {
          run_id: runId,
          metric_key: key,
          // Servers before 3.14 reject a request without it. Python's client sends the same number.
          max_results: MAX_METRIC_POINTS,
          ...(pageToken && { page_token: pageToken }),
        };
        return pageOf(jsonOf(await http.send({ method: "GET", path, query })), "metrics", metricOf);
      });
    },
  };
}

/** The server's default start time is 1970. */
function newRunToJson({ experimentId, runName, userId, startTimeMs, tags }: NewRun) {
  return {
    experiment_id: experimentId,
    user_id: userId,
    start_time: startTimeMs,
    tags: toPairs(tags),
    ...(runName !== undefined && { run_name: runName }),
  };
}

/** The route, and its parameters besides the run id. */
function writeToJson(write: RunWrite): [path: string, json: object] {
  switch (write.kind) {
    case "logBatch": {
      const { metrics = [], params = {}, tags = {} } = write;
      return [
        "log-batch",
        { metrics: metrics.map(metricToJson), params: toPairs(params), tags: toPairs(tags) },
      ];
    }
    case "update": {
      const { status, endTimeMs, runName } = write;
      return [
        "update",
        {
          ...(status && { status }),
          ...(endTimeMs !== undefined && { end_time: endTimeMs }),
          ...(runName !== undefined && { run_name: runName }),
        },
      ];
    }
    case "deleteTag":
      return ["delete-tag", { key: write.key }];
    case "logInputs":
      return [
        "log-inputs",
        {
          datasets: write.datasets.map(datasetInputToJson),
          ...(write.models && { models: write.models.map((model_id) => ({ model_id })) }),
        },
      ];
  }
}

function metricToJson({ key, value, timestampMs, step, about }: MetricToLog) {
  // JSON has no NaN and no infinities. Protobuf's JSON writes them as strings.
  const jsonValue = Number.isFinite(value) ? value : String(value);
  const { dataset } = about ?? {};
  return {
    ...{ key, value: jsonValue, timestamp: timestampMs, step },
    ...(about && { model_id: about.modelId }),
    ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
  };
}

function datasetInputToJson({ dataset, tags }: DatasetInput) {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  return {
    tags: toPairs(tags),
    dataset: {
      ...{ name, digest, source_type: sourceType, source },
      ...(schema !== undefined && { schema }),
      ...(profile !== undefined && { profile }),
    },
  };
}

function runOf(value: Plain | undefined): Run {
  const run = objectOf(value);
  const data = objectOf(run.data);
  const metrics = listOf(data.metrics).map(metricOf);
  const inputs = listOf(objectOf(run.inputs).dataset_inputs);
  return {
    info: infoOf(objectOf(run.info)),
    data: {
      metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, value])),
      params: pairsOf(data.params),
      tags: pairsOf(data.tags),
    },
    inputs: { datasetInputs: inputs.map(datasetInputOf) },
  };
}

function infoOf(info: PlainObject): RunInfo {
  return {
    runId: textOf(info.run_id),
    runName: textOf(info.run_name),
    experimentId: textOf(info.experiment_id),
    userId: textOf(info.user_id),
    status: textOf(info.status) as RunStatus,
    startTimeMs: Number(info.start_time) || 0,
    endTimeMs: info.end_time ? Number(info.end_time) : undefined,
    artifactUri: textOf(info.artifact_uri),
    lifecycleStage: info.lifecycle_stage === "deleted" ? "deleted" : "active",
  };
}

function metricOf(value: Plain): Metric {
  const metric = objectOf(value);
  return {
    key: textOf(metric.key),
    // The server may omit a zero.
    value: Number(metric.value ?? 0),
    timestampMs: Number(metric.timestamp ?? 0),
    step: Number(metric.step ?? 0),
  };
}

function datasetInputOf(value: Plain): DatasetInput {
  const input = objectOf(value);
  const { name, digest, source_type, source, schema, profile } = objectOf(input.dataset);
  return {
    tags: pairsOf(input.tags),
    dataset: {
      name: textOf(name),
      digest: textOf(digest),
      sourceType: textOf(source_type),
      source: textOf(source),
      ...(schema !== undefined && { schema: textOf(schema) }),
      ...(profile !== undefined && { profile: textOf(profile) }),
    },
  };
}
