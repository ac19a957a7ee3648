import { runInTracingContext } from "../recording/tracing-context.js";
import type { AnswerCache, RunScorer, ScoredRow, Scorer } from "../scorers/scorer.js";
import { Feedback } from "../store/assessments.js";
import type { Backoff } from "./back-off.js";
import type { FeedbackNames } from "./feedback-names.js";
import type { Limit } from "./limit.js";
import { definitionDigest } from "./scorer-digest.js";
import type { Stop } from "./stop.js";
import { usageOfFeedback } from "./usage.js";

export interface ScoreEffects {
  readonly runScorer: RunScorer;
  readonly limit: Limit;
  readonly backoff: Backoff;
  readonly stop: Stop;
  readonly answers: AnswerCache | undefined;
  readonly names: FeedbackNames;
}

/** The keys under which MLflow keeps the run of an evaluation, and its scorer, with an assessment. */
export const SOURCE_RUN_KEY = "mlflow.assessment.sourceRunId";
const SCORER_DIGEST_KEY = "mlflow.assessment.scorerDigest";
const SCORER_NAME_KEY = "mlflow.assessment.scorerName";

/** What scorers have returned. */
export interface Scores {
  readonly feedback: readonly Feedback[];
  /** The names of the scorers that have run, and returned nothing. */
  readonly silent: readonly string[];
}

export const NO_SCORES: Scores = { feedback: [], silent: [] };

const ISOLATED = { tags: {}, metadata: {}, isEnabled: false };

/**
 * Runs scorers on a row, or on a session. What they call is not traced. Never rejects. A scorer that does not run, or is
 * aborted, because the evaluation stops, leaves no feedback, and is not among the silent ones.
 */
export async function score(
  scorers: readonly Scorer[],
  row: ScoredRow,
  effects: ScoreEffects,
): Promise<Scores> {
  const { runScorer, limit, backoff, stop, answers, names } = effects;
  const scoring = {
    signal: stop.signal,
    withBackoff: <T>(work: () => Promise<T>) => backoff.run(work, stop.signal),
    ...(answers && { answers }),
  };
  const results = await Promise.all(
    scorers.map((scorer) =>
      limit.run(async () => {
        if (stop.isStopped) return undefined;
        const run = () => runScorer(scorer, row, scoring);
        const feedback = await runInTracingContext(ISOLATED, run);
        stop.add(usageOfFeedback(feedback));
        // What was returned may be the error of the abort.
        if (stop.signal.aborted) return undefined;
        return feedback;
      }),
    ),
  );
  // When all have returned: the order of the scorers, not their speed, decides which one keeps a name.
  const feedback = scorers.flatMap((scorer, index) => {
    const returned = results[index] ?? [];
    const named = names.namesOf(returned, scorer.name);
    return returned.map((one, place) => ofScorer(one, named[place] ?? one.name, scorer));
  });
  const silent = scorers.filter((_, index) => results[index]?.length === 0);
  return { feedback, silent: silent.map(({ name }) => name) };
}

/** The names of the scorers that have run. */
export function scorersOf({ feedback, silent }: Scores): ReadonlySet<string> {
  return new Set([...feedback.map(scorerNameOf), ...silent]);
}

/**
 * Adds the digest of the scorer. A scorer may return feedback with other names: then also its own name, since an evaluation
 * that is continued must know that it has run.
 */
function ofScorer(feedback: Feedback, name: string, scorer: Scorer): Feedback {
  const scorerName = name === scorer.name ? {} : { [SCORER_NAME_KEY]: scorer.name };
  const digest = { [SCORER_DIGEST_KEY]: digestOf(scorer) };
  return changed(feedback, { name, metadata: { ...scorerName, ...feedback.metadata, ...digest } });
}

/** The name of the scorer that returned feedback, which may have another name. */
export function scorerNameOf({ metadata, name }: Feedback): string {
  return metadata?.[SCORER_NAME_KEY] ?? name;
}

/** Whether an earlier version of the scorer returned the feedback. */
export function hasOtherDefinition(feedback: Feedback, scorer: Scorer): boolean {
  const digest = feedback.metadata?.[SCORER_DIGEST_KEY];
  const isOfScorer = scorerNameOf(feedback) === scorer.name;
  return isOfScorer && digest !== undefined && digest !== digestOf(scorer);
}

const digests = new WeakMap<Scorer, string>();

function digestOf(scorer: Scorer): string {
  const known = digests.get(scorer) ?? definitionDigest(scorer);
  digests.set(scorer, known);
  return known;
}

/** Adds the run and the root span of the row's trace, by which MLflow's pages find the assessment. */
export function inRun(feedback: Feedback, runId: string, spanId: string | undefined): Feedback {
  const metadata = { ...feedback.metadata, [SOURCE_RUN_KEY]: runId };
  const place = feedback.spanId ?? spanId;
  return changed(feedback, { metadata, ...(place !== undefined && { spanId: place }) });
}

/** A copy with other metadata, and another name or span. */
export function changed(
  { name, value, error, source, rationale, metadata, spanId }: Feedback,
  change: {
    readonly metadata: Readonly<Record<string, string>>;
    readonly name?: string;
    readonly spanId?: string;
  },
): Feedback {
  return new Feedback({
    ...{ name, source },
    ...(error ? { error } : { value }),
    ...(rationale !== undefined && { rationale }),
    ...(metadata && { metadata }),
    ...(spanId !== undefined && { spanId }),
    ...change,
  });
}
