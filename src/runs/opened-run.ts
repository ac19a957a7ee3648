import { type ActiveRun, leaveProcessWide, type RunContext } from "../context/active-runs.js";
import type { OpenRun } from "../context/open-runs.js";
import type { Destination, RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import { type Run, RunStatus } from "../store/run-store.js";
import { putWrite, waitForFiles } from "./put.js";
import { forgetFailures, throwFailures } from "./run-failures.js";

/** A run that `startRun()` has started, until it is ended. */
export class OpenedRun implements OpenRun, RunContext {
  readonly target: RunTarget;
  readonly parent: RunContext | undefined;
  isEnded = false;
  /** Known when it is made. */
  active: ActiveRun | undefined;
  readonly #isProcessWide: boolean;
  #end: Promise<void> | undefined;
  /** What it is to end as, once somebody has said so. */
  #status: RunStatus | undefined;

  constructor(target: RunTarget, parent: RunContext | undefined, isProcessWide: boolean) {
    this.target = target;
    this.parent = parent;
    this.#isProcessWide = isProcessWide;
    forgetFailures(target);
    getPipeline().openRuns.add(this);
  }

  get destination(): Destination {
    return this.target.destination;
  }

  /** What the developer gets of it. */
  show(run: Run): ActiveRun {
    this.active = {
      ...run,
      [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]: () => this.#dispose(),
    } as ActiveRun;
    return this.active;
  }

  /**
   * Resolves when all that was logged before is stored, and the end; rejects with the first failure of the run. Only
   * the first call counts.
   */
  end(status: RunStatus): Promise<void> {
    this.#end ??= this.#endAs(status);
    getPipeline().keepAlive.until(this.#end);
    return this.#end;
  }

  #dispose(): Promise<void> {
    return this.end(RunStatus.FINISHED).catch(() => {});
  }

  async #endAs(status: RunStatus): Promise<void> {
    this.#leave();
    this.#status = status;
    const endTimeMs = Date.now();
    await waitForFiles(this.target);
    // The end of the process may have ended it meanwhile.
    const isOpen = getPipeline().openRuns.delete(this);
    // A failure of this write is one of the run's, too.
    if (isOpen) await putWrite(this.target, { kind: "update", status, endTimeMs }).catch(() => {});
    throwFailures(this.target);
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
    const ended = putWrite(this.target, { kind: "update", status, endTimeMs: Date.now() });
    this.#end ??= ended;
  }
}
