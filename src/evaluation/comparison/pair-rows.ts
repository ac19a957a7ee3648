import { countOf } from "../../base/count-of.js";
import { warnOnce } from "../../base/log.js";
import type { StoredRow } from "./read-rows.js";

/** What the two rows of a pair have in common: the id that `evaluate()` gave them, or their inputs. */
export type PairedOn = "eval_request_id" | "inputs_hash";

export interface RowPair {
  readonly baseline: StoredRow;
  readonly candidate: StoredRow;
  readonly pairedOn: PairedOn;
}

export interface Pairing {
  readonly pairs: readonly RowPair[];
  readonly unpairedBaseline: readonly StoredRow[];
  readonly unpairedCandidate: readonly StoredRow[];
  /** The unpaired rows whose key another row of the same run has too. */
  readonly ambiguous: ReadonlySet<StoredRow>;
}

/** The hash of the inputs of a row of either run. */
export type HashOf = (
  row: StoredRow,
  side: "baseline" | "candidate",
) => Promise<string | undefined>;

/**
 * Pairs the rows of two runs by their ids, and the others by their inputs. Rows that share a key within one run stay
 * unpaired, because it is not known which one belongs to which.
 */
export async function pairRows(
  baseline: readonly StoredRow[],
  candidate: readonly StoredRow[],
  hashOf: HashOf,
): Promise<Pairing> {
  const byId = pairBy("eval_request_id", keyed(baseline), keyed(candidate));
  const [left, right] = [byId.unpairedBaseline, byId.unpairedCandidate];
  // Without rows on one side, reading the inputs of the other would find nothing.
  if (left.length === 0 || right.length === 0) return byId;
  const byInputs = pairBy(
    "inputs_hash",
    await hashed(left, (row) => hashOf(row, "baseline")),
    await hashed(right, (row) => hashOf(row, "candidate")),
  );
  return {
    ...byInputs,
    pairs: [...byId.pairs, ...byInputs.pairs],
    ambiguous: new Set([...byId.ambiguous, ...byInputs.ambiguous].filter(isIn(byInputs))),
  };
}

/** Logs which rows are not compared, and what the caller can do about it. */
export function warnOfUnpairedRows(pairing: Pairing, runs: string): void {
  const { unpairedBaseline, unpairedCandidate, ambiguous } = pairing;
  const all = unpairedBaseline.length + unpairedCandidate.length;
  if (all === 0) return;
  const missing = all - ambiguous.size;
  const reasons = [
    missing > 0 &&
      `${countOf(missing, "row has", "rows have")} no match in the other run: evaluate the same rows in both runs, or see \`unpairedBaselineTraceIds\` and \`unpairedCandidateTraceIds\`.`,
    ambiguous.size > 0 &&
      `${countOf(ambiguous.size, "row has", "rows have")} the same id or inputs as another row of their run: remove the duplicates from the data.`,
  ];
  warnOnce(
    `unpaired ${runs}`,
    `compareEvaluations() ignores ${countOf(unpairedBaseline.length, "row")} of the baseline and ${unpairedCandidate.length} of the candidate, which it cannot pair. ${reasons.filter(Boolean).join(" ")}`,
  );
}

interface KeyedRow {
  readonly row: StoredRow;
  readonly key: string | undefined;
}

function keyed(rows: readonly StoredRow[]): KeyedRow[] {
  return rows.map((row) => ({ row, key: row.rowId }));
}

const PARALLEL_READS = 10;

async function hashed(
  rows: readonly StoredRow[],
  hashOf: (row: StoredRow) => Promise<string | undefined>,
): Promise<KeyedRow[]> {
  const keys: KeyedRow[] = [];
  for (let from = 0; from < rows.length; from += PARALLEL_READS) {
    const some = rows.slice(from, from + PARALLEL_READS);
    keys.push(...(await Promise.all(some.map(async (row) => ({ row, key: await hashOf(row) })))));
  }
  return keys;
}

function pairBy(
  pairedOn: PairedOn,
  baseline: readonly KeyedRow[],
  candidate: readonly KeyedRow[],
): Pairing {
  const [left, right] = [byKey(baseline), byKey(candidate)];
  const pairs: RowPair[] = [];
  for (const [key, [first, second]] of right) {
    const [match, otherMatch] = left.get(key) ?? [];
    if (!first || second || !match || otherMatch) continue;
    pairs.push({ baseline: match, candidate: first, pairedOn });
  }
  const paired = new Set(pairs.flatMap((pair) => [pair.baseline, pair.candidate]));
  const unpaired = (rows: readonly KeyedRow[]) =>
    rows.map(({ row }) => row).filter((row) => !paired.has(row));
  const shared = [...left.values(), ...right.values()].filter(({ length }) => length > 1);
  return {
    pairs,
    unpairedBaseline: unpaired(baseline),
    unpairedCandidate: unpaired(candidate),
    ambiguous: new Set(shared.flat()),
  };
}

function byKey(rows: readonly KeyedRow[]): Map<string, StoredRow[]> {
  const groups = new Map<string, StoredRow[]>();
  for (const { row, key } of rows) {
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** A row whose id is ambiguous may have been paired by its inputs. */
function isIn({ unpairedBaseline, unpairedCandidate }: Pairing): (row: StoredRow) => boolean {
  const unpaired = new Set([...unpairedBaseline, ...unpairedCandidate]);
  return (row) => unpaired.has(row);
}
