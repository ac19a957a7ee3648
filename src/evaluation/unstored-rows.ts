import { countOf } from "../base/count-of.js";
import { messageOf } from "../base/errors.js";
import type { EvaluatedRow } from "./evaluated-row.js";

interface Loss {
  /** After "because". */
  readonly why: string;
  readonly cause: unknown;
}

/** How many rows a reason names. */
const MAX_NAMED = 10;

/** Knows which results of an evaluation the store does not have, and why. */
export class UnstoredRows {
  readonly #traces = new Map<string, Loss>();
  readonly #logs = new Map<string, Loss>();

  /** The queue has dropped a trace. */
  readonly addTrace = (traceId: string, why: string, cause: unknown): void => {
    this.#traces.set(traceId, { why, cause });
  };

  /** The results of a row could not be logged. */
  addLog(rowId: string, cause: unknown): void {
    this.#logs.set(rowId, { why: "logging them failed", cause });
  }

  /**
   * Returns the rows, without the ids of traces that are not stored, and reasons that name these rows.
   *
   * @param isQueued whether a trace is still in the queue.
   */
  check(
    rows: readonly EvaluatedRow[],
    isQueued: (traceId: string) => boolean,
  ): { readonly rows: EvaluatedRow[]; readonly reasons: string[] } {
    const byReason = new Map<string, { readonly loss: Loss; readonly rows: EvaluatedRow[] }>();
    const checked = rows.map((row) => {
      const { traceId, rowId } = row;
      const lost = traceId === undefined ? undefined : this.#lossOf(traceId, isQueued);
      const loss = lost ?? this.#logs.get(rowId);
      if (!loss) return row;
      const known = byReason.get(loss.why) ?? { loss, rows: [] };
      byReason.set(loss.why, known);
      known.rows.push(row);
      return lost ? { ...row, traceId: undefined } : row;
    });
    return { rows: checked, reasons: [...byReason.values()].map(reasonOf) };
  }

  #lossOf(traceId: string, isQueued: (traceId: string) => boolean): Loss | undefined {
    const lost = this.#traces.get(traceId);
    if (lost || !isQueued(traceId)) return lost;
    return { why: "the store has not accepted them yet", cause: undefined };
  }
}

function reasonOf({
  loss: { why, cause },
  rows,
}: {
  readonly loss: Loss;
  readonly rows: readonly EvaluatedRow[];
}): string {
  const named = rows
    .slice(0, MAX_NAMED)
    .map(({ index, repetition }) => `${index}${repetition > 1 ? `.${repetition}` : ""}`);
  const more = rows.length > MAX_NAMED ? ` and ${rows.length - MAX_NAMED} more` : "";
  const detail = cause === undefined ? "" : ` (${messageOf(cause)})`;
  return `the results of ${countOf(rows.length, "row")} are not stored, because ${why}${detail}: row ${named.join(", ")}${more}`;
}
