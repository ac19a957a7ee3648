import type { Page, Verdict } from "./store.js";

/** What a run can be, in MLflow's words. */
export const RunStatus = {
  RUNNING: "RUNNING",
  SCHEDULED: "SCHEDULED",
  FINISHED: "FINISHED",
  FAILED: "FAILED",
  KILLED: "KILLED",
} as const;
export type RunStatus = (typeof RunStatus)[keyof typeof RunStatus];

/** Names of run tags that MLflow reads. */
export const RunTagKey = {
  RUN_NAME: "mlflow.runName",
  PARENT_RUN_ID: "mlflow.parentRunId",
  NOTE: "mlflow.note.content",
  GIT_COMMIT: "mlflow.source.git.commit",
  LOGGED_ARTIFACTS: "mlflow.loggedArtifacts",
  LOGGED_IMAGES: "mlflow.loggedImages",
  AUTOLOGGING: "mlflow.autologging",
} as const;

export interface RunInfo {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  /** Undefined as long as it runs. */
  readonly endTimeMs: number | undefined;
  /** Where its artifacts are. */
  readonly artifactUri: string;
  readonly lifecycleStage: "active" | "deleted";
}

/** One point of a metric. */
export interface Metric {
  readonly key: string;
  /** NaN and the infinities are allowed. */
  readonly value: number;
  readonly timestampMs: number;
  readonly step: number;
}

export interface RunData {
  /** The last value of each. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Data that a run worked with. Mirrors `mlflow.entities.Dataset`. */
export interface Dataset {
  readonly name: string;
  /** Tells versions of it apart; at most 36 characters. */
  readonly digest: string;
  /** The kind of `source`, for example `local`, `http`, `hugging_face` or `code`. */
  readonly sourceType: string;
  /** Where it came from, as JSON text. */
  readonly source: string;
  /** JSON text. */
  readonly schema?: string;
  /** JSON text: counts and the like. */
  readonly profile?: string;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  /** `mlflow.data.context` says what for: `training`, `eval` and so on. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A run of MLflow, as it was when it was read. */
export interface Run {
  readonly info: RunInfo;
  readonly data: RunData;
  readonly inputs: { readonly datasetInputs: readonly DatasetInput[] };
}

export interface NewRun {
  readonly experimentId: string;
  /** The store makes one up where there is none. */
  readonly runName?: string;
  readonly userId: string;
  readonly startTimeMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One change of a run. Writing the same one twice is as writing it once, but for `deleteTag`. */
export type RunWrite =
  /** Within {@link MAX_METRICS} and the other limits. */
  | {
      readonly kind: "logBatch";
      readonly metrics?: readonly Metric[];
      readonly params?: Readonly<Record<string, string>>;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "update";
      readonly status?: RunStatus;
      readonly endTimeMs?: number;
      readonly runName?: string;
    }
  | { readonly kind: "deleteTag"; readonly key: string }
  | { readonly kind: "logInputs"; readonly datasets: readonly DatasetInput[] };

/** What MLflow takes in one `logBatch`. */
export const MAX_METRICS = 1000;
export const MAX_PARAMS = 100;
export const MAX_TAGS = 100;
/** Metrics, params and tags together. */
export const MAX_ENTITIES = 1000;

export type RunViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

export interface RunQuery {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language; the local store understands the part its error names. */
  readonly filter?: string;
  /** For example `metrics.accuracy DESC`. Default: the newest run first. */
  readonly orderBy?: readonly string[];
  /** At most 50 000. */
  readonly maxResults?: number;
  readonly pageToken?: string;
  /** Default: `ACTIVE_ONLY`. */
  readonly runViewType?: RunViewType;
}

export interface RunStore {
  /** The run is RUNNING. */
  createRun(run: NewRun): Promise<Run>;
  /** The same at once, for the last moment of a process, where the store can. */
  createRunSync?(run: NewRun): Run;
  /** Finds deleted ones too; undefined when there is none. */
  getRun(runId: string): Promise<Run | undefined>;
  /** Never rejects: the verdict says what became of it. */
  writeRun(runId: string, write: RunWrite, signal?: AbortSignal): Promise<Verdict>;
  /** The same at once, where the store can. Throws. */
  writeRunSync?(runId: string, write: RunWrite): void;
  /** An artifact of a run at once, in the place of an earlier one, where the store can. Throws. */
  writeArtifactSync?(runId: string, path: string, bytes: Uint8Array): void;
  /** Marks it as deleted. */
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  searchRuns(query: RunQuery): Promise<Page<Run>>;
  /** All points of a metric in the order they were logged; none where there are none. */
  getMetricHistory(runId: string, key: string): Promise<readonly Metric[]>;
}
