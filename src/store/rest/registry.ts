import type { Plain } from "../../data/plain.js";
import type { Settings } from "../../settings/settings.js";
import type { ModelRegistry, ModelVersion } from "../model-store.js";
import { errorOf } from "./failure.js";
import type { Http, Request } from "./http.js";
import { listOf, objectOf, pairsOf, textOf, toPairs } from "./json-fields.js";
import { jsonOf, requestJson } from "./request-json.js";
import { sendRetried } from "./retried.js";

const MODELS = "/api/2.0/mlflow/registered-models";
const VERSIONS = "/api/2.0/mlflow/model-versions";

/** The model registry over REST. Every method throws RestException when the server says no. */
export function createRegistry(http: Http, { maxRetries }: Settings): ModelRegistry {
  /** Only what may be said twice. */
  const send = (request: Request) => sendRetried(() => http.send(request), { maxRetries });
  const findVersion = async (request: Request) => {
    const answer = await send(request);
    const { errorCode, message } = errorOf(answer);
    const isAlias = /alias .* not found/i.test(message);
    if (errorCode === "RESOURCE_DOES_NOT_EXIST" || (errorCode && isAlias)) return undefined;
    return versionOf(jsonOf(answer).model_version);
  };
  const getModelVersion = (name: string, version: string) =>
    findVersion({ method: "GET", path: `${VERSIONS}/get`, query: { name, version } });

  return {
    async createRegisteredModel(name, tags = {}) {
      const json = { name, tags: toPairs(tags) };
      await requestJson(http, { method: "POST", path: `${MODELS}/create`, json });
    },
    async createModelVersion({ name, source, runId = runIdOf(source), modelId, tags = {} }) {
      const json = {
        name,
        source,
        ...(runId !== undefined && { run_id: runId }),
        ...(modelId !== undefined && { model_id: modelId }),
        tags: toPairs(tags),
      };
      const made = await requestJson(http, { method: "POST", path: `${VERSIONS}/create`, json });
      return versionOf(made.model_version);
    },
    getModelVersion,
    getModelVersionByAlias: (name, alias) =>
      findVersion({ method: "GET", path: `${MODELS}/alias`, query: { name, alias } }),
    async getLatestModelVersion(name) {
      // The latest of each stage, of which a model may have four.
      const path = `${MODELS}/get-latest-versions`;
      const answer = await send({ method: "POST", path, json: { name } });
      if (errorOf(answer).errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
      const versions = listOf(jsonOf(answer).model_versions).map(versionOf);
      const [latest] = versions.sort((one, other) => Number(other.version) - Number(one.version));
      // That answer leaves out the aliases.
      return latest && getModelVersion(name, latest.version);
    },
    async setRegisteredModelAlias(name, alias, version) {
      jsonOf(
        await send({ method: "POST", path: `${MODELS}/alias`, json: { name, alias, version } }),
      );
    },
    async deleteRegisteredModelAlias(name, alias) {
      jsonOf(await send({ method: "DELETE", path: `${MODELS}/alias`, json: { name, alias } }));
    },
    async getModelVersionDownloadUri(name, version) {
      const query = { name, version };
      const path = `${VERSIONS}/get-download-uri`;
      return textOf(jsonOf(await send({ method: "GET", path, query })).artifact_uri);
    },
  };
}

function versionOf(value: Plain | undefined): ModelVersion {
  const said = objectOf(value);
  const source = textOf(said.source);
  return {
    name: textOf(said.name),
    version: textOf(said.version),
    source,
    runId: textOf(said.run_id) || undefined,
    // Servers up to 3.17 keep it to themselves.
    modelId: textOf(said.model_id) || /^models:\/+(m-[0-9a-f]+)$/.exec(source)?.[1],
    status: textOf(said.status),
    aliases: listOf(said.aliases).map(textOf),
    tags: pairsOf(said.tags),
  };
}

/** A server takes `runs:/<id>/…` only with that run beside it. */
function runIdOf(source: string): string | undefined {
  return /^runs:\/+([^/]+)\//.exec(source)?.[1];
}
