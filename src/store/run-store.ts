/** What a run can be, in MLflow's words. */
export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

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

/** A run of MLflow, as it was when it was read. */
export interface Run {
  readonly info: RunInfo;
  readonly data: RunData;
}
