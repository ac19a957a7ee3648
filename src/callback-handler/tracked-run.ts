import { randomInt } from "node:crypto";
import { runToLogTo } from "../context/active-runs.js";
import type { OpenRun } from "../context/open-runs.js";
import type { Destination } from "../delivery/destination.js";
import { RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import { newRunTarget } from "../runs/new-run.js";
import { putMaking, putWrite, waitForFiles } from "../runs/put.js";
import { targetOfId } from "../runs/run-targets.js";
import { type RunStatus, RunTagKey } from "../store/run-store.js";
import { SpanType } from "../trace/span.js";
import { readName, readTags } from "./read-event.js";

/** Which run a handler's data goes to. */
export interface RunChoice {
  readonly name: string;
  readonly experiment?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly trackingUri?: string | undefined;
  readonly runId?: string | undefined;
}

export interface TrackedRunEffects {
  /** Puts what is held back on its way. */
  readonly deliver: () => void;
  /** What the run ends as, where it is the handler's own. */
  readonly status: () => RunStatus;
}

/** The run of a handler: one that is there, or its own, which ends with the handler or with the process. */
export class TrackedRun implements OpenRun {
  readonly target: RunTarget;
  readonly parent = undefined;
  isEnded = false;
  readonly #isOwn: boolean;
  readonly #effects: TrackedRunEffects;
  /** What it is to end as, once that is said. */
  #status: RunStatus | undefined;

  /** Chosen here and now: which run is active depends on who calls. */
  constructor(choice: RunChoice, effects: TrackedRunEffects) {
    const existing = findRun(choice);
    this.target = existing ?? makeRun(choice);
    this.#isOwn = existing === undefined;
    this.#effects = effects;
    getPipeline().openRuns.add(this);
    const tags = this.#isOwn ? {} : readTags(choice.tags, whereOf(choice.name));
    if (this.#isOwn) void putMaking(this.target);
    else if (Object.keys(tags).length > 0) void putWrite(this.target, { kind: "logBatch", tags });
  }

  get destination(): Destination {
    return this.target.destination;
  }

  /** Lets go of the run when its files are there; ends it where it is the handler's own. */
  async end(status: RunStatus): Promise<void> {
    this.#status = status;
    await waitForFiles(this.target);
    // The end of the process may have come meanwhile.
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

/** The run that is named, or active where the handler is to log to no other place. */
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
  const around = placeOf(trackingUri);
  const place = experiment === undefined ? around : around.inExperiment(experiment);
  const context = { field: "metadata", name: RunTagKey.RUN_NAME, ...whereOf(name) } as const;
  const runName = withRandomEnd(readName(name, context));
  return newRunTarget({ runName, tags: readTags(tags, whereOf(name)), place });
}

function whereOf(spanName: string) {
  return { spanName, spanType: SpanType.CHAIN };
}

function placeOf(trackingUri: string | undefined): Destination {
  const { tracking } = getPipeline();
  return trackingUri === undefined ? tracking.current() : tracking.inStore(trackingUri);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const RANDOM_CHARACTERS = 7;

/** `langchainrun-%` is `langchainrun-` and seven random letters and digits. */
function withRandomEnd(name: string): string {
  if (!name.endsWith("-%")) return name;
  const end = Array.from({ length: RANDOM_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return name.slice(0, -1) + end.join("");
}
