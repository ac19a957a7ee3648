import { forEach } from "../base/for-each.js";
import type { TrackingStore } from "../store/store.js";

export interface SentTrace {
  readonly traceId: string;
  /** Differs after the trace has changed, for example after feedback was logged to it. */
  readonly version: string;
}

/** The traces that earlier pushes to the same target have sent. */
export interface SentTraces {
  /** Undefined if the trace was not sent. */
  versionOf(traceId: string): string | undefined;
  add(traces: readonly SentTrace[]): void;
}

const PARALLEL_READS = 16;

/** The current versions of traces of an experiment, in the same order. */
export async function readVersions(
  from: TrackingStore,
  experimentId: string,
  traceIds: readonly string[],
): Promise<SentTrace[]> {
  const read: SentTrace[] = [];
  await forEach(traceIds.entries(), PARALLEL_READS, async ([index, traceId]) => {
    read[index] = { traceId, version: (await from.traceVersion?.(experimentId, traceId)) ?? "" };
  });
  return read;
}

/** The traces that were not sent, or have changed since. All of them if the target has lost its traces. */
export async function omitSent(
  { from, to, sent }: { from: TrackingStore; to: TrackingStore; sent?: SentTraces },
  experimentId: string,
  traceIds: readonly string[],
): Promise<readonly string[]> {
  const earlier = traceIds.filter((traceId) => sent?.versionOf(traceId) !== undefined);
  // The first and the last of them stand for all, since a server keeps or loses its traces together.
  for (const traceId of new Set([...earlier.slice(0, 1), ...earlier.slice(-1)])) {
    if (!(await to.getTraceInfo(traceId))) return traceIds;
  }
  const current = await readVersions(from, experimentId, earlier);
  const unchanged = current.filter(({ traceId, version }) => version === sent?.versionOf(traceId));
  const omitted = new Set(unchanged.map(({ traceId }) => traceId));
  return traceIds.filter((traceId) => !omitted.has(traceId));
}
