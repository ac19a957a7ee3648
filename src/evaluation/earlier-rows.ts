import type { RunTarget } from "../delivery/destination.js";
import type { Scorer } from "../scorers/scorer.js";
import { Feedback } from "../store/assessments.js";
import { type TraceInfo, TraceMetadataKey, TraceState } from "../trace/trace.js";
import { ROW_ID_TAG } from "./predict.js";
import { SOURCE_RUN_KEY, scorerNameOf } from "./score.js";
import { tracesOfRun } from "./traces-of-run.js";

/** What an earlier evaluation with the same run has left of a row. */
export interface EarlierRow {
  readonly info: TraceInfo;
  /** The feedback of scorers that succeeded. */
  readonly feedback: readonly Feedback[];
  /** The scorers that have not run, or have failed. */
  readonly missing: readonly Scorer[];
  /** The ids of feedback that is replaced when those scorers have run. */
  readonly replaced: readonly string[];
}

export interface EarlierRows {
  readonly rows: ReadonlyMap<string, EarlierRow>;
  /**
   * By row, the ids of the traces that are deleted when the row is evaluated again. The evaluation has recorded them itself:
   * other traces belong to the app.
   */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
}

export const NO_EARLIER_ROWS: EarlierRows = { rows: new Map(), replaced: new Map() };

/**
 * The rows that a run contains, by their ids. A row whose model failed counts as missing.
 *
 * @param callsModel whether the evaluation calls a model. Otherwise, a trace with an error is a complete row: the error is
 * what the app has recorded.
 */
export async function readEarlierRows(
  run: RunTarget,
  scorers: readonly Scorer[],
  callsModel: boolean,
): Promise<EarlierRows> {
  const runId = await run.runId();
  const rows = new Map<string, EarlierRow>();
  const replaced = new Map<string, string[]>();
  for await (const info of tracesOfRun(run)) {
    const rowId = info.tags[ROW_ID_TAG];
    if (rowId === undefined) continue;
    // A linked trace has no source run, or another one: the model did not return its outputs.
    const isRecorded = info.traceMetadata[TraceMetadataKey.SOURCE_RUN] === runId;
    if (callsModel && !isRecorded) continue;
    if (callsModel && info.state === TraceState.ERROR) {
      replaced.set(rowId, [...(replaced.get(rowId) ?? []), info.traceId]);
    } else rows.set(rowId, earlierRow(info, runId, scorers));
  }
  return { rows, replaced };
}

function earlierRow(info: TraceInfo, runId: string, scorers: readonly Scorer[]): EarlierRow {
  const all = info.assessments.filter(
    (one): one is Feedback =>
      one instanceof Feedback && one.valid !== false && one.metadata?.[SOURCE_RUN_KEY] === runId,
  );
  const done = new Set(all.filter(({ error }) => !error).map(scorerNameOf));
  // A scorer with several results fails as a whole.
  for (const one of all) if (one.error) done.delete(scorerNameOf(one));
  const missing = scorers.filter(
    ({ name, isSessionLevelScorer }) => !isSessionLevelScorer && !done.has(name),
  );
  const replacedNames = new Set(missing.map(({ name }) => name));
  const isReplaced = (one: Feedback) => replacedNames.has(scorerNameOf(one));
  return {
    info,
    missing,
    feedback: all.filter((one) => !isReplaced(one)),
    replaced: all.filter(isReplaced).flatMap(({ assessmentId }) => assessmentId ?? []),
  };
}
