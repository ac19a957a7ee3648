import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../base/process-state.js";
import type { Destination, RunTarget } from "../delivery/destination.js";
import type { Run, RunStatus } from "../store/run-store.js";

/** A run that is active; leaving the block of an `await using` ends it. */
export interface ActiveRun extends Run {
  /**
   * Ends the run as FINISHED if it is not ended, also when its block has thrown. Never rejects, so that an error of the
   * block is not replaced; `endRun()` in the block rejects if data was lost.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/** An MLflow run that is active in an async context or in the whole process. */
export interface RunContext {
  readonly target: RunTarget;
  /** Where traces made in the run are sent. */
  readonly destination: Destination;
  /** The run around it. */
  readonly parent: RunContext | undefined;
  /** The state of the run at its creation or resumption. Undefined until then. */
  readonly active: ActiveRun | undefined;
  /** The run is ended, or its end has begun. */
  readonly isEnded: boolean;
  /** Resolves when the run's data and its end are stored. Rejects with the first failure of the run. */
  end(status: RunStatus): Promise<void>;
}

interface ActiveRuns {
  /** The runs of `startRun()` with a callback, which are active in the async context of the callback. */
  readonly contexts: AsyncLocalStorage<RunContext> | undefined;
  /** The innermost run of `startRun()` without a callback, which is active in the whole process. */
  processWide: RunContext | undefined;
}

/** Without `contexts` on a runtime without AsyncLocalStorage: there, importing the package must work. */
const runs = shared("runs", (): ActiveRuns => {
  const isAvailable = typeof AsyncLocalStorage === "function";
  return {
    contexts: isAvailable ? new AsyncLocalStorage<RunContext>() : undefined,
    processWide: undefined,
  };
});

/** The innermost run that is not ended. */
export function currentRun(): RunContext | undefined {
  return unended(runs.contexts?.getStore()) ?? unended(runs.processWide);
}

/**
 * The run that data logged here belongs to. Code that is still running in a run's own context after the run has ended
 * logs to that run, which MLflow accepts.
 */
export function runToLogTo(): RunContext | undefined {
  return currentRun() ?? runs.contexts?.getStore();
}

/** Calls `work` with `run` as the active run of everything that `work` starts. */
export function runInside<T>(run: RunContext, work: () => T): T {
  return runs.contexts ? runs.contexts.run(run, work) : work();
}

/** Makes a run the active one of the process. */
export function makeProcessWide(run: RunContext): void {
  runs.processWide = run;
}

/** If the run is the active one of the process, makes the run around it the active one. */
export function leaveProcessWide(run: RunContext): void {
  if (runs.processWide === run) runs.processWide = run.parent;
}

function unended(run: RunContext | undefined): RunContext | undefined {
  let innermost = run;
  while (innermost?.isEnded) innermost = innermost.parent;
  return innermost;
}
