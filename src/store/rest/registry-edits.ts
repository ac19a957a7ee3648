import type { Plain } from "../../data/plain.js";
import type { RegisteredModel, RegistryEdits } from "../model-store.js";
import type { EntityQuery } from "../pages.js";
import { listOf, objectOf, pairsOf, textOf } from "../wire/json-fields.js";
import { MODELS, VERSIONS, versionOf } from "./registry.js";
import { type HttpRequest, isNotFound, jsonOf, pageOf } from "./response.js";
import type { Repetition, RetryingHttp } from "./retried.js";

/** Changes of the model registry over REST. Every method throws a RestException if the server returns an error. */
export function createRegistryEdits(http: RetryingHttp): RegistryEdits {
  const send = async (
    method: HttpRequest["method"],
    path: string,
    json: object,
    repetition?: Repetition,
  ) => jsonOf(await http.send({ method, path, json }, repetition));
  const get = async (path: string, query: URLSearchParams) => {
    const request = { method: "GET", path: `${path}?${query}` } as const;
    return jsonOf(await http.send(request));
  };
  /** The object is gone, or has its new name, when the request is repeated. */
  const gone: Repetition = { isRepeated: isNotFound };

  return {
    getRegisteredModel: async (name) =>
      modelOf((await get(`${MODELS}/get`, new URLSearchParams({ name }))).registered_model),
    async searchRegisteredModels(query) {
      const found = await get(`${MODELS}/search`, queryOf(query));
      return pageOf(found, "registered_models", modelOf);
    },
    async renameRegisteredModel(name, newName) {
      await send("POST", `${MODELS}/rename`, { name, new_name: newName }, gone);
    },
    async updateRegisteredModel(name, description) {
      await send("PATCH", `${MODELS}/update`, { name, description });
    },
    async deleteRegisteredModel(name) {
      await send("DELETE", `${MODELS}/delete`, { name }, gone);
    },
    async setRegisteredModelTag(name, key, value) {
      await send("POST", `${MODELS}/set-tag`, { name, key, value });
    },
    async deleteRegisteredModelTag(name, key) {
      await send("DELETE", `${MODELS}/delete-tag`, { name, key });
    },
    async getLatestVersions(name, stages) {
      const json = { name, ...(stages && { stages }) };
      const found = await send("POST", `${MODELS}/get-latest-versions`, json);
      return listOf(found.model_versions).map(versionOf);
    },
    async searchModelVersions(query) {
      const found = await get(`${VERSIONS}/search`, queryOf(query));
      return pageOf(found, "model_versions", versionOf);
    },
    async updateModelVersion(name, version, description) {
      await send("PATCH", `${VERSIONS}/update`, { name, version, description });
    },
    async deleteModelVersion(name, version) {
      await send("DELETE", `${VERSIONS}/delete`, { name, version }, gone);
    },
    async transitionModelVersionStage(name, version, stage, archiveExistingVersions) {
      const json = { name, version, stage, archive_existing_versions: archiveExistingVersions };
      await send("POST", `${VERSIONS}/transition-stage`, json);
    },
    async setModelVersionTag(name, version, key, value) {
      await send("POST", `${VERSIONS}/set-tag`, { name, version, key, value });
    },
    async deleteModelVersionTag(name, version, key) {
      await send("DELETE", `${VERSIONS}/delete-tag`, { name, version, key });
    },
  };
}

function queryOf({ filter, orderBy = [], maxResults, pageToken }: EntityQuery): URLSearchParams {
  const query = new URLSearchParams();
  if (filter) query.set("filter", filter);
  for (const clause of orderBy) query.append("order_by", clause);
  if (maxResults !== undefined) query.set("max_results", String(maxResults));
  if (pageToken) query.set("page_token", pageToken);
  return query;
}

function modelOf(value: Plain | undefined): RegisteredModel {
  const json = objectOf(value);
  const aliases = listOf(json.aliases).map(objectOf);
  return {
    name: textOf(json.name),
    description: textOf(json.description) || undefined,
    creationTimeMs: Number(json.creation_timestamp) || 0,
    lastUpdateTimeMs: Number(json.last_updated_timestamp) || 0,
    tags: pairsOf(json.tags),
    aliases: Object.fromEntries(
      aliases.map(({ alias, version }) => [textOf(alias), textOf(version)]),
    ),
  };
}
