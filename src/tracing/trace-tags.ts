import { checkArgument } from "../settings/check-options.js";
import { filledText, text } from "../settings/kinds.js";
import { editTrace, reported, traceIdKind } from "./feedback/edit-trace.js";

/** The width of the server's column. Longer values are cut, as in traces. */
const MAX_VALUE_CHARACTERS = 4096;

/**
 * Sets a tag of a trace, also of one that is still open. Mirrors `mlflow.set_trace_tag`.
 *
 * @param value a text. Its first 4096 characters are stored.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an invalid argument; RESOURCE_DOES_NOT_EXIST if the trace does not
 * exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await setTraceTag(trace.info.traceId, "reviewed", "yes");
 */
export function setTraceTag(traceId: string, key: string, value: string): Promise<void> {
  const caller = "setTraceTag()";
  return reported(caller, async () => {
    checkArgument(caller, "traceId", traceIdKind, traceId);
    checkArgument(caller, "key", filledText, key);
    const stored = checkArgument(caller, "value", text, value).slice(0, MAX_VALUE_CHARACTERS);
    await editTrace(traceId, (place) => place.setTraceTag(traceId, key, stored.toWellFormed()));
  });
}

/**
 * Deletes a tag of a trace, also of one that is still open. Mirrors `mlflow.delete_trace_tag`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an invalid argument; RESOURCE_DOES_NOT_EXIST if the trace or the
 * tag does not exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await deleteTraceTag(traceId, "reviewed");
 */
export function deleteTraceTag(traceId: string, key: string): Promise<void> {
  const caller = "deleteTraceTag()";
  return reported(caller, async () => {
    checkArgument(caller, "traceId", traceIdKind, traceId);
    checkArgument(caller, "key", filledText, key);
    await editTrace(traceId, (place) => place.deleteTraceTag(traceId, key));
  });
}
