import type { Assessment } from "../trace/assessment.js";
import type { Attachment } from "../trace/attachment.js";
import type { Trace, TraceInfo, TraceToLog } from "../trace/trace.js";
import type { ArtifactStore } from "./artifact-store.js";
import type { DatasetStore } from "./dataset-store.js";
import type { ModelStore } from "./model-store.js";
import type { EntityQuery, Page } from "./pages.js";
import type { Verdict } from "./retry.js";
import type { RunStore, RunViewType } from "./run-store.js";
import type { ScorerStore } from "./scorer-store.js";

export type { EntityQuery, Page } from "./pages.js";
export type { Verdict } from "./retry.js";

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: "active" | "deleted";
  readonly tags: Readonly<Record<string, string>>;
}

export interface TraceQuery {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language. The local store supports a part of it; its errors name that part. */
  readonly filter?: string;
  /** For example `timestamp_ms DESC`, the default. */
  readonly orderBy?: readonly string[];
  /** At most 500. */
  readonly maxResults?: number;
  readonly pageToken?: string;
}

/** Changes of one trace, after it has started. */
export interface TraceEdits {
  setTraceTag(traceId: string, key: string, value: string): Promise<void>;
  /** Throws RESOURCE_DOES_NOT_EXIST if the trace has no such tag. */
  deleteTraceTag(traceId: string, key: string): Promise<void>;
  /**
   * Stores an assessment under a new id. If it overrides another one, that one is no longer valid. Throws
   * RESOURCE_DOES_NOT_EXIST if the trace does not exist, as the next two methods.
   */
  createAssessment(traceId: string, assessment: Assessment): Promise<Assessment>;
  getAssessment(traceId: string, assessmentId: string): Promise<Assessment>;
  /** Takes name, value, error, rationale and metadata of `change`. Metadata is merged. */
  updateAssessment(traceId: string, assessmentId: string, change: Assessment): Promise<Assessment>;
  /** Ignores an assessment that does not exist. One that it overrode is valid again. */
  deleteAssessment(traceId: string, assessmentId: string): Promise<void>;
}

/** Which traces of an experiment are deleted: those with these ids, or the oldest ones. */
export type TraceDeletion =
  | { readonly traceIds: readonly string[] }
  | { readonly maxTimestampMs: number; readonly maxTraces?: number };

export interface TraceEditStore extends TraceEdits {
  /** Returns the number of traces that were deleted. */
  deleteTraces(experimentId: string, which: TraceDeletion): Promise<number>;
  /** Links traces, at most 100, to a run of their experiment. Only a server supports it. */
  linkTracesToRun?(traceIds: readonly string[], runId: string): Promise<void>;
}

export interface TraceStore extends TraceEditStore {
  /** Stores complete traces of one experiment. Returns one verdict for each trace, in order. Never rejects. */
  logTraces(
    experimentId: string,
    traces: readonly TraceToLog[],
    signal?: AbortSignal,
  ): Promise<Verdict[]>;
  /** The same synchronously, for the exit of the process. Only a local store supports it. */
  logTracesSync?(experimentId: string, traces: readonly TraceToLog[]): void;
  /**
   * Whether the experiment takes attachments of traces, and MLflow shows them. Rejects if the store does not respond.
   */
  takesAttachments(experimentId: string): Promise<boolean>;
  /** Stores the attachments of a trace. Undefined if `logTraces` stores them with the trace. */
  logAttachments?(
    experimentId: string,
    traceId: string,
    attachments: readonly Attachment[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** The content of an attachment. Undefined if it does not exist. */
  readAttachment(traceId: string, attachmentId: string): Promise<Uint8Array | undefined>;
  /** Undefined if it does not exist. */
  getTrace(traceId: string): Promise<Trace | undefined>;
  /** The same without spans. */
  getTraceInfo(traceId: string): Promise<TraceInfo | undefined>;
  searchTraceInfos(query: TraceQuery): Promise<Page<TraceInfo>>;
  /** The ids of an experiment's traces, in no order, without reading the traces. Only a local store supports it. */
  listTraceIds?(experimentId: string): Promise<readonly string[]>;
  /** Differs after a trace, its tags or its assessments have changed. Only a local store supports it. */
  traceVersion?(experimentId: string, traceId: string): Promise<string>;
}

export interface ExperimentQuery extends EntityQuery {
  /** Default: `ACTIVE_ONLY`. */
  readonly viewType?: RunViewType;
}

export interface NewExperiment {
  readonly artifactLocation?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ExperimentStore extends ExperimentEdits {
  getExperiment(experimentId: string): Promise<Experiment | undefined>;
  /** Also finds deleted experiments. */
  getExperimentByName(name: string): Promise<Experiment | undefined>;
  /** Throws RESOURCE_ALREADY_EXISTS if an experiment, active or deleted, has that name. */
  createExperiment(name: string, options?: NewExperiment): Promise<string>;
  /** The id of the experiment with this name, for `logTracesSync`. Creates the experiment if it is missing. */
  ensureExperimentSync?(name: string): string;
  searchExperiments(query?: ExperimentQuery): Promise<Page<Experiment>>;
}

/** Changes of an experiment. They throw RESOURCE_DOES_NOT_EXIST if it does not exist. */
export interface ExperimentEdits {
  /** Marks the experiment and its runs as deleted. */
  deleteExperiment(experimentId: string): Promise<void>;
  restoreExperiment(experimentId: string): Promise<void>;
  renameExperiment(experimentId: string, newName: string): Promise<void>;
  setExperimentTag(experimentId: string, key: string, value: string): Promise<void>;
  deleteExperimentTag(experimentId: string, key: string): Promise<void>;
}

/** The requests that find or create the experiment and the run of data in the queue. */
export type RequestsOfQueue = Pick<
  ExperimentStore & RunStore,
  "getExperiment" | "getExperimentByName" | "createExperiment" | "createRun" | "getRun"
>;

/** A store of any backend: an MLflow server or a local directory. */
export interface TrackingStore
  extends TraceStore,
    ExperimentStore,
    RunStore,
    ArtifactStore,
    ModelStore,
    ScorerStore,
    DatasetStore {
  /** The tracking URI without credentials, for messages and links. */
  readonly uri: string;
  /** The workspace of the server, if it has any. */
  readonly workspace?: string | undefined;
  /** Whether the store adds the costs of a trace, which it calculates from the models and tokens of the spans. */
  readonly addsCosts: boolean;
  /** How often a request that a caller waits for is repeated after a transient failure. */
  readonly maxRetries: number;
  /** The requests that the queue repeats itself, each sent once. Missing if the store sends no requests. */
  readonly once?: RequestsOfQueue;
  /** The page of the trace in MLflow's UI, if there is one. */
  traceUrl(experimentId: string, traceId: string): string | undefined;
  /** The number of items that {@link drain} would wait for. */
  undrained?(): number;
  /** Waits for the optional fields of traces (source and creator), which are sent after their verdict. */
  drain?(): Promise<void>;
  /** Releases sockets and timers. Drops the items that {@link drain} would wait for. */
  close(): Promise<void>;
}
