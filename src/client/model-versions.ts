import { MlflowException } from "../base/errors.js";
import type { NamedKinds } from "../settings/check-options.js";
import {
  dictionaryToTexts,
  filledText,
  flag,
  type Kind,
  oneOf,
  required,
  text,
} from "../settings/kinds.js";
import {
  MODEL_STAGES,
  type ModelRegistry,
  type ModelStage,
  type ModelVersion,
} from "../store/model-store.js";
import { OF_MODEL, RegisteredModelClient } from "./registered-models.js";
import { type EntitySearch, name, request, SEARCH, TAG, TAG_KEY, version } from "./requests.js";

interface OfVersion {
  /** The name of the registered model. */
  readonly name: string;
  readonly version: string | number;
}

/** The options of `MlflowClient.createModelVersion()`. */
export interface CreateModelVersionOptions {
  /** The name of the registered model. */
  readonly name: string;
  /** The URI of the model: `models:/m-…`, `runs:/…` or the URI of a folder. */
  readonly source: string;
  readonly runId?: string;
  readonly modelId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/** The options of `MlflowClient.transitionModelVersionStage()`. */
export interface TransitionOptions extends OfVersion {
  /** `None`, `Staging`, `Production` or `Archived`, in any case. */
  readonly stage: ModelStage | Lowercase<ModelStage>;
  /** Whether other versions in this stage are archived. Only for `Staging` and `Production`. Default: false. */
  readonly archiveExistingVersions?: boolean;
}

/** One page of versions of registered models. */
export interface ModelVersionPage {
  readonly modelVersions: readonly ModelVersion[];
  /** Undefined for the last page. */
  readonly nextPageToken: string | undefined;
}

const OF_VERSION: NamedKinds<OfVersion> = { name, version };
const CREATE: NamedKinds<CreateModelVersionOptions> = {
  ...{ name, source: required(filledText), runId: filledText, modelId: filledText },
  ...{ tags: dictionaryToTexts, description: text },
};

const stage: Kind<ModelStage> = {
  want: oneOf(MODEL_STAGES).want,
  read: (value) =>
    typeof value === "string"
      ? MODEL_STAGES.find((one) => one.toLowerCase() === value.toLowerCase())
      : undefined,
};

interface CheckedTransition extends OfVersion {
  readonly stage: ModelStage;
  readonly archiveExistingVersions?: boolean;
}

const TRANSITION: NamedKinds<CheckedTransition> = {
  ...OF_VERSION,
  ...{ stage: required(stage), archiveExistingVersions: flag },
};

export class ModelVersionClient extends RegisteredModelClient {
  /** Creates a version of a registered model. @throws MlflowException RESOURCE_DOES_NOT_EXIST if the model does not exist. */
  createModelVersion(options: CreateModelVersionOptions): Promise<ModelVersion> {
    return request(this, "createModelVersion", options, CREATE, (store, given) =>
      store.createModelVersion(given),
    );
  }

  /** Returns a version. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  getModelVersion(options: OfVersion): Promise<ModelVersion> {
    return request(this, "getModelVersion", options, OF_VERSION, get);
  }

  /** Returns the version of an alias. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  getModelVersionByAlias(options: {
    readonly name: string;
    readonly alias: string;
  }): Promise<ModelVersion> {
    const kinds = { ...OF_MODEL, alias: name };
    return request(this, "getModelVersionByAlias", options, kinds, async (store, given) => {
      const found = await store.getModelVersionByAlias(given.name, given.alias);
      return found ?? missing(`Registered model alias ${given.alias} of ${given.name}`);
    });
  }

  /** Returns one page of versions, for example with `filter: "name = 'agent'"`. */
  searchModelVersions(options: EntitySearch = {}): Promise<ModelVersionPage> {
    return request(this, "searchModelVersions", options, SEARCH, async (store, query) => {
      const { items, nextPageToken } = await store.searchModelVersions(query);
      return { modelVersions: items, nextPageToken };
    });
  }

  /** Sets the description of a version. */
  updateModelVersion(options: OfVersion & { readonly description: string }): Promise<ModelVersion> {
    const kinds = { ...OF_VERSION, description: required(text) };
    return request(this, "updateModelVersion", options, kinds, async (store, given) => {
      await store.updateModelVersion(given.name, String(given.version), given.description);
      return get(store, given);
    });
  }

  /** Deletes a version and its aliases. */
  deleteModelVersion(options: OfVersion): Promise<void> {
    return request(this, "deleteModelVersion", options, OF_VERSION, (store, given) =>
      store.deleteModelVersion(given.name, String(given.version)),
    );
  }

  /** Moves a version to a stage. MLflow recommends aliases instead of stages. */
  transitionModelVersionStage(options: TransitionOptions): Promise<ModelVersion> {
    const method = "transitionModelVersionStage";
    return request(this, method, options, TRANSITION, async (store, given) => {
      const { name, version, stage, archiveExistingVersions = false } = given;
      const archives = archiveExistingVersions;
      await store.transitionModelVersionStage(name, String(version), stage, archives);
      return get(store, given);
    });
  }

  /** Sets a tag of a version. */
  setModelVersionTag(
    options: OfVersion & { readonly key: string; readonly value: string },
  ): Promise<void> {
    const kinds = { ...OF_VERSION, ...TAG };
    return request(this, "setModelVersionTag", options, kinds, (store, given) =>
      store.setModelVersionTag(given.name, String(given.version), given.key, given.value),
    );
  }

  /** Deletes a tag of a version. Ignores one that does not exist. */
  deleteModelVersionTag(options: OfVersion & { readonly key: string }): Promise<void> {
    const kinds = { ...OF_VERSION, ...TAG_KEY };
    return request(this, "deleteModelVersionTag", options, kinds, (store, given) =>
      store.deleteModelVersionTag(given.name, String(given.version), given.key),
    );
  }

  /** Returns the URI of the files of a version. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  getModelVersionDownloadUri(options: OfVersion): Promise<string> {
    return request(this, "getModelVersionDownloadUri", options, OF_VERSION, (store, given) =>
      store.getModelVersionDownloadUri(given.name, String(given.version)),
    );
  }
}

async function get(store: ModelRegistry, { name, version }: OfVersion): Promise<ModelVersion> {
  const found = await store.getModelVersion(name, String(version));
  return found ?? missing(`Model Version (name=${name}, version=${version})`);
}

function missing(what: string): never {
  throw new MlflowException(`${what} not found`, "RESOURCE_DOES_NOT_EXIST");
}
