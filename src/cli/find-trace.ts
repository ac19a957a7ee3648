import { MlflowException } from "../base/errors.js";
import { nearestName } from "../settings/nearest-name.js";
import { collectPages } from "../store/pages.js";
import type { TrackingStore } from "../store/store.js";
import type { Trace } from "../trace/trace.js";

const PREFIX = "tr-";
/** A server cannot search by the beginning of an id, so its newest traces are searched. */
const SEARCHED_ON_SERVER = 2_000;
const PAGE = 500;
const SHOWN = 10;

/**
 * Returns the trace with this id, or the only trace whose id begins with this text.
 *
 * @param experimentIds the experiments to search for the beginning of an id.
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if there is no such trace, and INVALID_PARAMETER_VALUE if several
 * ids begin with the text. The message names candidates.
 */
export async function findTrace(
  store: TrackingStore,
  text: string,
  experimentIds: () => Promise<readonly string[]>,
): Promise<Trace> {
  const exact = await store.getTrace(text);
  if (exact) return exact;
  const ids = await listIds(store, await experimentIds());
  const prefix = text.startsWith(PREFIX) ? text : PREFIX + text;
  const found = ids.filter((id) => id.startsWith(text) || id.startsWith(prefix));
  const [only] = found;
  if (only !== undefined && found.length === 1) {
    const trace = await store.getTrace(only);
    if (trace) return trace;
  }
  if (found.length > 1) throw ambiguous(text, found);
  throw missing(text, store, ids);
}

async function listIds(store: TrackingStore, experimentIds: readonly string[]): Promise<string[]> {
  if (experimentIds.length === 0) return [];
  if (store.listTraceIds) {
    const lists: (readonly string[])[] = [];
    for (const experimentId of experimentIds) lists.push(await store.listTraceIds(experimentId));
    return lists.flat();
  }
  const read = (pageToken?: string) =>
    store.searchTraceInfos({
      experimentIds,
      orderBy: ["timestamp_ms DESC"],
      maxResults: PAGE,
      ...(pageToken && { pageToken }),
    });
  const infos = await collectPages("traces", read, SEARCHED_ON_SERVER);
  return infos.map(({ traceId }) => traceId);
}

function ambiguous(text: string, found: readonly string[]): MlflowException {
  const shown = found.toSorted().slice(0, SHOWN);
  const more = found.length > SHOWN ? [`… and ${found.length - SHOWN} more`] : [];
  const lines = [...shown, ...more].map((line) => `\n  ${line}`);
  return new MlflowException(
    `${found.length} traces begin with ${text}. Write more of the id:${lines.join("")}`,
    "INVALID_PARAMETER_VALUE",
  );
}

function missing(text: string, store: TrackingStore, ids: readonly string[]): MlflowException {
  const meant = nearestName(text, ids);
  const hint = meant
    ? `Did you mean ${meant}?`
    : "To list the traces, run: langchain-mlflow traces";
  return new MlflowException(
    `There is no trace ${text} in ${store.uri}. ${hint}`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}
