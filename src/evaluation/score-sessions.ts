import { warnOnce } from "../base/log.js";
import type { RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import type { Scorer } from "../scorers/scorer.js";
import type { Feedback } from "../store/assessments.js";
import { TraceMetadataKey } from "../trace/trace.js";
import type { DoneRow } from "./evaluate-rows.js";
import { FLUSH_TIMEOUT_MS } from "./finish.js";
import { RowLog } from "./log-row.js";
import { ownWork } from "./own-work.js";
import { changed, type ScoreEffects, score } from "./score.js";
import { sessionsOf } from "./sessions.js";

/** Runs the scorers of conversations, when the traces of all rows are complete. Their feedback belongs to the first trace. */
export async function scoreSessions(
  run: RunTarget | undefined,
  scorers: readonly Scorer[],
  done: readonly DoneRow[],
  effects: ScoreEffects,
): Promise<DoneRow[]> {
  const byTrace = new Map(done.flatMap((row) => (row.trace ? [[row.trace, row]] : [])));
  const experiment = await run?.destination.experiment();
  const sessions = sessionsOf([...byTrace.keys()], scorers, experiment);
  if (sessions.length === 0) warnOfMissingSessions(scorers);
  await getPipeline().flush(FLUSH_TIMEOUT_MS);
  const log = run && new RowLog(run);
  for (const { id, traces, scorers: ofLevel } of sessions) {
    const [first] = traces;
    const found = first && byTrace.get(first);
    if (!first || !found) continue;
    const feedback = await score(ofLevel, { session: traces }, effects);
    const tagged = feedback.map((one) => ofSession(one, id));
    const { row } = found;
    // The row may be a copy of the trace that the app passed.
    const info = { ...first.info, traceId: row.traceId ?? first.info.traceId };
    if (log) await ownWork(log.addFeedback({ ...first, info }, tagged), effects.stop.signal);
    byTrace.set(first, { ...found, row: { ...row, feedback: [...row.feedback, ...tagged] } });
  }
  return done.map((row) => (row.trace && byTrace.get(row.trace)) ?? row);
}

function ofSession(feedback: Feedback, id: string): Feedback {
  return changed(feedback, { metadata: { ...feedback.metadata, [TraceMetadataKey.SESSION]: id } });
}

function warnOfMissingSessions(scorers: readonly Scorer[]): void {
  const names = scorers.map(({ name }) => `'${name}'`).join(", ");
  warnOnce(
    `sessions ${names}`,
    `evaluate() did not run ${names}, because no trace has a session. Pass traces of conversations as \`data\`, or set a session in the model, for example by a thread_id.`,
  );
}
