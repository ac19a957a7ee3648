import type { Plain } from "../../data/plain.js";
import type { Experiment, ExperimentStore } from "../store.js";
import type { Http } from "./http.js";
import { listOf, objectOf, pairsOf, textOf } from "./json-fields.js";
import { findJson, requestJson } from "./request-json.js";

const PATH = "/api/2.0/mlflow/experiments";
const PAGE_SIZE = 500;

/** Experiments over REST. Every method throws RestException when the server says no. */
export function createExperimentStore(http: Http): ExperimentStore {
  const find = async (path: string, query: Record<string, string>) => {
    const found = await findJson(http, { method: "GET", path: `${PATH}/${path}`, query });
    return found && experimentOf(found.experiment);
  };
  return {
    getExperiment: (experimentId) => find("get", { experiment_id: experimentId }),
    getExperimentByName: (name) => find("get-by-name", { experiment_name: name }),
    async createExperiment(name) {
      const created = await requestJson(http, {
        method: "POST",
        path: `${PATH}/create`,
        json: { name },
      });
      return textOf(created.experiment_id);
    },
    async searchExperiments(pageToken) {
      const found = await requestJson(http, {
        method: "POST",
        path: `${PATH}/search`,
        json: { max_results: PAGE_SIZE, ...(pageToken && { page_token: pageToken }) },
      });
      const items = listOf(found.experiments).map(experimentOf);
      const nextPageToken = textOf(found.next_page_token);
      return { items, ...(nextPageToken && { nextPageToken }) };
    },
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
