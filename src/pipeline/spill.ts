import type { Call } from "../trace/call.js";
import type { Destination } from "./destination.js";
import type { TraceOf } from "./send.js";

/** The last moment of a process: what a store can take at once it takes, the rest is counted. */
export function spillCalls(
  calls: readonly Call[],
  traceOf: TraceOf,
  onLost: (count: number, cause?: unknown) => void,
): void {
  for (const [destination, group] of byDestination(calls)) {
    const { store } = destination;
    try {
      const experimentId = experimentIdSync(destination);
      if (experimentId === undefined || !store.logTracesSync) onLost(group.length);
      else {
        const traces = group.map((call) => traceOf(call, experimentId));
        store.logTracesSync(experimentId, traces);
      }
    } catch (cause) {
      onLost(group.length, cause);
    }
  }
}

function byDestination(calls: readonly Call[]): Map<Destination, Call[]> {
  const groups = new Map<Destination, Call[]>();
  for (const call of calls) {
    const destination = call.destination as Destination;
    const group = groups.get(destination);
    if (group) group.push(call);
    else groups.set(destination, [call]);
  }
  return groups;
}

function experimentIdSync({ store, choice, knownId }: Destination): string | undefined {
  if (knownId !== undefined) return knownId;
  if (choice?.by === "id") return choice.experimentId;
  return choice && store.ensureExperimentSync?.(choice.name);
}
