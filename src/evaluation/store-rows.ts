import type { RunTarget } from "../delivery/destination.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import { logInputs, type Subject } from "./evaluation-run.js";
import { deliver, incomplete, stopped } from "./finish.js";
import { ownWork } from "./own-work.js";
import type { ProcessEnding } from "./process-ending.js";
import type { Stop } from "./stop.js";

interface RowsToStore {
  readonly subject: Subject | undefined;
  readonly rows: readonly EvaluatedRow[];
  /** Why not all rows are done. */
  readonly failure: { readonly cause: unknown } | undefined;
}

interface StoreRowsEffects {
  readonly stop: Stop;
  readonly ending: ProcessEnding;
}

/**
 * Logs the dataset, and waits until the rows are stored.
 *
 * @throws MlflowException CANCELLED, or for the failure, if not all rows are done. The caller can continue the run.
 */
export async function storeRows(
  run: RunTarget | undefined,
  { stop, ending }: StoreRowsEffects,
  { subject, rows, failure }: RowsToStore,
): Promise<void> {
  if (run && subject && (rows.length > 0 || !failure)) {
    const logged = logInputs(run, subject);
    logged.catch(() => {});
    // The end of the process delivers what is in the queue.
    if (ending.hasBegun) await ending.whenStored();
    const stored = ownWork(
      logged.then(() => deliver(rows, stop.signal)),
      stop.signal,
    );
    // The failure takes precedence.
    await (failure ? stored.catch(() => {}) : stored);
  }
  if (stop.signal.aborted) throw stopped(stop.signal.reason, run?.id);
  if (failure) throw incomplete(failure.cause, run?.id);
}
