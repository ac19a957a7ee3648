import { shared } from "../base/process-state.js";
import type { RunTarget } from "./destination.js";

const MAX_REMEMBERED = 1000;

/** One target for each run id, so that all data logged to a run keeps its order. */
const known = shared("runTargets", () => new Map<string, RunTarget>());

/** The target of a run to which this process logs. */
export function knownRun(uri: string, runId: string): RunTarget | undefined {
  return known.get(keyOf(uri, runId));
}

export function rememberRun(target: RunTarget, runId: string): void {
  const key = keyOf(target.store.uri, runId);
  known.delete(key);
  known.set(key, target);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_REMEMBERED) break;
    known.delete(oldest);
  }
}

function keyOf(uri: string, runId: string): string {
  return `${uri} ${runId}`;
}
