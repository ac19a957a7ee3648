export type LoggedModelStatus = "PENDING" | "READY" | "FAILED";

/** MLflow's LoggedModel (servers from 3.0): a model with an id and artifacts of its own. */
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

/** A version of a registered model. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  /** The model URI it was made from: `models:/m-…`, `runs:/…`. */
  readonly source: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
  readonly status: string;
  readonly aliases: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Models with an id and artifacts of their own, in an experiment. */
export interface LoggedModelStore {
  /** Undefined where the store knows no logged models (servers before 3.0, the local store): the run's artifacts hold the model. */
  createLoggedModel(model: {
    readonly experimentId: string;
    readonly name: string;
    readonly modelType?: string;
    readonly sourceRunId?: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
  }): Promise<LoggedModel | undefined>;
  /** Its upload is over. */
  finalizeLoggedModel(modelId: string, status: "READY" | "FAILED"): Promise<LoggedModel>;
  /** Undefined when there is none. */
  getLoggedModel(modelId: string): Promise<LoggedModel | undefined>;
  searchLoggedModels(query: {
    readonly experimentIds: readonly string[];
    readonly filter?: string;
    readonly maxResults?: number;
  }): Promise<readonly LoggedModel[]>;
  setLoggedModelTags(modelId: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Links a logged model to the run it came from, as its output. Saying it twice is no error. */
  logModelOutput(runId: string, modelId: string, step: number): Promise<void>;
  /** Notes a model that lies in a run's artifacts (tag `mlflow.log-model.history`); `mlModel` is the MLmodel file as data. */
  recordLoggedModel(runId: string, mlModel: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Models with a name, versions and aliases. */
export interface ModelRegistry {
  /** Throws RESOURCE_ALREADY_EXISTS. */
  createRegisteredModel(name: string, tags?: Readonly<Record<string, string>>): Promise<void>;
  /** Throws RESOURCE_DOES_NOT_EXIST when there is no registered model of that name. */
  createModelVersion(version: {
    readonly name: string;
    readonly source: string;
    readonly runId?: string;
    readonly modelId?: string;
    readonly tags?: Readonly<Record<string, string>>;
  }): Promise<ModelVersion>;
  /** Undefined when there is none, as with the next two. */
  getModelVersion(name: string, version: string): Promise<ModelVersion | undefined>;
  getModelVersionByAlias(name: string, alias: string): Promise<ModelVersion | undefined>;
  /** The highest version, for `models:/name/latest`. */
  getLatestModelVersion(name: string): Promise<ModelVersion | undefined>;
  /** Throws for an alias that MLflow reads as a version (`latest`, `v1`) and where there is no such version. */
  setRegisteredModelAlias(name: string, alias: string, version: string): Promise<void>;
  /** One that is not there is no error. */
  deleteRegisteredModelAlias(name: string, alias: string): Promise<void>;
  /** Where the files of a version are; may be `runs:/…`. Throws RESOURCE_DOES_NOT_EXIST. */
  getModelVersionDownloadUri(name: string, version: string): Promise<string>;
}

export interface ModelStore extends LoggedModelStore, ModelRegistry {}
