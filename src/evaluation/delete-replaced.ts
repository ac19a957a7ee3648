import type { RunTarget } from "../delivery/destination.js";
import type { DoneRow } from "./done-row.js";
import { tracesOfRun } from "./traces-of-run.js";

/**
 * Deletes the traces of rows that were evaluated again. A trace is kept if the new one is not stored, or if it is one of the
 * data.
 *
 * @param replaced the ids of the traces, by row.
 */
export async function deleteReplaced(
  run: RunTarget,
  done: readonly DoneRow[],
  replaced: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  if (!done.some(({ row }) => replaced.has(row.rowId))) return;
  const stored = new Set<string>();
  for await (const { traceId } of tracesOfRun(run)) stored.add(traceId);
  const kept = new Set(done.flatMap(({ row, given }) => [row.traceId, given]));
  const traceIds = done.flatMap(({ row: { rowId, traceId } }) =>
    traceId !== undefined && stored.has(traceId) ? (replaced.get(rowId) ?? []) : [],
  );
  const deleted = [...new Set(traceIds)].filter((traceId) => !kept.has(traceId));
  if (deleted.length === 0) return;
  const experimentId = await run.destination.experimentId();
  await run.store.deleteTraces(experimentId, { traceIds: deleted });
}
