import type { Trace, TraceInfo } from "../trace/trace.js";
import type { ArtifactStore } from "./artifact-store.js";
import type { ModelStore } from "./model-store.js";
import type { RunStore } from "./run-store.js";

/** What became of one trace handed to a store. */
export type Verdict =
  /** The store has it. */
  | { readonly state: "stored" }
  /** Nobody's fault that lasts: send it again, not before `afterMs`. */
  | { readonly state: "retry"; readonly afterMs?: number; readonly cause: Error }
  /** The store will never take this one. */
  | { readonly state: "refused"; readonly cause: Error }
  /** The store takes nothing from us as we are (credentials, host check, wrong address): sending on is useless. */
  | { readonly state: "blocked"; readonly cause: Error };

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: "active" | "deleted";
  readonly tags: Readonly<Record<string, string>>;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

export interface TraceQuery {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language; the local store understands the part its error names. */
  readonly filter?: string;
  /** For example `timestamp_ms DESC`, the default. */
  readonly orderBy?: readonly string[];
  /** At most 500. */
  readonly maxResults?: number;
  readonly pageToken?: string;
}

export interface TraceStore {
  /** Stores whole traces of one experiment. One verdict a trace, in their order. Never rejects. */
  logTraces(
    experimentId: string,
    traces: readonly Trace[],
    signal?: AbortSignal,
  ): Promise<Verdict[]>;
  /** The same at once, for the last moment of a process, where the store can (a local directory can). */
  logTracesSync?(experimentId: string, traces: readonly Trace[]): void;
  /** Undefined when there is none. */
  getTrace(traceId: string): Promise<Trace | undefined>;
  searchTraceInfos(query: TraceQuery): Promise<Page<TraceInfo>>;
}

export interface ExperimentStore {
  getExperiment(experimentId: string): Promise<Experiment | undefined>;
  /** Finds deleted ones too. */
  getExperimentByName(name: string): Promise<Experiment | undefined>;
  /** Throws RESOURCE_ALREADY_EXISTS when the name is taken, also by a deleted experiment. */
  createExperiment(name: string): Promise<string>;
  /** The id of the experiment of this name, made if need be, at once: for `logTracesSync`. */
  ensureExperimentSync?(name: string): string;
  searchExperiments(pageToken?: string): Promise<Page<Experiment>>;
}

/** All that is above a store knows of it; which backend it is stays below. */
export interface TrackingStore
  extends TraceStore,
    ExperimentStore,
    RunStore,
    ArtifactStore,
    ModelStore {
  /** The tracking URI without credentials, for messages and links. */
  readonly uri: string;
  /** Where a person sees this trace, if there is a page for it. */
  traceUrl(experimentId: string, traceId: string): string | undefined;
  /** How much {@link drain} would wait for. */
  undrained?(): number;
  /** Waits for what no verdict waits for: a trace's source and creator, sent when there is time. */
  drain?(): Promise<void>;
  /** Lets go of sockets and timers; what {@link drain} would wait for is given up. */
  close(): Promise<void>;
}
