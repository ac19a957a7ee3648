import type { Plain } from "../../data/plain.js";
import type { ScorerStore, ScorerVersion } from "../scorer-store.js";
import { listOf, objectOf, textOf } from "../wire/json-fields.js";
import { isNotFound, jsonOf } from "./response.js";
import type { RetryingHttp } from "./retried.js";

const PATH = "/api/3.0/mlflow/scorers";

/** Registered scorers over REST. Every method throws a RestException if the server returns an error. */
export function createScorerStore(http: RetryingHttp): ScorerStore {
  const get = async (path: string, query: Record<string, string>) =>
    jsonOf(await http.send({ method: "GET", path: `${PATH}/${path}`, query }));
  return {
    async registerScorer(experimentId, name, serializedScorer) {
      const json = { experiment_id: experimentId, name, serialized_scorer: serializedScorer };
      const answer = jsonOf(await http.send({ method: "POST", path: `${PATH}/register`, json }));
      return {
        experimentId,
        name: textOf(answer.name) || name,
        version: Number(textOf(answer.version)),
        scorerId: textOf(answer.scorer_id),
        creationTimeMs: Number(textOf(answer.creation_time)),
        serializedScorer: textOf(answer.serialized_scorer) || serializedScorer,
      };
    },
    async listScorers(experimentId) {
      const answer = await get("list", { experiment_id: experimentId });
      return listOf(answer.scorers).map(scorerOf);
    },
    async listScorerVersions(experimentId, name) {
      const answer = await get("versions", { experiment_id: experimentId, name });
      return listOf(answer.scorers).map(scorerOf);
    },
    async getScorer(experimentId, name, version) {
      return scorerOf(
        (await get("get", { experiment_id: experimentId, name, ...numbered(version) })).scorer,
      );
    },
    async deleteScorer(experimentId, name, version) {
      const json = { experiment_id: experimentId, name, ...(version !== undefined && { version }) };
      const request = { method: "DELETE", path: `${PATH}/delete`, json } as const;
      jsonOf(await http.send(request, { isRepeated: isNotFound }));
    },
  };
}

function numbered(version: number | undefined): Record<string, string> {
  return version === undefined ? {} : { version: String(version) };
}

function scorerOf(value: Plain | undefined): ScorerVersion {
  const scorer = objectOf(value);
  return {
    experimentId: textOf(scorer.experiment_id),
    name: textOf(scorer.scorer_name),
    version: Number(textOf(scorer.scorer_version)),
    scorerId: textOf(scorer.scorer_id),
    creationTimeMs: Number(textOf(scorer.creation_time)),
    serializedScorer: textOf(scorer.serialized_scorer),
  };
}
