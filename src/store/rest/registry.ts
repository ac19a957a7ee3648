import type { Plain } from "../../data/plain.js";
import type { ModelRegistry, ModelVersion } from "../model-store.js";
import { listOf, objectOf, pairsOf, textOf, toPairs } from "../wire/json-fields.js";
import { errorOf, findJsonOf, type HttpRequest, isConflict, jsonOf } from "./response.js";
import type { RetryingHttp } from "./retried.js";

export const MODELS = "/api/2.0/mlflow/registered-models";
export const VERSIONS = "/api/2.0/mlflow/model-versions";

/** The model registry over REST. Every method throws a RestException if the server returns an error. */
export function createRegistry(http: RetryingHttp): ModelRegistry {
  const create = async (path: string, json: object) =>
    jsonOf(
      await http.send(
        { method: "POST", path: `${path}/create`, json },
        // The name of a registered model can be created once. As with Python's client, a repetition may create a second version.
        { isRepeated: isConflict },
      ),
    );
  const findVersion = async (request: HttpRequest) => {
    const response = await http.send(request);
    const { errorCode, message } = errorOf(response);
    if (errorCode && /alias .* not found/i.test(message)) return undefined;
    const found = findJsonOf(response);
    return found && versionOf(found.model_version);
  };
  const getModelVersion = (name: string, version: string) =>
    findVersion({ method: "GET", path: `${VERSIONS}/get`, query: { name, version } });

  return {
    async createRegisteredModel(name, tags = {}, description) {
      const more = description === undefined ? {} : { description };
      await create(MODELS, { name, tags: toPairs(tags), ...more });
    },
    async createModelVersion({
      name,
      source,
      runId = runIdOf(source),
      modelId,
      description,
      tags = {},
    }) {
      const json = {
        name,
        source,
        ...(runId !== undefined && { run_id: runId }),
        ...(modelId !== undefined && { model_id: modelId }),
        ...(description !== undefined && { description }),
        tags: toPairs(tags),
      };
      return versionOf((await create(VERSIONS, json)).model_version);
    },
    getModelVersion,
    getModelVersionByAlias: (name, alias) =>
      findVersion({ method: "GET", path: `${MODELS}/alias`, query: { name, alias } }),
    async getLatestModelVersion(name) {
      // Returns the latest version of each of the four stages.
      const path = `${MODELS}/get-latest-versions`;
      const found = findJsonOf(await http.send({ method: "POST", path, json: { name } }));
      const versions = listOf(found?.model_versions).map(versionOf);
      const [latest] = versions.sort((one, other) => Number(other.version) - Number(one.version));
      // These versions lack their aliases.
      return latest && getModelVersion(name, latest.version);
    },
    async setRegisteredModelAlias(name, alias, version) {
      jsonOf(
        await http.send({
          method: "POST",
          path: `${MODELS}/alias`,
          json: { name, alias, version },
        }),
      );
    },
    async deleteRegisteredModelAlias(name, alias) {
      jsonOf(await http.send({ method: "DELETE", path: `${MODELS}/alias`, json: { name, alias } }));
    },
    async getModelVersionDownloadUri(name, version) {
      const query = { name, version };
      const path = `${VERSIONS}/get-download-uri`;
      return textOf(jsonOf(await http.send({ method: "GET", path, query })).artifact_uri);
    },
  };
}

export function versionOf(value: Plain | undefined): ModelVersion {
  const json = objectOf(value);
  const source = textOf(json.source);
  return {
    name: textOf(json.name),
    version: textOf(json.version),
    source,
    runId: textOf(json.run_id) || undefined,
    // Servers up to 3.17 do not return it.
    modelId: textOf(json.model_id) || /^models:\/+(m-[0-9a-f]+)$/.exec(source)?.[1],
    status: textOf(json.status),
    currentStage: textOf(json.current_stage) || "None",
    description: textOf(json.description) || undefined,
    creationTimestampMs: Number(json.creation_timestamp) || 0,
    aliases: listOf(json.aliases).map(textOf),
    tags: pairsOf(json.tags),
  };
}

/** The server rejects a source `runs:/<id>/…` without the id of that run. */
function runIdOf(source: string): string | undefined {
  return /^runs:\/+([^/]+)\//.exec(source)?.[1];
}
