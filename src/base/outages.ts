import { isSilent, logWarning } from "./log.js";
import { shared } from "./process-state.js";

/** A warning that was logged. */
interface Logged {
  readonly place: string;
  readonly atMs: number;
  /** Whether the place has worked since then. */
  isOver: boolean;
  /** How long the warning is not logged again. */
  readonly restMs: number;
}

const MIN_REST_MS = 60_000;
const MAX_REST_MS = 60 * 60 * 1000;

/** The place of warnings that concern all servers: each of them ends their outage. */
export const ANY_PLACE = "any";

const logged = shared("outages", () => new Map<string, Logged>());

/**
 * Logs a warning to stderr once per key and outage. For a place that fails and works in turn, the time between two lines grows from a
 * minute to an hour.
 *
 * @param place what fails: the URI of a server, or a folder.
 */
export function warnInOutage(place: string, key: string, message: string): void {
  const nowMs = performance.now();
  const earlier = logged.get(key);
  const sinceMs = earlier ? nowMs - earlier.atMs : Number.POSITIVE_INFINITY;
  const isLogged = earlier && (!earlier.isOver || sinceMs < earlier.restMs);
  logWarning(message, isLogged);
  if (isLogged || isSilent()) return;
  const isOften = sinceMs < 2 * MAX_REST_MS;
  const restMs = earlier && isOften ? Math.min(2 * earlier.restMs, MAX_REST_MS) : MIN_REST_MS;
  logged.set(key, { place, atMs: nowMs, isOver: false, restMs });
}

/** The place works: the next failure is another outage. */
export function endOutage(place: string): void {
  for (const warning of logged.values()) {
    if (warning.place === place || warning.place === ANY_PLACE) warning.isOver = true;
  }
}
