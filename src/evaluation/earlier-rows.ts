import type { RunTarget } from "../delivery/destination.js";
import type { Scorer } from "../scorers/scorer.js";
import { Feedback } from "../store/assessments.js";
import { type TraceInfo, TraceMetadataKey, TraceState } from "../trace/trace.js";
import { type Item, itemId, partsOfId } from "./items.js";
import { ROW_ID_TAG } from "./predict.js";
import {
  areDifferent,
  digestsOf,
  type RowDigests,
  type RowRecord,
  readRowRecord,
} from "./row-record.js";
import { SOURCE_RUN_KEY, scorerNameOf } from "./score.js";
import { tracesOfRun } from "./traces-of-run.js";

/** What an earlier evaluation with the same run has left of a row. */
export interface EarlierRow {
  readonly info: TraceInfo;
  readonly record: RowRecord | undefined;
  /** The feedback of scorers that do not run again. */
  readonly feedback: readonly Feedback[];
  /** The scorers of single rows that run: they have not run before, have failed, or the expectations have changed. */
  readonly missing: readonly Scorer[];
  /** The feedback that is replaced when those scorers have run. */
  readonly replaced: readonly Feedback[];
  readonly hasOtherExpectations: boolean;
}

/** A row of the run that no row of the data has claimed. */
interface StoredRow {
  readonly id: string;
  readonly info: TraceInfo;
  readonly record: RowRecord | undefined;
}

interface EarlierRowsOptions {
  readonly runId: string;
  readonly scorers: readonly Scorer[];
  /** Whether the evaluation calls a model. */
  readonly callsModel: boolean;
}

/** The rows that a run contains. */
export class EarlierRows {
  readonly #options: EarlierRowsOptions;
  /** By their inputs and repetition, oldest first. */
  readonly #rows = new Map<string, StoredRow[]>();
  /** The ids of rows that are claimed, and of new ones. */
  readonly #used = new Set<string>();
  readonly #replaced = new Map<string, string[]>();

  constructor(infos: readonly TraceInfo[], options: EarlierRowsOptions) {
    this.#options = options;
    for (const info of infos) this.#add(info);
  }

  /**
   * By row, the ids of the traces that are deleted when the row is evaluated again. The evaluation has recorded them itself:
   * other traces belong to the app.
   */
  get replaced(): ReadonlyMap<string, readonly string[]> {
    return this.#replaced;
  }

