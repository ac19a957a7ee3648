import { dirname, resolve } from "node:path";
import { guard } from "../base/log.js";
import { readGitSource } from "../context/git-source.js";
import { readSource } from "../context/source.js";
import { Destination, RunTarget } from "../delivery/destination.js";
import { knownRun, rememberRun } from "../delivery/known-runs.js";
import { getPipeline } from "../recording/pipeline.js";
import { type NewRun, RunTagKey } from "../store/run-store.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { checkRunId } from "./validation.js";

/** The run with this id. Whether it exists is not checked. */
export function targetOfId(runId: string): RunTarget {
  const place = getPipeline().tracking.current();
  const target = knownRun(place.store.uri, checkRunId(runId)) ?? new RunTarget(place, { runId });
  rememberRun(target, runId);
  return target;
}

export interface NewRunOptions {
  readonly runName?: string | undefined;
  /** Default: the active experiment. */
  readonly experimentId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
  readonly parent?: RunTarget | undefined;
  /** Default: the current store and the active experiment. */
  readonly place?: Destination;
}

/** A run that is created when data is first sent to it. It does not become the active run. */
export function newRunTarget(options: NewRunOptions): RunTarget {
  const { experimentId, parent, place: given, ...named } = options;
  const current = given ?? getPipeline().tracking.current();
  const place =
    experimentId === undefined
      ? current
      : new Destination(current.store, { by: "id", experimentId });
  const startTimeMs = Date.now();
  return new RunTarget(place, {
    parent,
    create: (parentRunId) => newRun(named, startTimeMs, parentRunId),
  });
}

function newRun(
  { runName, tags }: NewRunOptions,
  startTimeMs: number,
  parentRunId: string | undefined,
): Omit<NewRun, "experimentId"> {
  const source = sourceTags();
  return {
    userId: source[TraceMetadataKey.MLFLOW_USER] ?? "unknown",
    startTimeMs,
    ...(runName !== undefined && { runName }),
    tags: {
      ...source,
      ...tags,
      ...(parentRunId !== undefined && { [RunTagKey.PARENT_RUN_ID]: parentRunId }),
      ...(runName !== undefined && { [RunTagKey.RUN_NAME]: runName }),
    },
  };
}

let knownSourceTags: Readonly<Record<string, string>> | undefined;

/** The user, program and Git commit, which Python's client adds to every run and logged model. Read once. */
export function sourceTags(): Readonly<Record<string, string>> {
  knownSourceTags ??= guard("source", () => {
    const script = process.argv[1];
    const { commit } = readGitSource(script ? dirname(resolve(script)) : process.cwd()) ?? {};
    return { ...readSource(), ...(commit && { [RunTagKey.GIT_COMMIT]: commit }) };
  })();
  return knownSourceTags ?? {};
}
