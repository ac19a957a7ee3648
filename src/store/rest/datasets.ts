import { MlflowException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import { isPlainObject, toJson } from "../../data/plain.js";
import { wellFormedJson } from "../../data/well-formed-json.js";
import type { DatasetStore, NewDatasetRecord, StoredDataset } from "../dataset-store.js";
import { newRecordToJson, readDataset, readRecords } from "../wire/dataset-json.js";
import { listOf, textOf } from "../wire/json-fields.js";
import { pathPart } from "./path-part.js";
import {
  findJsonOf,
  type HttpRequest,
  type HttpResponse,
  isUnknownRoute,
  jsonOf,
  pageOf,
} from "./response.js";
import type { RetryingHttp } from "./retried.js";

const PATH = "/api/3.0/mlflow/datasets";
/** How many requests for the experiments of datasets run at a time. */
const MAX_IN_FLIGHT = 4;

/** Evaluation datasets over REST. Every method throws a RestException if the server returns an error. */
export function createDatasetStore(http: RetryingHttp): DatasetStore {
  const exchange = async (request: HttpRequest, isOnce = false) => {
    const response = await http.send(request, { isFinal: isMixedOutputs, isOnce });
    if (isMixedOutputs(response)) throw mixedOutputs(http.uri);
    if (isUnknownRoute(response)) throw unsupported(http.uri, request);
    return response;
  };
  const send = async (method: HttpRequest["method"], path: string, json?: object) =>
    jsonOf(await exchange({ method, path: PATH + path, ...(json && { json }) }));
  const of = (datasetId: string, what = "") => `/${pathPart(datasetId)}${what}`;
  const withExperiments = async (dataset: StoredDataset): Promise<StoredDataset> => {
    const found = await send("GET", of(dataset.datasetId, "/experiment-ids"));
    return { ...dataset, experimentIds: listOf(found.experiment_ids).map(textOf) };
  };

  return {
    async createDataset({ name, experimentIds, tags }) {
      const json = { name, experiment_ids: experimentIds, tags: wellFormedJson(tags) };
      const response = await exchange({ method: "POST", path: `${PATH}/create`, json }, true);
      return { ...readDataset(jsonOf(response).dataset), experimentIds };
    },
    async getDataset(datasetId) {
      const request = { method: "GET", path: PATH + of(datasetId) } as const;
      const found = findJsonOf(await exchange(request));
      return found && withExperiments(readDataset(found.dataset));
    },
    async deleteDataset(datasetId) {
      await send("DELETE", of(datasetId));
    },
    async searchDatasets({ experimentIds = [], filter, orderBy = [], maxResults = 50, pageToken }) {
      const json = {
        experiment_ids: experimentIds,
        ...(filter && { filter_string: filter }),
        max_results: maxResults,
        order_by: orderBy,
        ...(pageToken && { page_token: pageToken }),
      };
      const page = pageOf(await send("POST", "/search", json), "datasets", readDataset);
      const items: StoredDataset[] = [];
      await forEach(page.items.entries(), MAX_IN_FLIGHT, async ([index, dataset]) => {
        items[index] = await withExperiments(dataset);
      });
      return { ...page, items };
    },
    async setDatasetTags(datasetId, tags) {
      const entries = Object.entries(tags);
      const set = entries.filter(([, value]) => value !== null);
      // Also without tags: the server then checks that the dataset exists.
      const json = { tags: wellFormedJson(Object.fromEntries(set)) };
      await send("PATCH", of(datasetId, "/tags"), json);
      // The server ignores null, although Python's documentation says that it removes the tag.
      for (const [key, value] of entries) {
        if (value === null) await send("DELETE", of(datasetId, `/tags/${pathPart(key)}`));
      }
    },
    async deleteDatasetTag(datasetId, key) {
      await send("DELETE", of(datasetId, `/tags/${pathPart(key)}`));
    },
    async addDatasetToExperiments(datasetId, experimentIds) {
      const json = { dataset_id: datasetId, experiment_ids: experimentIds };
      await send("POST", of(datasetId, "/add-experiments"), json);
    },
    async removeDatasetFromExperiments(datasetId, experimentIds) {
      const json = { dataset_id: datasetId, experiment_ids: experimentIds };
      await send("POST", of(datasetId, "/remove-experiments"), json);
    },
    async upsertDatasetRecords(datasetId, records) {
      // See `isMixedOutputs()`. Within a request, the server keeps no order.
      const ordered = records.toSorted((one, other) => rankOf(one) - rankOf(other));
      const json = { records: toJson(ordered.map(newRecordToJson)) };
      const counts = await send("POST", of(datasetId, "/records"), json);
      return {
        inserted: Number(counts.inserted_count ?? 0),
        updated: Number(counts.updated_count ?? 0),
      };
    },
    async readDatasetRecords(datasetId, { maxResults, pageToken }) {
      const query = new URLSearchParams({ max_results: String(maxResults) });
      if (pageToken) query.set("page_token", pageToken);
      const found = await send("GET", of(datasetId, `/records?${query}`));
      const nextPageToken = textOf(found.next_page_token);
      const items = readRecords(textOf(found.records));
      return { items, ...(nextPageToken && { nextPageToken }) };
    },
    async deleteDatasetRecords(datasetId, recordIds) {
      const json = { dataset_record_ids: recordIds };
      const { deleted_count: count } = await send("DELETE", of(datasetId, "/records"), json);
      return Number(count ?? 0);
    },
  };
}

/**
 * Whether the server failed as it does for an output that is an object, if the first output in the dataset was none: it adds the
 * fields of the object to the schema of the outputs, which then is a text.
 */
function isMixedOutputs({ request, text, status }: HttpResponse): boolean {
  return (
    status === 500 &&
    request.path.endsWith("/records") &&
    /'str' object does not support/.test(text)
  );
}

function rankOf({ outputs }: NewDatasetRecord): number {
  return isPlainObject(outputs) ? 0 : 1;
}

function mixedOutputs(uri: string): MlflowException {
  return new MlflowException(
    `The MLflow server at ${uri} cannot add a record whose outputs are an object to a dataset whose first outputs are not objects, for example texts. Pass outputs of one kind, for example { text: "…" } instead of a text, or use another dataset.`,
    "INVALID_PARAMETER_VALUE",
  );
}

function unsupported(uri: string, { method, path }: HttpRequest): MlflowException {
  return new MlflowException(
    `The server at ${uri} does not support evaluation datasets, or not this request (${method} ${path}). Check the address, and update MLflow on the server.`,
    "NOT_IMPLEMENTED",
  );
}
