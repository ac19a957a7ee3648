import { MlflowException } from "../base/errors.js";
import type { NamedKinds } from "../settings/check-options.js";
import {
  dictionaryToTexts,
  filledText,
  isDictionary,
  type Kind,
  oneOf,
  required,
  texts,
} from "../settings/kinds.js";
import type { LoggedModel, LoggedModelOrder } from "../store/model-store.js";
import { OF_EXPERIMENT } from "./experiments.js";
import { ModelVersionClient } from "./model-versions.js";
import { destinationOf, type EntitySearch, request, SEARCH, TAG_KEY } from "./requests.js";

interface OfLoggedModel {
  readonly modelId: string;
}

/** The options of `MlflowClient.createLoggedModel()`. */
export interface CreateLoggedModelOptions {
  readonly experimentId: string;
  readonly name: string;
  readonly sourceRunId?: string;
  readonly modelType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
}

/** The options of `MlflowClient.searchLoggedModels()`. */
export interface SearchLoggedModelsOptions extends Omit<EntitySearch, "orderBy"> {
  /** Default: the active experiment. */
  readonly experimentIds?: readonly string[];
  readonly orderBy?: readonly LoggedModelOrder[];
}

/** One page of logged models. */
export interface LoggedModelPage {
  readonly loggedModels: readonly LoggedModel[];
  /** Undefined for the last page. */
  readonly nextPageToken: string | undefined;
}

const OF_LOGGED_MODEL: NamedKinds<OfLoggedModel> = { modelId: required(filledText) };
const CREATE: NamedKinds<CreateLoggedModelOptions> = {
  ...{ ...OF_EXPERIMENT, name: required(filledText), sourceRunId: filledText },
  ...{ modelType: filledText, tags: dictionaryToTexts, params: dictionaryToTexts },
};
const orderBy: Kind<readonly LoggedModelOrder[]> = {
  want: "an array of { fieldName, ascending }",
  read: (value) => (Array.isArray(value) && value.every(isOrder) ? [...value] : undefined),
};
const FINALIZE: NamedKinds<OfLoggedModel & { readonly status: "READY" | "FAILED" }> = {
  ...OF_LOGGED_MODEL,
  status: required(oneOf(["READY", "FAILED"])),
};

/**
 * All of MLflow's entities in one store: traces, experiments, runs, registered models, their versions, and logged models.
 * Each method takes one object of options, and waits for what this process has logged; `getTrace(traceId)` and
 * `getTraceInfo(traceId)` take an id, as in MLflow's TypeScript SDK. Mirrors `mlflow.MlflowClient`.
 *
 * Every method rejects with an MlflowException: INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; with
 * MLflow's code for what does not exist (RESOURCE_DOES_NOT_EXIST), or is taken (RESOURCE_ALREADY_EXISTS); and NOT_IMPLEMENTED
 * for logged models in a local store.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option, or a tracking URI that is not supported.
 * @example
 * const client = new MlflowClient({ trackingUri: "http://localhost:5000" });
 * const { traces, nextPageToken } = await client.searchTraces({ locations: ["1"], maxResults: 10 });
 */
export class MlflowClient extends ModelVersionClient {
  /** Creates a logged model, whose status is PENDING until {@link finalizeLoggedModel}. */
  createLoggedModel(options: CreateLoggedModelOptions): Promise<LoggedModel> {
    return request(this, "createLoggedModel", options, CREATE, async (store, given) => {
      const created = await store.createLoggedModel(given);
      if (created) return created;
      throw new MlflowException(
        `${store.uri} has no logged models. Set the tracking URI of an MLflow server (3.0 or newer) for them.`,
        "NOT_IMPLEMENTED",
      );
    });
  }

  /** Returns a logged model. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  getLoggedModel(options: OfLoggedModel): Promise<LoggedModel> {
    return request(this, "getLoggedModel", options, OF_LOGGED_MODEL, async (store, given) => {
      const found = await store.getLoggedModel(given.modelId);
      if (found) return found;
      throw new MlflowException(
        `Logged model with ID '${given.modelId}' not found.`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    });
  }

  /** Returns one page of logged models. */
  searchLoggedModels(options: SearchLoggedModelsOptions = {}): Promise<LoggedModelPage> {
    const kinds = { ...SEARCH, experimentIds: texts, orderBy };
    return request<SearchLoggedModelsOptions, LoggedModelPage>(
      this,
      "searchLoggedModels",
      options,
      kinds,
      async (store, { experimentIds: ids = [], ...query }) => {
        const experimentIds = ids.length > 0 ? ids : [await destinationOf(this).experimentId()];
        const { items, nextPageToken } = await store.pageLoggedModels({ ...query, experimentIds });
        return { loggedModels: items, nextPageToken };
      },
    );
  }

  /** Ends the upload of a logged model. */
  finalizeLoggedModel(
    options: OfLoggedModel & { readonly status: "READY" | "FAILED" },
  ): Promise<LoggedModel> {
    return request(this, "finalizeLoggedModel", options, FINALIZE, (store, given) =>
      store.finalizeLoggedModel(given.modelId, given.status),
    );
  }

  /** Marks a logged model as deleted. */
  deleteLoggedModel(options: OfLoggedModel): Promise<void> {
    return request(this, "deleteLoggedModel", options, OF_LOGGED_MODEL, (store, given) =>
      store.deleteLoggedModel(given.modelId),
    );
  }

  /** Sets tags of a logged model. */
  setLoggedModelTags(
    options: OfLoggedModel & { readonly tags: Readonly<Record<string, string>> },
  ): Promise<void> {
    const kinds = { ...OF_LOGGED_MODEL, tags: required(dictionaryToTexts) };
    return request(this, "setLoggedModelTags", options, kinds, (store, given) =>
      store.setLoggedModelTags(given.modelId, given.tags),
    );
  }

  /** Deletes a tag of a logged model. */
  deleteLoggedModelTag(options: OfLoggedModel & { readonly key: string }): Promise<void> {
    const kinds = { ...OF_LOGGED_MODEL, ...TAG_KEY };
    return request(this, "deleteLoggedModelTag", options, kinds, (store, given) =>
      store.deleteLoggedModelTag(given.modelId, given.key),
    );
  }

  /** Logs params of a logged model. A logged param cannot be changed. */
  logModelParams(
    options: OfLoggedModel & { readonly params: Readonly<Record<string, string>> },
  ): Promise<void> {
    const kinds = { ...OF_LOGGED_MODEL, params: required(dictionaryToTexts) };
    return request(this, "logModelParams", options, kinds, (store, given) =>
      store.logLoggedModelParams(given.modelId, given.params),
    );
  }
}

function isOrder(value: unknown): boolean {
  if (!isDictionary(value) || !("fieldName" in value)) return false;
  const isFlag = !("ascending" in value) || typeof value.ascending === "boolean";
  return typeof value.fieldName === "string" && isFlag;
}
