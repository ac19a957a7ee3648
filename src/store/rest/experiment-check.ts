import { MlflowException } from "../../base/errors.js";
import type { Verdict } from "../store.js";
import { errorOf, isSuccess } from "./failure.js";
import type { Http } from "./http.js";
import { objectOf } from "./json-fields.js";
import { jsonOf } from "./request-json.js";
import { STORED, verdictOf } from "./verdict.js";

/**
 * Whether an experiment takes traces, asked once for each: a server stores spans into a deleted
 * experiment without a word, where nobody ever finds them.
 */
export function createExperimentCheck(
  http: Http,
): (experimentId: string, signal?: AbortSignal) => Promise<Verdict> {
  const active = new Set<string>();
  return async (experimentId, signal) => {
    if (active.has(experimentId)) return STORED;
    const answer = await http.send({
      method: "GET",
      path: "/api/2.0/mlflow/experiments/get",
      query: { experiment_id: experimentId },
      signal,
    });
    if (errorOf(answer).errorCode === "RESOURCE_DOES_NOT_EXIST") {
      return refused(
        `Experiment ${experimentId} does not exist on ${http.uri}: set MLFLOW_EXPERIMENT_NAME, or an id that exists.`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    }
    if (!isSuccess(answer)) return verdictOf(answer);
    const experiment = objectOf(jsonOf(answer).experiment);
    if (experiment.lifecycle_stage === "deleted") {
      return refused(
        `Experiment ${experimentId} ("${experiment.name}") on ${http.uri} is deleted: restore it (\`mlflow experiments restore --experiment-id ${experimentId}\`) or set another one.`,
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
