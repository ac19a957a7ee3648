import {
  MAX_ENTITIES,
  MAX_METRICS,
  MAX_PARAMS,
  MAX_TAGS,
  type RunWrite,
} from "../store/run-store.js";
import type { RunTarget } from "./run-target.js";

/** Something to be done for a run. Jobs of one lane are done one after the other. */
export interface RunJob {
  readonly run: RunTarget;
  readonly lane: object;
  /** Held in memory for it. */
  readonly bytes: number;
  readonly work: RunWork;
  /** Whether the caller reports a failure itself. */
  readonly callerReports?: boolean;
  /** Called once, when it is stored or lost. */
  readonly settle: (failure?: Error) => void;
}

export type RunWork =
  /** Sent together with its neighbours, where that goes. */
  | { readonly kind: "write"; readonly write: RunWrite }
  /** Anything else. May be called again when it failed in a way that may pass. */
  | {
      readonly kind: "task";
      /** Names it in reports: `artifact 'a.txt'`. */
      readonly what: string;
      readonly perform: (runId: string, signal: AbortSignal) => Promise<void>;
      /** The same at once, for the last moment of a process, where that goes. */
      readonly performSync?: (runId: string) => void;
    };

/** What a job logs, as a report of its loss names it. */
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

/** Jobs that one request does. */
export interface RunBatch {
  readonly jobs: readonly RunJob[];
  readonly work: RunWork;
}

/** Puts together what may be sent together, in its order, within MLflow's limits. */
export function toBatches(jobs: readonly RunJob[]): RunBatch[] {
  const batches: RunBatch[] = [];
  let open: OpenBatch | undefined;
  for (const job of jobs) {
    const { work } = job;
    if (work.kind !== "write" || work.write.kind !== "logBatch") {
      open = undefined;
      batches.push({ jobs: [job], work });
    } else if (!open?.takes(work.write)) {
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

  takes({ metrics = [], params = {}, tags = {} }: LogBatch): boolean {
    const metricCount = this.#metrics.length + metrics.length;
    const paramCount = this.#paramCount + Object.keys(params).length;
    const tagCount = this.#tagCount + Object.keys(tags).length;
    return (
      metricCount <= MAX_METRICS &&
      paramCount <= MAX_PARAMS &&
      tagCount <= MAX_TAGS &&
      metricCount + paramCount + tagCount <= MAX_ENTITIES &&
      // Another value of a param is refused: alone, so that it takes nothing with it.
      Object.entries(params).every(([key, value]) => (this.#params[key] ?? value) === value)
    );
  }

  add(job: RunJob, { metrics = [], params = {}, tags = {} }: LogBatch): void {
    this.jobs.push(job);
    this.#metrics.push(...metrics);
    Object.assign(this.#params, params);
    Object.assign(this.#tags, tags);
    // An upper bound: a key that comes again counts again.
    this.#paramCount += Object.keys(params).length;
    this.#tagCount += Object.keys(tags).length;
  }
}
