import type { EntityQuery, Page } from "./pages.js";

export type LoggedModelStatus = "PENDING" | "READY" | "FAILED";

/** MLflow's LoggedModel (servers since 3.0): a model with an id and artifacts of its own. */
export interface LoggedModel {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly artifactUri: string;
  readonly status: LoggedModelStatus;
  readonly modelType: string | undefined;
  readonly sourceRunId: string | undefined;
  readonly creationTimestampMs: number;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The tag of the registered models, and their versions, that are prompts. */
export const IS_PROMPT = "mlflow.prompt.is_prompt";

/** A version of a registered model. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  /** The URI of the model from which the version was created: `models:/m-…` or `runs:/…`. */
  readonly source: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
  readonly status: string;
  /** `None`, `Staging`, `Production` or `Archived`. */
  readonly currentStage: string;
  readonly description: string | undefined;
  /** Milliseconds since 1970. */
  readonly creationTimestampMs: number;
  readonly aliases: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A registered model: a name with versions. */
export interface RegisteredModel {
  readonly name: string;
  readonly description: string | undefined;
  /** Milliseconds since 1970. */
  readonly creationTimeMs: number;
  readonly lastUpdateTimeMs: number;
  readonly tags: Readonly<Record<string, string>>;
  /** The version of each alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** The stages of a version. */
export const MODEL_STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type ModelStage = (typeof MODEL_STAGES)[number];

/** The logged models of an experiment. */
export interface LoggedModelStore {
  /** Undefined if the store has no logged models (servers before 3.0, the local store): then the model is an artifact of its run. */
  createLoggedModel(model: {
    readonly experimentId: string;
    readonly name: string;
    readonly modelType?: string;
    readonly sourceRunId?: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
  }): Promise<LoggedModel | undefined>;
  /** Ends the upload of a model. */
  finalizeLoggedModel(modelId: string, status: "READY" | "FAILED"): Promise<LoggedModel>;
  /** Undefined if the model does not exist. */
  getLoggedModel(modelId: string): Promise<LoggedModel | undefined>;
  searchLoggedModels(query: {
    readonly experimentIds: readonly string[];
    readonly filter?: string;
    readonly maxResults?: number;
  }): Promise<readonly LoggedModel[]>;
  setLoggedModelTags(modelId: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Adds a logged model to the outputs of the run that created it. Idempotent. */
  logModelOutput(runId: string, modelId: string, step: number): Promise<void>;
  /** Adds a model among a run's artifacts to the tag `mlflow.log-model.history`. `mlModel` is the parsed MLmodel file. */
  recordLoggedModel(runId: string, mlModel: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Registered models with their versions and aliases. */
export interface ModelRegistry {
  /** Throws RESOURCE_ALREADY_EXISTS. */
  createRegisteredModel(
    name: string,
    tags?: Readonly<Record<string, string>>,
    description?: string,
  ): Promise<void>;
  /** Throws RESOURCE_DOES_NOT_EXIST if no registered model has that name. */
  createModelVersion(version: {
    readonly name: string;
    readonly source: string;
    readonly runId?: string;
    readonly modelId?: string;
    readonly description?: string;
    readonly tags?: Readonly<Record<string, string>>;
  }): Promise<ModelVersion>;
  /** Undefined if the version does not exist, as in the next two methods. */
  getModelVersion(name: string, version: string): Promise<ModelVersion | undefined>;
  getModelVersionByAlias(name: string, alias: string): Promise<ModelVersion | undefined>;
  /** The highest version, for `models:/name/latest`. */
  getLatestModelVersion(name: string): Promise<ModelVersion | undefined>;
  /** Throws if MLflow reads the alias as a version (`latest`, `v1`), or if the version does not exist. */
  setRegisteredModelAlias(name: string, alias: string, version: string): Promise<void>;
  /** Ignores an alias that does not exist. */
  deleteRegisteredModelAlias(name: string, alias: string): Promise<void>;
  /** The URI of the version's files; may be `runs:/…`. Throws RESOURCE_DOES_NOT_EXIST. */
  getModelVersionDownloadUri(name: string, version: string): Promise<string>;
}

/** Changes and searches of registered models and versions. Each throws RESOURCE_DOES_NOT_EXIST for what does not exist. */
export interface RegistryEdits {
  getRegisteredModel(name: string): Promise<RegisteredModel>;
  searchRegisteredModels(query: EntityQuery): Promise<Page<RegisteredModel>>;
  renameRegisteredModel(name: string, newName: string): Promise<void>;
  updateRegisteredModel(name: string, description: string): Promise<void>;
  /** Deletes its versions too. */
  deleteRegisteredModel(name: string): Promise<void>;
  setRegisteredModelTag(name: string, key: string, value: string): Promise<void>;
  /** Ignores a tag that does not exist, as does the same for versions. */
  deleteRegisteredModelTag(name: string, key: string): Promise<void>;
  /** The highest version of each stage. Default: of all stages. */
  getLatestVersions(name: string, stages?: readonly string[]): Promise<readonly ModelVersion[]>;
  searchModelVersions(query: EntityQuery): Promise<Page<ModelVersion>>;
  updateModelVersion(name: string, version: string, description: string): Promise<void>;
  deleteModelVersion(name: string, version: string): Promise<void>;
  transitionModelVersionStage(
    name: string,
    version: string,
    stage: ModelStage,
    archiveExistingVersions: boolean,
  ): Promise<void>;
  setModelVersionTag(name: string, version: string, key: string, value: string): Promise<void>;
  deleteModelVersionTag(name: string, version: string, key: string): Promise<void>;
}

/** Changes and searches of logged models. The local store has none: there, each throws NOT_IMPLEMENTED. */
export interface LoggedModelEdits {
  pageLoggedModels(query: LoggedModelQuery): Promise<Page<LoggedModel>>;
  deleteLoggedModel(modelId: string): Promise<void>;
  deleteLoggedModelTag(modelId: string, key: string): Promise<void>;
  logLoggedModelParams(modelId: string, params: Readonly<Record<string, string>>): Promise<void>;
}

export interface LoggedModelQuery extends Omit<EntityQuery, "orderBy"> {
  readonly experimentIds: readonly string[];
  readonly orderBy?: readonly LoggedModelOrder[];
}

/** Orders logged models by an attribute, or by a metric. */
export interface LoggedModelOrder {
  /** For example `creation_timestamp`, or `metrics.accuracy`. */
  readonly fieldName: string;
  /** Default: true. */
  readonly ascending?: boolean;
}

export interface ModelStore
  extends LoggedModelStore,
    LoggedModelEdits,
    ModelRegistry,
    RegistryEdits {}

/** The tag that lists the models among a run's artifacts. */
export const MODEL_HISTORY_TAG = "mlflow.log-model.history";

const HISTORY_KEYS = ["run_id", "artifact_path", "utc_time_created", "model_uuid", "flavors"];

/** The fields of an MLmodel file that MLflow writes into that list. */
export function historyEntry(mlModel: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(HISTORY_KEYS.map((key) => [key, mlModel[key]]));
}
