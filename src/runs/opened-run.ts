import { type ActiveRun, leaveProcessWide, type RunContext } from "../context/active-runs.js";
import type { OpenRun } from "../context/open-runs.js";
import type { Destination, RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import { type Run, RunStatus } from "../store/run-store.js";
import { forgetFailures, putWrite, throwFailures, waitForFiles } from "./put.js";

/** A run that `startRun()` started and that has not ended. */
export class OpenedRun implements OpenRun, RunContext {
  readonly target: RunTarget;
  readonly parent: RunContext | undefined;
  isEnded = false;
  /** Undefined until the run is created. */
  active: ActiveRun | undefined;
  readonly #isProcessWide: boolean;
  #end: Promise<void> | undefined;
  /** The final status, if `end()` was called. */
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

  /** Returns the run in the form that the app receives. */
  show(run: Run): ActiveRun {
    this.active = {
      ...run,
      [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]: () => this.#dispose(),
    } as ActiveRun;
    return this.active;
  }

  /**
   * Resolves when all data logged so far and the final status are stored. Rejects with the first failure of the run.
   * Later calls return the promise of the first call.
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
    // The end of the process may have ended the run in the meantime.
    const isOpen = getPipeline().openRuns.delete(this);
    // throwFailures() also throws a failure of this write.
    if (isOpen) await putWrite(this.target, { kind: "update", status, endTimeMs }).catch(() => {});
    throwFailures(this.target);
  }

  /** Forgets a run that could not be created. */
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
