import { runToLogTo } from "../context/active-runs.js";
import type { RunTarget } from "../pipeline/run-target.js";
import { openImplicitRun } from "./open-run.js";
import type { OpenedRun } from "./opened-run.js";
import { targetToLogTo } from "./run-targets.js";

/**
 * The run that something belongs to which is logged here: that of this id, or the active one. With
 * `opens` one is opened where there is none, as for any other data.
 */
export function logTarget(runId: string | undefined, opens?: true): RunTarget | undefined {
  if (runId !== undefined || opens) return targetToLogTo(runId, openImplicitRun);
  return (runToLogTo() as OpenedRun | undefined)?.target;
}
