import { inOrder } from "../base/in-order.js";
import { checkArgument } from "../settings/check-options.js";
import { filledText, text } from "../settings/kinds.js";
import type { TraceEdits } from "../store/store.js";
import { editTrace, reported, type StoreOf, traceIdKind } from "./feedback/edit-trace.js";

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
  return setTraceTagIn("setTraceTag()", { traceId, key, value });
}

interface TraceTag {
  readonly traceId: string;
  readonly key: string;
  readonly value: string;
}

/** @param storeOf the store. Default: the current one. */
export function setTraceTagIn(caller: string, tag: TraceTag, storeOf?: StoreOf): Promise<void> {
  return reported(caller, async () => {
    const { traceId, key } = checkKey(caller, tag);
    const value = checkArgument(caller, "value", text, tag.value).slice(0, MAX_VALUE_CHARACTERS);
    const set = (place: TraceEdits) => place.setTraceTag(traceId, key, value.toWellFormed());
    await inOrder(orderOf(traceId, key), () => editTrace(traceId, set, storeOf));
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
  return deleteTraceTagIn("deleteTraceTag()", { traceId, key });
}

/** @param storeOf the store. Default: the current one. */
export function deleteTraceTagIn(
  caller: string,
  tag: Omit<TraceTag, "value">,
  storeOf?: StoreOf,
): Promise<void> {
  return reported(caller, async () => {
    const { traceId, key } = checkKey(caller, tag);
    const remove = (place: TraceEdits) => place.deleteTraceTag(traceId, key);
    await inOrder(orderOf(traceId, key), () => editTrace(traceId, remove, storeOf));
  });
}

/** Calls that the app does not await change a tag in their order. */
function orderOf(traceId: string, key: string): string {
  return `tag ${traceId} ${key}`;
}

function checkKey(caller: string, { traceId, key }: Omit<TraceTag, "value">) {
  return {
    traceId: checkArgument(caller, "traceId", traceIdKind, traceId),
    key: checkArgument(caller, "key", filledText, key),
  };
}
