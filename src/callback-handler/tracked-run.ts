import { randomInt } from "node:crypto";
import { runToLogTo } from "../context/active-runs.js";
import type { OpenRun } from "../context/open-runs.js";
import { type Destination, RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import { putRunCreation, putWrite, waitForFiles } from "../runs/put.js";
import { newRunTarget, targetOfId } from "../runs/run-targets.js";
import { type RunStatus, RunTagKey } from "../store/run-store.js";
import { SpanType } from "../trace/span.js";
import { readName, readTags } from "./read-event.js";

/** The options that choose the run of a handler. */
export interface RunChoice {
  readonly name: string;
  readonly experiment?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly trackingUri?: string | undefined;
  readonly runId?: string | undefined;
}

export interface TrackedRunEffects {
  /** Puts all data of the handler into the queue. */
  readonly deliver: () => void;
  /** Returns the final status of a run that the handler started. */
  readonly status: () => RunStatus;
}

/** The run of a handler: an existing run, or a new run, which ends when the handler is finished or the process ends. */
export class TrackedRun implements OpenRun {
  readonly target: RunTarget;
  readonly parent = undefined;
  isEnded = false;
  readonly #isOwn: boolean;
  readonly #effects: TrackedRunEffects;
  /** The final status, if `end()` was called. */
  #status: RunStatus | undefined;

  /** Chooses the run. Call it in the async context of the LangChain event, because that context has the active run. */
  constructor(choice: RunChoice, effects: TrackedRunEffects) {
    const existing = findRun(choice);
    this.target = existing ?? makeRun(choice);
    this.#isOwn = existing === undefined;
    this.#effects = effects;
    getPipeline().openRuns.add(this);
    const tags = this.#isOwn ? {} : readTags(choice.tags, chainContext(choice.name));
    if (this.#isOwn) void putRunCreation(this.target);
    else if (Object.keys(tags).length > 0) void putWrite(this.target, { kind: "logBatch", tags });
  }

  get destination(): Destination {
    return this.target.destination;
  }

  /** Waits for the files of the run, then releases the run, and ends it if the handler started it. */
  async end(status: RunStatus): Promise<void> {
    this.#status = status;
    await waitForFiles(this.target);
    // `endWithProcess()` may have ended the run in the meantime.
    if (getPipeline().openRuns.delete(this)) await this.#endAs(status);
  }

  endWithProcess(): void {
    this.#effects.deliver();
    const status = this.#status ?? this.#effects.status();
    this.#endAs(status).catch(() => {});
  }

  async #endAs(status: RunStatus): Promise<void> {
    this.isEnded = true;
    if (!this.#isOwn) return;
    await putWrite(this.target, { kind: "update", status, endTimeMs: Date.now() });
  }
}

/**
 * Returns the run with the id `runId`. Without `runId`, returns the active run, or undefined if the options name a
 * tracking URI or an experiment.
 */
function findRun({ runId, trackingUri, experiment }: RunChoice): RunTarget | undefined {
  if (runId !== undefined) {
    return trackingUri === undefined
      ? targetOfId(runId)
      : new RunTarget(placeOf(trackingUri), { runId });
  }
  if (trackingUri !== undefined || experiment !== undefined) return undefined;
  return runToLogTo()?.target;
}

function makeRun({ name, experiment, tags, trackingUri }: RunChoice): RunTarget {
  const active = placeOf(trackingUri);
  const place = experiment === undefined ? active : active.inExperiment(experiment);
  const context = { field: "metadata", name: RunTagKey.RUN_NAME, ...chainContext(name) } as const;
  const runName = withRandomEnd(readName(name, context));
  return newRunTarget({ runName, tags: readTags(tags, chainContext(name)), place });
}

/** The run's own values are passed to the user's `redact` function as values of a chain. */
function chainContext(spanName: string) {
  return { spanName, spanType: SpanType.CHAIN };
}

function placeOf(trackingUri: string | undefined): Destination {
  const { tracking } = getPipeline();
  return trackingUri === undefined ? tracking.current() : tracking.inStore(trackingUri);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const RANDOM_CHARACTERS = 7;

/** `langchainrun-%` becomes `langchainrun-` with seven random letters and digits. */
function withRandomEnd(name: string): string {
  if (!name.endsWith("-%")) return name;
  const end = Array.from({ length: RANDOM_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return name.slice(0, -1) + end.join("");
}
