import { MlflowException } from "../../base/errors.js";
import type { Plain } from "../../data/plain.js";
import type { Verdict } from "../retry.js";
import type { EntityQuery, Experiment, ExperimentStore } from "../store.js";
import { objectOf, pairsOf, textOf, toPairs } from "../wire/json-fields.js";
import type { Http } from "./http.js";
import { findJsonOf, isConflict, isNotFound, isSuccess, jsonOf, pageOf } from "./response.js";
import type { Repetition, RetryingHttp } from "./retried.js";
import { STORED, verdictOf } from "./verdict.js";

const PATH = "/api/2.0/mlflow/experiments";
const PAGE_SIZE = 500;

/** Experiments over REST. Every method throws a RestException if the server returns an error. */
export function createExperimentStore(http: RetryingHttp): ExperimentStore {
  const find = async (path: string, query: Record<string, string>) => {
    const response = await http.send({ method: "GET", path: `${PATH}/${path}`, query });
    const found = findJsonOf(response);
    return found && experimentOf(found.experiment);
  };
  const post = async (path: string, json: object, repetition?: Repetition) =>
    jsonOf(await http.send({ method: "POST", path: `${PATH}/${path}`, json }, repetition));
  return {
    getExperiment: (experimentId) => find("get", { experiment_id: experimentId }),
    getExperimentByName: (name) => find("get-by-name", { experiment_name: name }),
    async createExperiment(name, { artifactLocation, tags = {} } = {}) {
      const json = {
        name,
        ...(artifactLocation !== undefined && { artifact_location: artifactLocation }),
        tags: toPairs(tags),
      };
      const created = await post("create", json, { isRepeated: isConflict });
      if (created.experiment_id !== undefined) return textOf(created.experiment_id);
      return (await find("get-by-name", { experiment_name: name }))?.experimentId ?? "";
    },
    async searchExperiments({ viewType, maxResults = PAGE_SIZE, ...query } = {}) {
      const json = {
        max_results: maxResults,
        ...(viewType && { view_type: viewType }),
        ...searchFields(query),
      };
      return pageOf(await post("search", json), "experiments", experimentOf);
    },
    async deleteExperiment(experimentId) {
      await post("delete", { experiment_id: experimentId }, { isRepeated: isNotFound });
    },
    async restoreExperiment(experimentId) {
      await post("restore", { experiment_id: experimentId });
    },
    async renameExperiment(experimentId, newName) {
      await post("update", { experiment_id: experimentId, new_name: newName });
    },
    async setExperimentTag(experimentId, key, value) {
      await post("set-experiment-tag", { experiment_id: experimentId, key, value });
    },
    async deleteExperimentTag(experimentId, key) {
      await post(
        "delete-experiment-tag",
        { experiment_id: experimentId, key },
        { isRepeated: isNotFound },
      );
    },
  };
}

/** The fields that the bodies of all searches have. */
export function searchFields({ filter, orderBy, pageToken }: Omit<EntityQuery, "maxResults">) {
  return {
    ...(filter && { filter }),
    ...(orderBy && { order_by: orderBy }),
    ...(pageToken && { page_token: pageToken }),
  };
}

function experimentOf(value: Plain | undefined): Experiment {
  const experiment = objectOf(value);
  return {
    experimentId: textOf(experiment.experiment_id),
    name: textOf(experiment.name),
    artifactLocation: textOf(experiment.artifact_location),
    lifecycleStage: experiment.lifecycle_stage === "deleted" ? "deleted" : "active",
    tags: pairsOf(experiment.tags),
  };
}

/**
 * A check whether an experiment accepts traces. It asks the server once for each experiment. Without it, traces
 * of a deleted experiment would be lost: the server stores their spans where no search finds them.
 */
export function createExperimentCheck(
  http: Http,
): (experimentId: string, signal?: AbortSignal) => Promise<Verdict> {
  const active = new Set<string>();
  return async (experimentId, signal) => {
    if (active.has(experimentId)) return STORED;
    const response = await http.send({
      method: "GET",
      path: `${PATH}/get`,
      query: { experiment_id: experimentId },
      signal,
    });
    if (isNotFound(response)) {
      return refused(
        `Experiment ${experimentId} does not exist on ${http.uri}: set MLFLOW_EXPERIMENT_NAME, or the id of an existing experiment.`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    }
    if (!isSuccess(response)) return verdictOf(response);
    const experiment = experimentOf(jsonOf(response).experiment);
    if (experiment.lifecycleStage === "deleted") {
      return refused(
        `Experiment ${experimentId} ("${experiment.name}") on ${http.uri} is deleted: restore it (\`mlflow experiments restore --experiment-id ${experimentId}\`) or set another experiment.`,
        "INVALID_STATE",
      );
    }
    active.add(experimentId);
    return STORED;
  };
}

function refused(message: string, errorCode: string): Verdict {
  return { state: "refused", cause: new MlflowException(message, errorCode) };
}