  /** The feedback of all rows. */
  get feedback(): Feedback[] {
    return [...this.#rows.values()].flat().flatMap(({ info }) => this.#feedbackOf(info));
  }

  /** The digests of the functions that returned the outputs. */
  get functions(): ReadonlySet<string> {
    const rows = [...this.#rows.values()].flat();
    return new Set(rows.flatMap(({ record }) => record?.predictFn ?? []));
  }

  /**
   * Finds the row of an item. Among rows with the same inputs, the one with the same expectations and outputs is preferred, so
   * that the order of the data may change. The item receives its id.
   */
  claim(given: Item): { readonly item: Item; readonly earlier: EarlierRow | undefined } {
    if (this.#rows.size === 0) return { item: given, earlier: undefined };
    const { callsModel } = this.#options;
    const digests = digestsOf(given.row, callsModel);
    const free = (this.#rows.get(keyOf(given)) ?? []).filter(({ id }) => !this.#used.has(id));
    const inPlace = free.filter(({ id }) => id === given.id);
    const isEqual = ({ record }: StoredRow) => record !== undefined && areEqual(record, digests);
    const found =
      inPlace.findLast(isEqual) ??
      free.findLast(isEqual) ??
      inPlace.at(-1) ??
      (this.#used.has(given.id) ? free.at(-1) : undefined);
    const item = { ...given, id: found?.id ?? this.#freeId(given) };
    this.#used.add(item.id);
    const earlier = found && this.#earlierRow(found, digests);
    if (!found || earlier) return { item, earlier };
    // The outputs that the trace has are not those of the row.
    if (this.#isRecorded(found)) this.#replace(found);
    return { item, earlier: undefined };
  }

  #add(info: TraceInfo): void {
    const id = info.tags[ROW_ID_TAG];
    if (id === undefined) return;
    const { runId, callsModel } = this.#options;
    const row = { id, info, record: readRowRecord(info, runId) };
    // The model did not return the outputs of a trace that is linked.
    if (callsModel && !this.#isRecorded(row)) return;
    if (callsModel && info.state === TraceState.ERROR) {
      this.#replace(row);
      return;
    }
    const key = keyOf(partsOfId(id));
    const others = this.#rows.get(key);
    if (others) others.push(row);
    else this.#rows.set(key, [row]);
  }

  /** Whether an evaluation with this run has recorded the trace. A linked trace has no source run, or another one. */
  #isRecorded({ info, record }: StoredRow): boolean {
    const sourceRun = info.traceMetadata[TraceMetadataKey.SOURCE_RUN];
    return sourceRun === this.#options.runId && record?.isLinked !== true;
  }

  #replace({ id, info }: StoredRow): void {
    this.#replaced.set(id, [...(this.#replaced.get(id) ?? []), info.traceId]);
  }

  #freeId({ id, hash, repetition }: Item): string {
    let free = id;
    for (let count = 1; this.#used.has(free); count += 1) free = itemId(hash, count, repetition);
    return free;
  }

  /** Undefined if the row must be evaluated again. */
  #earlierRow({ info, record }: StoredRow, digests: RowDigests): EarlierRow | undefined {
    if (areDifferent(record?.outputs, digests.outputs)) return undefined;
    const hasOtherExpectations = areDifferent(record?.expectations, digests.expectations);
    const all = this.#feedbackOf(info);
    const done = new Set(all.filter(({ error }) => !error).map(scorerNameOf));
    for (const name of Object.keys(record?.silent ?? {})) done.add(name);
    // A scorer with several results fails as a whole.
    for (const one of all) if (one.error) done.delete(scorerNameOf(one));
    const missing = this.#options.scorers.filter(
      ({ name, isSessionLevelScorer }) =>
        !isSessionLevelScorer && (hasOtherExpectations || !done.has(name)),
    );
    if (record?.isAltered && missing.length > 0) return undefined;
    const replacedNames = new Set(missing.map(({ name }) => name));
    const isReplaced = (one: Feedback) => replacedNames.has(scorerNameOf(one));
    return {
      ...{ info, record, missing, hasOtherExpectations },
      feedback: all.filter((one) => !isReplaced(one)),
      replaced: all.filter(isReplaced),
    };
  }

  #feedbackOf({ assessments }: TraceInfo): Feedback[] {
    const { runId } = this.#options;
    return assessments.filter(
      (one): one is Feedback =>
        one instanceof Feedback && one.valid !== false && one.metadata?.[SOURCE_RUN_KEY] === runId,
    );
  }
}

function keyOf({ hash, repetition }: Pick<Item, "hash" | "repetition">): string {
  return `${hash} ${repetition}`;
}

function areEqual(record: RowRecord, { expectations, outputs }: RowDigests): boolean {
  return record.expectations === expectations && record.outputs === outputs;
}

export const NO_EARLIER_ROWS = new EarlierRows([], { runId: "", scorers: [], callsModel: false });

/**
 * The rows that a run contains. A row whose model failed counts as missing. Without a model, a trace with an error is a complete
 * row: the error is what the app has recorded.
 */
export async function readEarlierRows(
  run: RunTarget,
  options: Omit<EarlierRowsOptions, "runId">,
): Promise<EarlierRows> {
  const infos: TraceInfo[] = [];
  for await (const info of tracesOfRun(run)) infos.push(info);
  return new EarlierRows(infos, { ...options, runId: await run.runId() });
}
