import { invalidParameter } from "../base/errors.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { filledText, integer, positiveInteger, required, texts } from "../settings/kinds.js";
import type { TraceDeletion } from "../store/store.js";
import { currentStore, reported, type StoreOf } from "./feedback/edit-trace.js";

/** The options of {@link deleteTraces}: either `traceIds` or `maxTimestampMillis` is required. */
export interface DeleteTracesOptions {
  readonly experimentId: string;
  readonly traceIds?: readonly string[];
  /** Deletes the traces that started at this time or before: milliseconds since 1970. */
  readonly maxTimestampMillis?: number;
  /** The number of traces to delete, the oldest first. Only with `maxTimestampMillis`. Default: all. */
  readonly maxTraces?: number;
}

const OPTIONS: NamedKinds<DeleteTracesOptions> = {
  experimentId: required(filledText),
  traceIds: texts,
  maxTimestampMillis: integer,
  maxTraces: positiveInteger,
};

/**
 * Deletes traces of an experiment with their spans and assessments, for good. Ignores ids that do not exist. Mirrors
 * `MlflowClient.delete_traces`.
 *
 * @returns the number of traces that were deleted.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, and for options that exclude
 * each other; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await deleteTraces({ experimentId: "0", maxTimestampMillis: Date.now() - 30 * 24 * 3_600_000 });
 */
export function deleteTraces(options: DeleteTracesOptions): Promise<number> {
  const caller = "deleteTraces()";
  return reported(caller, () => deleteTracesIn(caller, options));
}

/** @param storeOf the store. Default: the current one. */
export async function deleteTracesIn(
  caller: string,
  options: DeleteTracesOptions,
  storeOf: StoreOf = currentStore,
): Promise<number> {
  const given = readNamed(caller, options, OPTIONS);
  const which = deletionOf(given);
  const work = async () => {
    const store = storeOf();
    await getPipeline().flush(READ_AFTER_WRITE_MS);
    return store.deleteTraces(given.experimentId, which);
  };
  return hold(work(), ANSWER_TIMEOUT_MS);
}

/** Python's rules. An empty list counts as missing. */
function deletionOf({
  traceIds = [],
  maxTimestampMillis,
  maxTraces,
}: DeleteTracesOptions): TraceDeletion {
  const hasIds = traceIds.length > 0;
  if (maxTimestampMillis === undefined) {
    if (!hasIds) {
      throw invalidParameter("Either `maxTimestampMillis` or `traceIds` must be specified.");
    }
    if (maxTraces === undefined) return { traceIds };
    throw invalidParameter("`maxTraces` can't be specified if `traceIds` is specified.");
  }
  if (hasIds) {
    throw invalidParameter("Only one of `maxTimestampMillis` and `traceIds` can be specified.");
  }
  return { maxTimestampMs: maxTimestampMillis, ...(maxTraces !== undefined && { maxTraces }) };
}
