import { Destination, RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import { type NewRun, RunTagKey } from "../store/run-store.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { sourceTags } from "./source-tags.js";

export interface NewRunOptions {
  readonly runName?: string | undefined;
  /** Default: the experiment in force. */
  readonly experimentId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
  readonly parent?: RunTarget | undefined;
  /** Default: the store and the experiment in force. */
  readonly place?: Destination;
}

/** A run that is made when something first needs it. It is nobody's active run. */
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
