import { createTurns } from "../../base/in-turn.js";
import type { Plain } from "../../data/plain.js";
import type { Settings } from "../../settings/settings.js";
import { historyEntry } from "../model-history.js";
import type { LoggedModel, LoggedModelStatus, LoggedModelStore } from "../model-store.js";
import { collectPages } from "../pages.js";
import type { Capabilities } from "./capabilities.js";
import { errorOf, isSuccess, isUnknownRoute, restException } from "./failure.js";
import type { Answer, Http, Request } from "./http.js";
import { listOf, objectOf, pairsOf, textOf, toPairs } from "./json-fields.js";
import { jsonOf } from "./request-json.js";
import { sendRetried } from "./retried.js";

const PATH = "/api/2.0/mlflow/logged-models";
/** As many as the server takes in one request. */
const MAX_PARAMS = 100;
const PAGE_SIZE = 50;

const STATUS_OF: Readonly<Record<string, LoggedModelStatus>> = {
  LOGGED_MODEL_PENDING: "PENDING",
  LOGGED_MODEL_READY: "READY",
  LOGGED_MODEL_UPLOAD_FAILED: "FAILED",
};

/** Logged models over REST, on servers since 3.0; on older ones there are none. Throws RestException. */
export function createLoggedModelStore(
  http: Http,
  settings: Settings,
  capabilities: () => Promise<Capabilities>,
): LoggedModelStore {
  const { maxRetries } = settings;
  /** Only what may be said twice. */
  const send = (request: Request) => sendRetried(() => http.send(request), { maxRetries });
  /** Two models noted at once would make the server lose one: it reads a list, and writes it. */
  const inTurn = createTurns();
  const path = (modelId: string, what = "") => `${PATH}/${encodeURIComponent(modelId)}${what}`;

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
      const answer = await http.send({
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
      // A server that does not tell its version.
      if (isUnknownRoute(answer)) return undefined;
      const model = modelOf(jsonOf(answer).model);
      for (let start = MAX_PARAMS; start < pairs.length; start += MAX_PARAMS) {
        const some = pairs.slice(start, start + MAX_PARAMS);
        const json = { model_id: model.modelId, params: some };
        checked(await http.send({ method: "POST", path: path(model.modelId, "/params"), json }));
      }
      return { ...model, params };
    },
    async finalizeLoggedModel(modelId, status) {
      const word = status === "READY" ? "LOGGED_MODEL_READY" : "LOGGED_MODEL_UPLOAD_FAILED";
      const json = { model_id: modelId, status: word };
      return modelOf(jsonOf(await send({ method: "PATCH", path: path(modelId), json })).model);
    },
    async getLoggedModel(modelId) {
      if (!(await capabilities()).loggedModels) return undefined;
      const answer = await send({ method: "GET", path: path(modelId) });
      if (errorOf(answer).errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
      return modelOf(jsonOf(answer).model);
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
        const found = jsonOf(await send({ method: "POST", path: `${PATH}/search`, json }));
        const items = listOf(found.models).map(modelOf);
        wanted -= items.length;
        return { items, nextPageToken: textOf(found.next_page_token) };
      };
      return collectPages("logged models", read, maxResults);
    },
    async setLoggedModelTags(modelId, tags) {
      const json = { model_id: modelId, tags: toPairs(tags) };
      checked(await send({ method: "PATCH", path: path(modelId, "/tags"), json }));
    },
    async logModelOutput(runId, modelId, step) {
      const json = { run_id: runId, models: [{ model_id: modelId, step }] };
      const request = { method: "POST", path: "/api/2.0/mlflow/runs/outputs", json } as const;
      const sendOnce = async () => {
        const answer = await http.send(request);
        return isRepeatedOutput(answer) ? { ...answer, status: 200 } : answer;
      };
      checked(await sendRetried(sendOnce, { maxRetries }));
    },
    async recordLoggedModel(runId, mlModel) {
      const json = { run_id: runId, model_json: JSON.stringify(historyEntry(mlModel)) };
      const request = { method: "POST", path: "/api/2.0/mlflow/runs/log-model", json } as const;
      checked(await inTurn(() => http.send(request)));
    },
  };
}

/** A server takes an output once; the second time its database complains. */
function isRepeatedOutput(answer: Answer): boolean {
  return answer.status === 400 && /UNIQUE|duplicate/i.test(answer.text);
}

function checked(answer: Answer): void {
  if (!isSuccess(answer)) throw restException(answer);
}

function modelOf(value: Plain | undefined): LoggedModel {
  const { info, data } = objectOf(value);
  const said = objectOf(info);
  return {
    modelId: textOf(said.model_id),
    experimentId: textOf(said.experiment_id),
    name: textOf(said.name),
    artifactUri: textOf(said.artifact_uri),
    status: STATUS_OF[textOf(said.status)] ?? "PENDING",
    modelType: textOf(said.model_type) || undefined,
    sourceRunId: textOf(said.source_run_id) || undefined,
    creationTimestampMs: Number(said.creation_timestamp_ms ?? 0),
    params: pairsOf(objectOf(data).params),
    tags: pairsOf(said.tags),
  };
}
