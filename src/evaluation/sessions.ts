import { invalidParameter } from "../base/errors.js";
import { attempt } from "../base/show.js";
import type { RunTarget } from "../delivery/destination.js";
import type { Scorer } from "../scorers/scorer.js";
import type { Experiment } from "../store/store.js";
import { TraceMetadataKey } from "../trace/trace.js";
import type { Trace } from "../tracing/read-trace.js";

/** One conversation, and the scorers that receive it. */
export interface Session {
  readonly id: string;
  /** Oldest first. The feedback is logged to the first. */
  readonly traces: readonly Trace[];
  readonly scorers: readonly Scorer[];
}

/** The experiment tag that names the levels of its session ids. */
const HIERARCHY_TAG = "mlflow.experiment.sessionHierarchy";

/**
 * Checks the levels that scorers name, before a model is called.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if the experiment does not declare a level.
 */
export async function checkSessionLevels(
  scorers: readonly Scorer[],
  run: RunTarget | undefined,
): Promise<void> {
  const named = scorers.filter(({ sessionLevel }) => typeof sessionLevel === "string");
  if (named.length === 0) return;
  const experiment = await run?.destination.experiment();
  for (const level of new Set(named.map(({ sessionLevel }) => String(sessionLevel)))) {
    depthOf(
      level,
      experiment,
      named.filter(({ sessionLevel }) => sessionLevel === level),
    );
  }
}

/**
 * Groups traces by their sessions, for each level that scorers name.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if the experiment does not declare the level.
 */
export function sessionsOf(
  traces: readonly Trace[],
  scorers: readonly Scorer[],
  experiment: Experiment | undefined,
): Session[] {
  const levels = new Set(scorers.map(({ sessionLevel }) => sessionLevel));
  return [...levels].flatMap((level) => {
    const ofLevel = scorers.filter(({ sessionLevel }) => sessionLevel === level);
    const depth = typeof level === "string" ? depthOf(level, experiment, ofLevel) : undefined;
    return [...grouped(traces, depth)].map(([id, group]) => ({
      ...{ id, scorers: ofLevel },
      traces: group.toSorted((a, b) => a.info.requestTime - b.info.requestTime),
    }));
  });
}

function grouped(traces: readonly Trace[], depth: number | undefined): Map<string, Trace[]> {
  const groups = new Map<string, Trace[]>();
  for (const trace of traces) {
    const session = trace.info.traceMetadata[TraceMetadataKey.SESSION];
    if (!session) continue;
    const id = depth === undefined ? session : prefixOf(session, depth);
    groups.set(id, [...(groups.get(id) ?? []), trace]);
  }
  return groups;
}

/** A session id may be a list of ids as JSON: one for each level. */
function prefixOf(session: string, depth: number): string {
  const parts: unknown = attempt(() => JSON.parse(session));
  return Array.isArray(parts) ? JSON.stringify(parts.slice(0, depth)) : session;
}

function depthOf(
  level: string,
  experiment: Experiment | undefined,
  scorers: readonly Scorer[],
): number {
  const tag = experiment?.tags[HIERARCHY_TAG];
  const levels: unknown = tag === undefined ? undefined : attempt(() => JSON.parse(tag));
  const names = Array.isArray(levels) ? levels : [];
  const position = names.indexOf(level);
  if (position >= 0) return position + 1;
  const listed = scorers.map(({ name }) => `'${name}'`).join(", ");
  throw invalidParameter(
    `The session level '${level}' of ${listed} is not declared by the experiment${experiment ? ` '${experiment.name}'` : ""}. ${names.length > 0 ? `Its levels are ${names.join(", ")}.` : `It has no tag \`${HIERARCHY_TAG}\`.`}`,
  );
}
