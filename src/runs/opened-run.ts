import { leaveProcessWide } from "../context/active-runs.js";
import type { OpenRun } from "../pipeline/open-runs.js";
import { getPipeline } from "../pipeline/pipeline.js";
import type { RunTarget } from "../pipeline/run-target.js";
import { type Run, RunStatus } from "../store/run-store.js";
import { putWrite, waitForFiles } from "./put.js";
import { told } from "./told.js";

/** A run that is active; leaving the block of an `await using` ends it. */
export interface ActiveRun extends Run {
  /** Ends the run as FINISHED, if nobody has ended it: whether its block threw does not show here. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A run that `startRun()` has started, until it is ended. */
export class OpenedRun implements OpenRun {
  readonly target: RunTarget;
  readonly parent: OpenedRun | undefined;
  isEnded = false;
  /** Known when it is made. */
  active: ActiveRun | undefined;
  readonly #isProcessWide: boolean;
  #end: Promise<void> | undefined;
  /** What it is to end as, once somebody has said so. */
  #status: RunStatus | undefined;

  constructor(target: RunTarget, parent: OpenedRun | undefined, isProcessWide: boolean) {
    this.target = target;
    this.parent = parent;
    this.#isProcessWide = isProcessWide;
    getPipeline().openRuns.add(this);
  }

  get destination(): unknown {
    return this.target.destination;
  }

  /** What the developer gets of it. */
  show(run: Run): ActiveRun {
    this.active = {
      ...run,
      [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]: () =>
        told(() => this.end(RunStatus.FINISHED)),
    } as ActiveRun;
    return this.active;
  }

  /** Resolves when all that was logged before is delivered, and the end is. The first word counts. */
  end(status: RunStatus): Promise<void> {
    this.#end ??= this.#endAs(status);
    return this.#end;
  }

  async #endAs(status: RunStatus): Promise<void> {
    this.#leave();
    this.#status = status;
    const endTimeMs = Date.now();
    await waitForFiles(this.target);
    if (this.#isTaken()) return;
    await putWrite(this.target, { kind: "update", status, endTimeMs });
  }

  /** False once the end of the process has ended it meanwhile. */
  #isTaken(): boolean {
    return !getPipeline().openRuns.delete(this);
  }

  /** Its making failed: there is nothing to end. */
  discard(): void {
    this.#leave();
    this.#end = Promise.resolve();
    getPipeline().openRuns.delete(this);
  }

  #leave(): void {
    this.isEnded = true;
    leaveProcessWide(this);
  }

  endWithProcess(): void {
    this.#leave();
    const status = this.#status ?? (this.#isProcessWide ? RunStatus.FINISHED : RunStatus.KILLED);
    const ended = told(() =>
      putWrite(this.target, { kind: "update", status, endTimeMs: Date.now() }),
    );
    this.#end ??= ended;
  }
}
