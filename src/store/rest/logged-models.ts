import { createTurns } from "../../base/in-turn.js";
import type { Plain } from "../../data/plain.js";
import { wellFormedJson } from "../../data/well-formed-json.js";
import {
  historyEntry,
  type LoggedModel,
  type LoggedModelEdits,
  type LoggedModelStatus,
  type LoggedModelStore,
} from "../model-store.js";
import { collectPages } from "../pages.js";
import { objectOf, pairsOf, textOf, toPairs } from "../wire/json-fields.js";
import type { Capabilities } from "./capabilities.js";
import { searchFields } from "./experiments.js";
import { pathPart } from "./path-part.js";
import {
  checkSuccess,
  findJsonOf,
  type HttpResponse,
  isNotFound,
  isUnknownRoute,
  jsonOf,
  pageOf,
} from "./response.js";
import type { RetryingHttp } from "./retried.js";

const PATH = "/api/2.0/mlflow/logged-models";
/** What the server accepts in one request. */
const MAX_PARAMS = 100;
const PAGE_SIZE = 50;

const STATUS_OF: Readonly<Record<string, LoggedModelStatus>> = {
  LOGGED_MODEL_PENDING: "PENDING",
  LOGGED_MODEL_READY: "READY",
  LOGGED_MODEL_UPLOAD_FAILED: "FAILED",
};

/** Logged models over REST. Servers before 3.0 have none. Throws a RestException if the server returns an error. */
export function createLoggedModelStore(
  http: RetryingHttp,
  capabilities: () => Promise<Capabilities>,
): LoggedModelStore & LoggedModelEdits {
  /** The server reads a list, appends the model and writes the list: of two concurrent requests, one would be lost. */
  const inTurn = createTurns();
  const path = (modelId: string, what = "") => `${PATH}/${pathPart(modelId)}${what}`;

  type Pairs = ReturnType<typeof toPairs>;
  const logParams = async (modelId: string, pairs: Pairs) => {
    for (let start = 0; start < pairs.length; start += MAX_PARAMS) {
      const json = { model_id: modelId, params: pairs.slice(start, start + MAX_PARAMS) };
      checkSuccess(await http.send({ method: "POST", path: path(modelId, "/params"), json }));
    }
  };

  return {
    async createLoggedModel({
      experimentId,
      name,
      modelType,
      sourceRunId,
      params = {},
      tags = {},
    }) {
      if (!(await capabilities()).loggedModels) return undefined;
      const pairs = toPairs(params);
      // As with Python's client, a repetition may leave a model that stays pending.
      const response = await http.send({
        method: "POST",
        path: PATH,
        json: {
          experiment_id: experimentId,
          name,
          ...(modelType !== undefined && { model_type: modelType }),
          ...(sourceRunId !== undefined && { source_run_id: sourceRunId }),
          params: pairs.slice(0, MAX_PARAMS),
          tags: toPairs(tags),
        },
      });
      // The version of an old server may be unknown.
      if (isUnknownRoute(response)) return undefined;
      const model = modelOf(jsonOf(response).model);
      await logParams(model.modelId, pairs.slice(MAX_PARAMS));
      return { ...model, params };
    },
    async finalizeLoggedModel(modelId, status) {
      const word = status === "READY" ? "LOGGED_MODEL_READY" : "LOGGED_MODEL_UPLOAD_FAILED";
      const json = { model_id: modelId, status: word };
      return modelOf(jsonOf(await http.send({ method: "PATCH", path: path(modelId), json })).model);
    },
    async getLoggedModel(modelId) {
      if (!(await capabilities()).loggedModels) return undefined;
      const found = findJsonOf(await http.send({ method: "GET", path: path(modelId) }));
      return found && modelOf(found.model);
    },
    async searchLoggedModels({ experimentIds, filter, maxResults = Number.POSITIVE_INFINITY }) {
      if (!(await capabilities()).loggedModels) return [];
      let wanted = maxResults;
      const read = async (pageToken?: string) => {
        const json = {
          experiment_ids: experimentIds,
          max_results: Math.min(PAGE_SIZE, wanted),
          ...(filter && { filter }),
          ...(pageToken && { page_token: pageToken }),
        };
        const found = jsonOf(await http.send({ method: "POST", path: `${PATH}/search`, json }));
        const page = pageOf(found, "models", modelOf);
        wanted -= page.items.length;
        return page;
      };
      return collectPages("logged models", read, maxResults);
    },
    async pageLoggedModels({ experimentIds, orderBy = [], maxResults, ...query }) {
      const order = orderBy.map(({ fieldName, ascending = true }) => ({
        ...{ field_name: fieldName, ascending },
      }));
      const json = {
        experiment_ids: experimentIds,
        ...searchFields(query),
        ...(maxResults !== undefined && { max_results: maxResults }),
        ...(order.length > 0 && { order_by: order }),
      };
      const found = jsonOf(await http.send({ method: "POST", path: `${PATH}/search`, json }));
      return pageOf(found, "models", modelOf);
    },
    async deleteLoggedModel(modelId) {
      const request = { method: "DELETE", path: path(modelId) } as const;
      checkSuccess(await http.send(request, { isRepeated: isNotFound }));
    },
    async deleteLoggedModelTag(modelId, key) {
      const tag = path(modelId, `/tags/${pathPart(key)}`);
      const request = { method: "DELETE", path: tag } as const;
      checkSuccess(await http.send(request, { isRepeated: isNotFound }));
    },
    logLoggedModelParams: (modelId, params) => logParams(modelId, toPairs(params)),
    async setLoggedModelTags(modelId, tags) {
      const json = { model_id: modelId, tags: toPairs(tags) };
      checkSuccess(await http.send({ method: "PATCH", path: path(modelId, "/tags"), json }));
    },
    async logModelOutput(runId, modelId, step) {
      const json = { run_id: runId, models: [{ model_id: modelId, step }] };
      const request = { method: "POST", path: "/api/2.0/mlflow/runs/outputs", json } as const;
      const response = await http.send(request, { isFinal: isRepeatedOutput });
      if (!isRepeatedOutput(response)) checkSuccess(response);
    },
    async recordLoggedModel(runId, mlModel) {
      const json = { run_id: runId, model_json: wellFormedJson(historyEntry(mlModel)) };
      const request = { method: "POST", path: "/api/2.0/mlflow/runs/log-model", json } as const;
      // A repetition may list the model twice, which readers ignore.
      checkSuccess(await inTurn(() => http.send(request)));
    },
  };
}

/** The server stores an output once. The second time, its database returns an error. */
function isRepeatedOutput(response: HttpResponse): boolean {
  return response.status === 400 && /UNIQUE|duplicate/i.test(response.text);
}

function modelOf(value: Plain | undefined): LoggedModel {
  const { info, data } = objectOf(value);
  const json = objectOf(info);
  return {
    modelId: textOf(json.model_id),
    experimentId: textOf(json.experiment_id),
    name: textOf(json.name),
    artifactUri: textOf(json.artifact_uri),
    status: STATUS_OF[textOf(json.status)] ?? "PENDING",
    modelType: textOf(json.model_type) || undefined,
    sourceRunId: textOf(json.source_run_id) || undefined,
    creationTimestampMs: Number(json.creation_timestamp_ms ?? 0),
    params: pairsOf(objectOf(data).params),
    tags: pairsOf(json.tags),
  };
}
