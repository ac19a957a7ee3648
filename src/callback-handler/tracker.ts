import { warnOnce } from "../base/log.js";
import type { PlainObject } from "../data/plain.js";
import type { RunTarget } from "../delivery/destination.js";
import type { LangChainModel } from "../models/set-model.js";
import { getPipeline } from "../recording/pipeline.js";
import { pieces } from "../runs/log.js";
import { putBytes } from "../runs/log-artifacts.js";
import { reportRejection } from "../runs/log-to-run.js";
import { putWrite } from "../runs/put.js";
import { joinArtifactPath } from "../store/artifact-path.js";
import { MAX_METRICS, type Metric, RunStatus } from "../store/run-store.js";
import { logAsset, type SeenCall } from "./asset.js";
import { Counters } from "./counters.js";
import { type Exchange, TrackedCalls } from "./tracked-calls.js";
import { BoundedList, HeldFiles, putTables } from "./tracked-files.js";
import { type RunChoice, TrackedRun } from "./tracked-run.js";

/** Above this size, held files are put into the queue before the next flush. */
const MAX_HELD_CHARACTERS = 2_000_000;
const FILES_AT_ONCE = 100;
/** Leaves room for the metrics of one event in a request of MAX_METRICS. */
const MAX_HELD_POINTS = MAX_METRICS - 100;
const MAX_RECORDS = 5000;
const MAX_RECORD_CHARACTERS = 16_000_000;

export interface TrackerOptions extends RunChoice {
  readonly artifactsDir: string;
}

/** A step that is recorded. */
export interface ActionEvent {
  readonly action: string;
  /** The file name without the extension. */
  readonly file: string;
  readonly fields: PlainObject;
  /** Metrics in addition to the counters. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** The state of a handler: the calls, the data that is not delivered yet, and the run. */
export class Tracker {
  readonly counters = new Counters();
  readonly calls = new TrackedCalls();
  /** The last root call that succeeded. */
  seen: SeenCall | undefined;
  hasRootFailed = false;
  readonly #options: TrackerOptions;
  readonly #files: HeldFiles;
  readonly #records = boundedRows<PlainObject>();
  readonly #exchanges = boundedRows<Exchange>();
  #areTablesCurrent = true;
  #points: Metric[] = [];
  #pointsSentAtMs = 0;
  #run: TrackedRun | undefined;
  #latestRun: TrackedRun | undefined;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#files = new HeldFiles(options.artifactsDir);
  }

  get runId(): string | undefined {
    return this.#latestRun?.target.id;
  }

  /** Records a step as metrics, a JSON file and a row of a table. */
  record({ action, file, fields, metrics = {} }: ActionEvent, characters: number): void {
    this.#openRun();
    const counts = this.counters.row;
    const record = { action, ...fields, ...counts };
    this.#records.add(record, characters);
    this.#files.add(file, record, characters);
    this.#areTablesCurrent = false;
    this.#addPoints({ ...counts, ...metrics }, counts.step);
    if (this.#files.characters > MAX_HELD_CHARACTERS) this.#putSoon((run) => this.#putFiles(run));
  }

  exchange(exchange: Exchange, characters: number): void {
    this.#exchanges.add(exchange, characters);
  }

  /** Puts all held data into the queue, and the tables if they have changed. */
  deliver(): Promise<unknown>[] {
    const run = this.#run?.target;
    if (!run) return [];
    const tables = this.#areTablesCurrent ? [] : this.#putTables(run);
    return [...this.#putPoints(run), ...this.#putFiles(run), ...tables];
  }

  /** Resolves when all data is delivered and the asset is logged. */
  async flush(asset: string | LangChainModel | undefined, finish: boolean): Promise<void> {
    if (asset !== undefined) this.#openRun();
    const run = this.#run;
    if (!run) return;
    const { seen } = this;
    const delivered = this.deliver();
    const status = this.#status;
    if (finish) this.#reset();
    try {
      await Promise.all(delivered);
      if (asset !== undefined) await logAsset(run.target, asset, seen);
    } finally {
      if (finish) await run.end(status);
    }
  }

  /** Delivers the data of a handler that was garbage-collected, and ends its run. */
  abandon(): void {
    void reportRejection("An MlflowCallbackHandler", this.flush(undefined, true));
  }

  get #status(): RunStatus {
    return this.hasRootFailed ? RunStatus.FAILED : RunStatus.FINISHED;
  }

  #openRun(): void {
    if (this.#run) return;
    this.#pointsSentAtMs = performance.now();
    this.#run = new TrackedRun(this.#options, {
      deliver: () => void this.deliver(),
      status: () => this.#status,
    });
    this.#latestRun = this.#run;
  }

  #reset(): void {
    this.counters.reset();
    this.#records.clear();
    this.#exchanges.clear();
    this.seen = undefined;
    this.hasRootFailed = false;
    this.#run = undefined;
  }

  /**
   * Holds metrics until the root call ends, so that they are sent together. During a long call, sends them every
   * `flushIntervalMs`, as traces are.
   */
  #addPoints(metrics: Readonly<Record<string, number>>, step: number): void {
    const timestampMs = Date.now();
    for (const [key, value] of Object.entries(metrics)) {
      this.#points.push({ key, value, timestampMs, step });
    }
    const isAtRest = this.calls.takeRootEnd() || this.calls.roots === 0;
    const waitedMs = performance.now() - this.#pointsSentAtMs;
    const isLong = waitedMs >= getPipeline().options.flushIntervalMs;
    if (isAtRest || isLong || this.#points.length >= MAX_HELD_POINTS) {
      this.#putSoon((run) => this.#putPoints(run));
    }
  }

  #putSoon(put: (run: RunTarget) => readonly Promise<unknown>[]): void {
    const run = this.#run?.target;
    if (run) put(run);
  }

  #putPoints(run: RunTarget): Promise<void>[] {
    const points = this.#points;
    this.#points = [];
    this.#pointsSentAtMs = performance.now();
    if (points.length === 0) return [];
    return pieces(points, MAX_METRICS).map((metrics) =>
      putWrite(run, { kind: "logBatch", metrics }),
    );
  }

  #putFiles(run: RunTarget): Promise<void>[] {
    return pieces(this.#files.takeAll(), FILES_AT_ONCE).map((files) => putBytes(run, ...files));
  }

  #putTables(run: RunTarget): Promise<void>[] {
    this.#areTablesCurrent = true;
    const { artifactsDir } = this.#options;
    return putTables(run, this.#records.items, this.#exchanges.items, (name) =>
      joinArtifactPath(artifactsDir, name),
    );
  }
}

function boundedRows<T>(): BoundedList<T> {
  return new BoundedList<T>(MAX_RECORDS, MAX_RECORD_CHARACTERS, () =>
    warnOnce(
      "tracker rows",
      `the tables of an MlflowCallbackHandler dropped the oldest rows: they keep at most ${MAX_RECORDS} rows. Call flushTracker(undefined, { finish: true }) to start new tables.`,
    ),
  );
}
