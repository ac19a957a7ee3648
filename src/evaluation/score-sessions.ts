import { warnOnce } from "../base/log.js";
import type { RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import type { Scorer } from "../scorers/scorer.js";
import type { Feedback } from "../store/assessments.js";
import { TraceMetadataKey } from "../trace/trace.js";
import type { DoneRow } from "./done-row.js";
import { FLUSH_TIMEOUT_MS } from "./finish.js";
import type { RowLog } from "./log-row.js";
import { ownWork } from "./own-work.js";
import { shortHash } from "./row-record.js";
import { changed, type ScoreEffects, score, scorerNameOf, scorersOf } from "./score.js";
import { type Session, sessionsOf } from "./sessions.js";

interface Logging {
  readonly run: RunTarget | undefined;
  readonly log: RowLog | undefined;
}

/** The key under which feedback about a conversation keeps which traces the scorer received. */
const TRACES_KEY = "mlflow.langchain.sessionTraces";

/**
 * Runs the scorers of conversations, when the traces of all rows are complete. Their feedback belongs to the first trace. A
 * scorer that an earlier evaluation has run on the same traces does not run again.
 */
export async function scoreSessions(
  { run, log }: Logging,
  scorers: readonly Scorer[],
  done: readonly DoneRow[],
  effects: ScoreEffects,
): Promise<DoneRow[]> {
  const byTrace = new Map(done.flatMap((row) => (row.trace ? [[row.trace, row]] : [])));
  const experiment = await run?.destination.experiment();
  const sessions = sessionsOf([...byTrace.keys()], scorers, experiment);
  if (sessions.length === 0) warnOfMissingSessions(scorers);
  await getPipeline().flush(FLUSH_TIMEOUT_MS);
  for (const session of sessions) {
    const rows = session.traces.flatMap((trace) => byTrace.get(trace) ?? []);
    for (const row of await scoreSession(session, rows, log, effects)) {
      if (row.trace) byTrace.set(row.trace, row);
    }
  }
  return done.map((row) => (row.trace && byTrace.get(row.trace)) ?? row);
}

/** Returns the rows of a session with its feedback. */
async function scoreSession(
  { id, traces, scorers }: Session,
  rows: readonly DoneRow[],
  log: RowLog | undefined,
  effects: ScoreEffects,
): Promise<readonly DoneRow[]> {
  const [first] = rows;
  if (!first?.trace) return rows;
  const ids = rows.map(({ row, trace }) => row.traceId ?? trace?.info.traceId);
  const digest = shortHash(ids.toSorted().join(" "));
  const missing = scorers.filter(({ name }) => !isDone(name, { id, digest, rows }));
  if (missing.length === 0) return rows;
  const scores = await score(missing, { session: traces }, effects);
  const feedback = scores.feedback.map((one) => ofSession(one, id, digest));
  // The row may be a copy of the trace that the app passed.
  const traceId = first.row.traceId ?? first.trace.info.traceId;
  const haveRun = scorersOf(scores);
  const logAll = async (to: RowLog) => {
    const { trace } = first;
    if (trace && feedback.length > 0) {
      await to.addFeedback({ ...trace, info: { ...trace.info, traceId } }, feedback);
    }
    for (const [one, of] of earlierFeedback(rows, haveRun)) {
      if (one.assessmentId && of) await to.deleteAssessment(of, one.assessmentId);
    }
    const silent = Object.fromEntries(scores.silent.map((name) => [name, digest]));
    if (scores.silent.length === 0) return first.record;
    return to.changeRecord(traceId, first.record, { silent });
  };
  const record = log ? await ownWork(logAll(log), effects.stop.signal) : first.record;
  return rows.map((done) => {
    const kept = done.row.feedback.filter((one) => !haveRun.has(scorerNameOf(one)));
    if (done !== first) return { ...done, row: { ...done.row, feedback: kept } };
    return { ...done, record, row: { ...done.row, feedback: [...kept, ...feedback] } };
  });
}

interface EarlierSession {
  readonly id: string;
  readonly digest: string;
  readonly rows: readonly DoneRow[];
}

/** Whether a scorer has run on the same traces before. */
function isDone(name: string, { id, digest, rows }: EarlierSession): boolean {
  const [first] = rows;
  if (first?.record?.silent?.[name] === digest) return true;
  const found = earlierFeedback(rows, new Set([name])).map(([one]) => one);
  return (
    found.length > 0 &&
    found.every(
      ({ error, metadata }) =>
        !error &&
        metadata?.[TraceMetadataKey.SESSION] === id &&
        // An earlier version has not kept the traces.
        (metadata[TRACES_KEY] ?? digest) === digest,
    )
  );
}

/** The feedback that scorers have returned before, each with the id of its trace. */
function earlierFeedback(
  rows: readonly DoneRow[],
  names: ReadonlySet<string>,
): (readonly [Feedback, string | undefined])[] {
  return rows.flatMap(({ row }) =>
    row.feedback
      .filter((one) => names.has(scorerNameOf(one)))
      .map((one) => [one, row.traceId] as const),
  );
}

function ofSession(feedback: Feedback, id: string, digest: string): Feedback {
  const session = { [TraceMetadataKey.SESSION]: id, [TRACES_KEY]: digest };
  return changed(feedback, { metadata: { ...feedback.metadata, ...session } });
}

function warnOfMissingSessions(scorers: readonly Scorer[]): void {
  const names = scorers.map(({ name }) => `'${name}'`).join(", ");
  warnOnce(
    `sessions ${names}`,
    `evaluate() did not run ${names}, because no trace has a session. Pass traces of conversations as \`data\`, or set a session in the model, for example by a thread_id.`,
  );
}
