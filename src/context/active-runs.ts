import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../base/process-state.js";
import type { Destination } from "../delivery/destination.js";

/** An MLflow run that is active somewhere: what calls and logs find out about where they belong. */
export interface RunContext {
  /** Where traces made in it go. */
  readonly destination: Destination;
  /** The run around it. */
  readonly parent: RunContext | undefined;
  /** Somebody has ended it, or is about to. */
  isEnded: boolean;
}

interface ActiveRuns {
  /** The runs of `startRun()` with a callback: those know only their own async context. */
  readonly contexts: AsyncLocalStorage<RunContext> | undefined;
  /** The innermost run of `startRun()` without one: active in the whole process. */
  processWide: RunContext | undefined;
}

/** None on a runtime that lacks AsyncLocalStorage: importing us must not fail there. */
const runs = shared("runs", (): ActiveRuns => {
  const isThere = typeof AsyncLocalStorage === "function";
  return {
    contexts: isThere ? new AsyncLocalStorage<RunContext>() : undefined,
    processWide: undefined,
  };
});

/** The innermost run that is not ended. */
export function currentRun(): RunContext | undefined {
  return unended(runs.contexts?.getStore()) ?? unended(runs.processWide);
}

/**
 * The run that data logged here belongs to. What is still going on in a run's own context when it
 * has ended goes on logging to it: MLflow takes that.
 */
export function runToLogTo(): RunContext | undefined {
  return currentRun() ?? runs.contexts?.getStore();
}

/** Calls `work` so that what it starts, now or later, finds itself in this run. */
export function runInside<T>(run: RunContext, work: () => T): T {
  return runs.contexts ? runs.contexts.run(run, work) : work();
}

/** Makes a run the active one of the process. */
export function makeProcessWide(run: RunContext): void {
  runs.processWide = run;
}

/** Lets go of a run that was the active one of the process: the run around it is again. */
export function leaveProcessWide(run: RunContext): void {
  if (runs.processWide === run) runs.processWide = run.parent;
}

function unended(run: RunContext | undefined): RunContext | undefined {
  let innermost = run;
  while (innermost?.isEnded) innermost = innermost.parent;
  return innermost;
}
