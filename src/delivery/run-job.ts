import {
  MAX_ENTITIES,
  MAX_METRICS,
  MAX_PARAMS,
  MAX_TAGS,
  type RunWrite,
} from "../store/run-store.js";
import type { RunTarget } from "./destination.js";

/** A write to a run, or work for it. Jobs of one lane run one after the other. */
export interface RunJob {
  readonly run: RunTarget;
  readonly lane: object;
  /** When the app has logged the data, from `timeOfWrite()`. */
  readonly atMs: number;
  /** Memory that the job holds. */
  readonly bytes: number;
  readonly work: RunWork;
  /** Whether the caller reports a failure itself. */
  readonly callerReports?: boolean;
  /** Whether an earlier process has logged the data. Nothing waits for it. */
  readonly isReplayed?: boolean;
  /** Identifies a job that was read from disk. */
  readonly key?: string | undefined;
  /** Called once, when the job is done or lost. */
  readonly settle: (failure?: Error) => void;
}

/** A file in memory. */
export interface FileToLog {
  /** Its path among the artifacts of the run. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Resolves with the paths of the artifacts that it has uploaded. */
export type PerformTask = (runId: string, signal: AbortSignal) => Promise<readonly string[]>;

export type RunWork =
  /** Sent in one request with other writes, if possible. */
  | { readonly kind: "write"; readonly write: RunWrite }
  /** Any other work. Called again after a transient failure. */
  | {
      readonly kind: "task";
      /** Its name in reports, such as `artifact 'a.txt'`. */
      readonly what: string;
      readonly perform: PerformTask;
      /** Does the same synchronously, at the end of the process. */
      readonly performSync?: (runId: string) => void;
      /**
       * The files whose upload is the work, for a process that does it later. Undefined, or a result of undefined: the work
       * cannot be done later.
       */
      readonly files?: () => readonly FileToLog[] | undefined;
    };

/** The names of the data that a job logs, for the report of its loss. */
export function namesOf({ work }: RunJob): string[] {
  if (work.kind === "task") return [work.what];
  const { write } = work;
  switch (write.kind) {
    case "update":
      return [`status ${write.status}`];
    case "deleteTag":
      return [`the deletion of tag '${write.key}'`];
    case "logInputs":
      return write.datasets.map(({ dataset }) => `dataset '${dataset.name}'`);
    default:
      return [
        ...(write.metrics ?? []).map(({ key }) => `metric '${key}'`),
        ...Object.keys(write.params ?? {}).map((key) => `param '${key}'`),
        ...Object.keys(write.tags ?? {}).map((key) => `tag '${key}'`),
      ];
  }
}

/** Jobs that share one request. */
export interface RunBatch {
  readonly jobs: readonly RunJob[];
  readonly work: RunWork;
}

/** Groups jobs that can share a request, in their order and within MLflow's limits. */
export function toBatches(jobs: readonly RunJob[]): RunBatch[] {
  const batches: RunBatch[] = [];
  let open: OpenBatch | undefined;
  for (const job of jobs) {
    const { work } = job;
    if (work.kind !== "write" || work.write.kind !== "logBatch") {
      open = undefined;
      batches.push({ jobs: [job], work });
    } else if (!open?.fits(work.write)) {
      open = new OpenBatch();
      open.add(job, work.write);
      batches.push(open);
    } else open.add(job, work.write);
  }
  return batches;
}

type LogBatch = Extract<RunWrite, { kind: "logBatch" }>;

class OpenBatch implements RunBatch {
  readonly jobs: RunJob[] = [];
  readonly #metrics: NonNullable<LogBatch["metrics"]>[number][] = [];
  readonly #params: Record<string, string> = Object.create(null);
  readonly #tags: Record<string, string> = Object.create(null);
  #paramCount = 0;
  #tagCount = 0;

  get work(): RunWork {
    const [first] = this.jobs;
    if (first && this.jobs.length === 1) return first.work;
    const write: LogBatch = {
      kind: "logBatch",
      metrics: this.#metrics,
      params: this.#params,
      tags: this.#tags,
    };
    return { kind: "write", write };
  }

  fits({ metrics = [], params = {}, tags = {} }: LogBatch): boolean {
    const metricCount = this.#metrics.length + metrics.length;
    const paramCount = this.#paramCount + Object.keys(params).length;
    const tagCount = this.#tagCount + Object.keys(tags).length;
    return (
      metricCount <= MAX_METRICS &&
      paramCount <= MAX_PARAMS &&
      tagCount <= MAX_TAGS &&
      metricCount + paramCount + tagCount <= MAX_ENTITIES &&
      // MLflow rejects a second value of a param, and with it the whole request.
      Object.entries(params).every(([key, value]) => (this.#params[key] ?? value) === value)
    );
  }

  add(job: RunJob, { metrics = [], params = {}, tags = {} }: LogBatch): void {
    this.jobs.push(job);
    this.#metrics.push(...metrics);
    Object.assign(this.#params, params);
    Object.assign(this.#tags, tags);
    // An upper bound: repeated keys count again.
    this.#paramCount += Object.keys(params).length;
    this.#tagCount += Object.keys(tags).length;
  }
}
