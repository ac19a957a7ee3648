import type { Plain, PlainObject } from "../../data/plain.js";
import { collectPages } from "../pages.js";
import type {
  DatasetInput,
  Metric,
  NewRun,
  Run,
  RunInfo,
  RunStatus,
  RunStore,
  RunWrite,
} from "../run-store.js";
import type { Http, Request } from "./http.js";
import { listOf, objectOf, textOf } from "./json-fields.js";
import { findJson, requestJson } from "./request-json.js";
import { verdictOf, verdictOfError } from "./verdict.js";

const PATH = "/api/2.0/mlflow/runs";

/** Runs over REST. What returns no verdict throws RestException when the server says no. */
export function createRunStore(http: Http): RunStore {
  const post = (path: string, json: unknown): Request => ({
    method: "POST",
    path: `${PATH}/${path}`,
    json,
  });
  return {
    async createRun(run) {
      const created = await requestJson(http, post("create", newRunToJson(run)));
      return runOf(created.run);
    },
    async getRun(runId) {
      const query = { run_id: runId };
      const found = await findJson(http, { method: "GET", path: `${PATH}/get`, query });
      return found && runOf(found.run);
    },
    writeRun(runId, write, signal) {
      const [path, json] = writeToJson(write);
      const request = { ...post(path, { run_id: runId, ...json }), signal };
      return http.send(request).then(verdictOf, verdictOfError);
    },
    async deleteRun(runId) {
      await requestJson(http, post("delete", { run_id: runId }));
    },
    async restoreRun(runId) {
      await requestJson(http, post("restore", { run_id: runId }));
    },
    async searchRuns({ experimentIds, filter, orderBy, maxResults, pageToken, runViewType }) {
      const found = await requestJson(
        http,
        post("search", {
          experiment_ids: experimentIds,
          ...(filter && { filter }),
          ...(orderBy && { order_by: orderBy }),
          ...(maxResults !== undefined && { max_results: maxResults }),
          ...(pageToken && { page_token: pageToken }),
          ...(runViewType && { run_view_type: runViewType }),
        }),
      );
      const nextPageToken = textOf(found.next_page_token);
      return { items: listOf(found.runs).map(runOf), ...(nextPageToken && { nextPageToken }) };
    },
    async getMetricHistory(runId, key) {
      return collectPages(`points of the metric '${key}'`, async (pageToken) => {
        const found = await requestJson(http, {
          method: "GET",
          path: "/api/2.0/mlflow/metrics/get-history",
          query: {
            run_id: runId,
            metric_key: key,
            ...(pageToken && { page_token: pageToken }),
          },
        });
        return {
          items: listOf(found.metrics).map(metricOf),
          nextPageToken: textOf(found.next_page_token),
        };
      });
    },
  };
}

/** Without a start time a run began in 1970 for the server. */
function newRunToJson({ experimentId, runName, userId, startTimeMs, tags }: NewRun) {
  return {
    experiment_id: experimentId,
    user_id: userId,
    start_time: startTimeMs,
    tags: pairs(tags),
    ...(runName !== undefined && { run_name: runName }),
  };
}

/** The route, and what it takes besides the run id. */
function writeToJson(write: RunWrite): [path: string, json: object] {
  switch (write.kind) {
    case "logBatch": {
      const { metrics = [], params = {}, tags = {} } = write;
      return [
        "log-batch",
        { metrics: metrics.map(metricToJson), params: pairs(params), tags: pairs(tags) },
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
      return ["log-inputs", { datasets: write.datasets.map(datasetInputToJson) }];
  }
}

function metricToJson({ key, value, timestampMs, step }: Metric) {
  // JSON has no such numbers; protobuf's has these words for them.
  return {
    key,
    value: Number.isFinite(value) ? value : String(value),
    timestamp: timestampMs,
    step,
  };
}

function datasetInputToJson({ dataset, tags }: DatasetInput) {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  return {
    tags: pairs(tags),
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
      params: recordOf(data.params),
      tags: recordOf(data.tags),
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
    // Zero may be left out.
    value: Number(metric.value ?? 0),
    timestampMs: Number(metric.timestamp ?? 0),
    step: Number(metric.step ?? 0),
  };
}

function datasetInputOf(value: Plain): DatasetInput {
  const input = objectOf(value);
  const { name, digest, source_type, source, schema, profile } = objectOf(input.dataset);
  return {
    tags: recordOf(input.tags),
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

function pairs(record: Readonly<Record<string, string>>) {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function recordOf(value: Plain | undefined): Record<string, string> {
  const entries = listOf(value).map(objectOf);
  return Object.fromEntries(entries.map((entry) => [textOf(entry.key), textOf(entry.value)]));
}
