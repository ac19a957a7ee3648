import { shared } from "../base/process-state.js";
import { runToLogTo } from "../context/active-runs.js";
import { RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import type { OpenedRun } from "./opened-run.js";
import { checkRunId } from "./validation.js";

const MAX_REMEMBERED = 1000;

/** Runs by id: data logged to one keeps its order, whichever way it is named. */
const known = shared("runTargets", () => new Map<string, RunTarget>());

/** The run of this id, of which it is not known whether it is there. */
export function targetOfId(runId: string): RunTarget {
  const place = getPipeline().tracking.current();
  const target =
    known.get(keyOf(place.store.uri, checkRunId(runId))) ?? new RunTarget(place, { runId });
  rememberTarget(target, runId);
  return target;
}

export function rememberTarget(target: RunTarget, runId: string): void {
  const key = keyOf(target.store.uri, runId);
  known.delete(key);
  known.set(key, target);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_REMEMBERED) break;
    known.delete(oldest);
  }
}

/** Where data goes that is logged here: the run of this id, the active one, or what `open` opens. */
export function targetToLogTo(runId: string | undefined, open: () => OpenedRun): RunTarget {
  if (runId !== undefined) return targetOfId(runId);
  return (runToLogTo() ?? open()).target;
}

function keyOf(uri: string, runId: string): string {
  return `${uri} ${runId}`;
}
