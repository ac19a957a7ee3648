import type { Page } from "./pages.js";
import type { Verdict } from "./retry.js";

/** The statuses of a run. */
export const RunStatus = {
  RUNNING: "RUNNING",
  SCHEDULED: "SCHEDULED",
  FINISHED: "FINISHED",
  FAILED: "FAILED",
  KILLED: "KILLED",
} as const;
export type RunStatus = (typeof RunStatus)[keyof typeof RunStatus];

/** Keys of run tags that MLflow reads. */
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
  /** Undefined while the run is active. */
  readonly endTimeMs: number | undefined;
  /** The root of its artifacts. */
  readonly artifactUri: string;
  readonly lifecycleStage: "active" | "deleted";
}

/** One point of a metric. */
export interface Metric {
  readonly key: string;
  /** May be NaN or infinite. */
  readonly value: number;
  readonly timestampMs: number;
  readonly step: number;
}

export interface MetricToLog extends Metric {
  /** The logged model that the value is about, and the data that it was measured with. Only servers keep them. */
  readonly about?: { readonly modelId: string; readonly dataset?: Dataset };
}

export interface RunData {
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Data that a run used. Mirrors `mlflow.entities.Dataset`. */
export interface Dataset {
  readonly name: string;
  /** Identifies the version of the data. At most 36 characters. */
  readonly digest: string;
  /** The kind of `source`, for example `local`, `http`, `hugging_face` or `code`. */
  readonly sourceType: string;
  /** The location of the data, as JSON text. */
  readonly source: string;
  /** JSON text. */
  readonly schema?: string;
  /** JSON text, for example with the number of rows. */
  readonly profile?: string;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  /** `mlflow.data.context` is the purpose, for example `training` or `eval`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An MLflow run at the time it was read. */
export interface Run {
  readonly info: RunInfo;
  readonly data: RunData;
  readonly inputs: { readonly datasetInputs: readonly DatasetInput[] };
}

export interface NewRun {
  readonly experimentId: string;
  /** Default: the store generates one. */
  readonly runName?: string;
  readonly userId: string;
  readonly startTimeMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One change of a run. Every change but `deleteTag` is idempotent. */
export type RunWrite =
  /** At most {@link MAX_METRICS} metrics; the other limits apply too. */
  | {
      readonly kind: "logBatch";
      readonly metrics?: readonly MetricToLog[];
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
  | {
      readonly kind: "logInputs";
      readonly datasets: readonly DatasetInput[];
      /** Ids of logged models. Only servers keep them. */
      readonly models?: readonly string[];
    };

/** MLflow's limits for one `logBatch`. */
export const MAX_METRICS = 1000;
export const MAX_PARAMS = 100;
export const MAX_TAGS = 100;
/** Metrics, params and tags together. */
export const MAX_ENTITIES = 1000;

export type RunViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

export interface RunQuery {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language. The local store supports a part of it; its errors name that part. */
  readonly filter?: string;
  /** For example `metrics.accuracy DESC`. Default: newest run first. */
  readonly orderBy?: readonly string[];
  /** At most 50 000. */
  readonly maxResults?: number;
  readonly pageToken?: string;
  /** Default: `ACTIVE_ONLY`. */
  readonly runViewType?: RunViewType;
}

export interface RunStore {
  /** The status of the new run is RUNNING. */
  createRun(run: NewRun): Promise<Run>;
  /** The same synchronously, for the exit of the process. Only a local store supports it, as the others of this kind. */
  createRunSync?(run: NewRun): Run;
  /** Also finds deleted runs. Undefined if the run does not exist. */
  getRun(runId: string): Promise<Run | undefined>;
  /** Never rejects: a failure is in the verdict. */
  writeRun(runId: string, write: RunWrite, signal?: AbortSignal): Promise<Verdict>;
  /** The same synchronously. Throws if it fails. */
  writeRunSync?(runId: string, write: RunWrite): void;
  /** Reads an artifact and a tag synchronously. Those that do not exist are missing. Throws if it fails. */
  readTextsSync?(
    runId: string,
    path: string,
    tag: string,
  ): { readonly artifact?: string | undefined; readonly tag?: string | undefined };
  /** Writes or replaces an artifact synchronously. Throws if it fails. */
  writeArtifactSync?(runId: string, path: string, bytes: Uint8Array): void;
  /** Marks the run as deleted. */
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  searchRuns(query: RunQuery): Promise<Page<Run>>;
  /** All points of a metric, in the order in which they were logged. Empty if the metric does not exist. */
  getMetricHistory(runId: string, key: string): Promise<readonly Metric[]>;
}

const ADJECTIVES =
  "able amused bold brave bright calm casual charming clean clever curious daring eager fair fearless gentle gifted glad handsome honest kind learned lively loyal lucky merry mighty nimble orderly patient placid polite proud quick quiet serene silent sincere smiling spry stately sunny tidy upbeat useful vivid wise witty zesty".split(
    " ",
  );
const NOUNS =
  "ant bat bear bee bird boar cat chimp cod colt crab crane crow deer dog dove duck eel elk finch fish fox frog goat goose gull hare hawk hen horse jay koi lamb lark lynx mole moose moth mouse newt owl panda perch quail ram robin seal shark sheep sloth snail squid stork swan toad trout vole whale wolf wren yak zebra".split(
    " ",
  );

/** A random run name as MLflow generates them, for example `merry-owl-512` or `prefix-merry-owl-512`. */
export function randomRunName(prefix?: string): string {
  const name = `${oneOf(ADJECTIVES)}-${oneOf(NOUNS)}-${Math.floor(Math.random() * 1001)}`;
  return prefix === undefined ? name : `${prefix}-${name}`;
}

function oneOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? "";
}
