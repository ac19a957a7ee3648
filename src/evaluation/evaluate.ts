import { join } from "node:path";
import { countOf } from "../base/count-of.js";
import { untilAborted } from "../base/until-aborted.js";
import { type RowSource, readRows } from "../datasets/read-rows.js";
import type { RunTarget } from "../delivery/destination.js";
import { checkJudgeModels } from "../judges/check-models.js";
import { restoreRegistered } from "../judges/restore.js";
import { getPipeline } from "../recording/pipeline.js";
import { runScorer } from "../scorers/run-scorer.js";
import type { AnswerCache, Scorer } from "../scorers/scorer.js";
import { toScorers } from "../scorers/to-scorer.js";
import { cacheFolder } from "../settings/cache-folder.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { readableTrace } from "../tracing/read-trace.js";
import { openAnswerCache } from "./answer-cache.js";
import { Backoff } from "./back-off.js";
import { callModelOf } from "./call-model.js";
import { checkOutputs } from "./check-outputs.js";
import { judgeCriteria, textOfCriterion } from "./criteria/judge.js";
import { parseQualityCriteria } from "./criteria/parse.js";
import { extraAggregations, type QualityCriteriaRule } from "./criteria/rule.js";
import { qualityCriteriaTag } from "./criteria/tag.js";
import { deleteReplaced } from "./delete-replaced.js";
import { type EarlierRows, NO_EARLIER_ROWS, readEarlierRows } from "./earlier-rows.js";
import { type EvaluatedRows, evaluateRows } from "./evaluate-rows.js";
import { findLoggedModel, inEvaluationRun, logMetricsTo, logSetUp } from "./evaluation-run.js";
import { FeedbackNames } from "./feedback-names.js";
import { placesOf, stopped, withCosts } from "./finish.js";
import { createLimit } from "./limit.js";
import { RowLog } from "./log-row.js";
import { MEASURED } from "./metric-names.js";
import { metricsOf } from "./metrics.js";
import { withModelCache } from "./model-cache.js";
import { CALLER, type EvaluateOptions, readEvaluateOptions } from "./options.js";
import { ownRows, ownWork, STORE_GRACE_MS } from "./own-work.js";
import type { CallModel } from "./predict.js";
import { ProcessEnding } from "./process-ending.js";
import { Progress, reportOf, startLine, stderrTerminal } from "./report.js";
import { EvaluationResult } from "./result.js";
import { scorerNameOf } from "./score.js";
import { scoreSessions } from "./score-sessions.js";
import { checkSessionLevels } from "./sessions.js";
import { Stop } from "./stop.js";
import { storeRows } from "./store-rows.js";
import { UnstoredRows } from "./unstored-rows.js";
import { warnOfChanges } from "./warn-of-changes.js";

/** As in MLflow. */
const DEFAULT_CONCURRENCY = 10;

/** An evaluation whose options are read. */
interface Plan {
  readonly options: EvaluateOptions;
  readonly scorers: readonly Scorer[];
  readonly rules: readonly QualityCriteriaRule[];
  readonly source: RowSource;
  readonly callModel: CallModel | undefined;
  readonly answers: AnswerCache | undefined;
  readonly stop: Stop;
  readonly unstored: UnstoredRows;
  readonly ending: ProcessEnding;
  /** Set when the run is known. */
  run: RunTarget | undefined;
}

/** After an abort, how long the end of the evaluation may take. Longer than each part of it. */
const END_GRACE_MS = 2 * STORE_GRACE_MS;

export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  const given = readEvaluateOptions(options);
  const scorers = toScorers(CALLER, restoreRegistered(given.scorers));
  const { qualityCriteria, signal, maxTokens, maxCost } = given;
  const measured = MEASURED.filter((name) => !scorers.some((scorer) => scorer.name === name));
  const named = [...scorers, ...measured.map((name) => ({ name }))];
  const rules = parseQualityCriteria(named, qualityCriteria);
  const answers = given.cache ? openAnswerCache(join(cacheFolder(), "answers")) : undefined;
  const stop = new Stop({ signal, maxTokens, maxCost });
  const ending = new ProcessEnding(stop);
  try {
    const callsModel = given.predictFn !== undefined || given.model !== undefined;
    const rows = readRows(given.data, callsModel ? undefined : checkOutputs);
    const source = await ownWork(rows, stop.signal);
    const callModel = await ownWork(callModelOf(given, answers), stop.signal);
    await ownWork(checkJudgeModels(scorers), stop.signal);
    if (stop.signal.aborted) throw stopped(stop.signal.reason, given.runId);
    return await evaluatePlan({
      ...{ options: given, scorers, rules, source, callModel, answers, stop, ending },
      ...{ unstored: new UnstoredRows(), run: undefined },
    });
  } catch (error) {
    await ending.whenStored();
    if (stop.signal.aborted && error === stop.signal.reason) throw stopped(error, given.runId);
    throw error;
  } finally {
    ending.release();
    stop.release();
  }
}

/** Rejects some time after an abort, also if the store does not respond any more. */
async function evaluatePlan(plan: Plan): Promise<EvaluationResult> {
  const { options, answers, stop, ending } = plan;
  const evaluateInRun = async (run: RunTarget | undefined) => {
    plan.run = run;
    try {
      return await evaluateIn(run, plan);
    } catch (error) {
      // Before the run ends with this error, since the end of the process has a status for it.
      await ending.whenStored();
      throw error;
    }
  };
  const work = () =>
    options.dryRun ? evaluateInRun(undefined) : inEvaluationRun(options, evaluateInRun);
  try {
    const result = answers ? withModelCache(answers, work) : work();
    return await untilAborted(result, stop.signal, END_GRACE_MS);
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    await ending.whenStored();
    throw stopped(error, plan.run?.id ?? options.runId);
  }
}

async function evaluateIn(run: RunTarget | undefined, plan: Plan): Promise<EvaluationResult> {
  const { options, scorers, rules, source, stop, unstored } = plan;
  const own = <T>(work: Promise<T>) => ownWork(work, stop.signal);
  const { runId: continuedRun, modelId } = options;
  await own(checkSessionLevels(scorers, run));
  if (run) {
    const criteriaTag = qualityCriteriaTag(rules);
    await own(logSetUp(run, { scorers, criteriaTag, model: options }));
  }
  const loggedModel = run && (await own(findLoggedModel(run, modelId)));
  const earlier =
    run && continuedRun !== undefined
      ? await own(readEarlierRows(run, { scorers, callsModel: plan.callModel !== undefined }))
      : NO_EARLIER_ROWS;
  if (continuedRun !== undefined) {
    warnOfChanges(continuedRun, earlier, { scorers, predictFn: options.predictFn });
  }
  const terminal = stderrTerminal();
  const places = await own(placesOf(run));
  const total = source.total && source.total * (options.numRepetitions ?? 1);
  if (run) terminal.write(startLine(total, places.run ?? `run ${run.id}`));
  const progress = new Progress(terminal, total);
  const { done, failure } = await evaluateAll(run, plan, earlier, progress);
  progress.end();
  const rows = done.map(({ row }) => row);
  const subject = run && { modelId: loggedModel, dataset: source.datasetInput() };
  await storeRows(run, plan, { subject, rows, failure });
  if (run) await own(deleteReplaced(run, done, earlier.replaced));
  const pipeline = getPipeline();
  const stored = unstored.check(rows, (traceId) => pipeline.holdsTrace(traceId));
  const priced = run ? await own(withCosts(run, stored.rows)) : rows;
  const { metrics, reasons } = metricsOf(priced, scorers, extraAggregations(rules));
  const criteria = judgeCriteria(rules, metrics);
  if (run) await own(logMetricsTo(run, metrics, subject));
  const result = new EvaluationResult({
    ...{ runId: run?.id, metrics, rows: priced, scorers },
    reasons: [
      ...reasonsOf(stop, done.length, total),
      ...stored.reasons,
      ...reasons,
      ...criteria.filter(({ verdict }) => verdict !== "met").map(textOfCriterion),
    ],
    hasCriteria: criteria.length > 0,
  });
  terminal.write(reportOf(result, scorers, { ...places, criteria, losses: stored.reasons }));
  return result;
}

async function evaluateAll(
  run: RunTarget | undefined,
  plan: Plan,
  earlier: EarlierRows,
  progress: Progress,
): Promise<EvaluatedRows> {
  const { options, scorers, source, callModel, stop, answers, unstored } = plan;
  const { maxConcurrency = DEFAULT_CONCURRENCY, scorerConcurrency = DEFAULT_CONCURRENCY } = options;
  const scoring = {
    ...{ runScorer, stop, answers },
    names: new FeedbackNames([
      ...scorers.map(({ name }) => [name, name] as const),
      ...earlier.feedback.map((one) => [one.name, scorerNameOf(one)] as const),
    ]),
    limit: createLimit(scorerConcurrency),
    backoff: new Backoff(),
  };
  const { modelId } = options;
  const predicting = {
    ...{ callModel, signal: stop.signal, isDryRun: run === undefined },
    onLost: unstored.addTrace,
    backoff: new Backoff(),
    metadata: modelId === undefined ? {} : { [TraceMetadataKey.MODEL_ID]: modelId },
  };
  const model = { isCalled: callModel !== undefined, predictFn: options.predictFn };
  const log = run && new RowLog(run, model);
  const ofSessions = scorers.filter(({ isSessionLevelScorer }) => isSessionLevelScorer);
  // An iterable is code of the app.
  const isOwn = source.total !== undefined;
  const data = isOwn ? ownRows(source.rows, stop.signal) : source.rows;
  const evaluated = await evaluateRows(data, {
    ...{ predicting, scoring, stop, earlier, maxConcurrency, scorerConcurrency },
    scorers: scorers.filter(({ isSessionLevelScorer }) => !isSessionLevelScorer),
    repetitions: options.numRepetitions ?? 1,
    keepsTraces: ofSessions.length > 0,
    log,
    readTrace: async (traceId) => {
      const trace = await run?.store.getTrace(traceId);
      return trace && readableTrace(trace);
    },
    onRow: (row) => progress.add(row),
    onLogFailed: (rowId, cause) => unstored.addLog(rowId, cause),
  });
  const { done, failure } = evaluated;
  if (ofSessions.length === 0 || stop.isStopped || failure) return evaluated;
  return { done: await scoreSessions({ run, log }, ofSessions, done, scoring), failure };
}

function reasonsOf(stop: Stop, done: number, total: number | undefined): string[] {
  const { budgetReason } = stop;
  if (budgetReason === undefined) return [];
  const count = total === undefined ? countOf(done, "row") : `${done} of ${countOf(total, "row")}`;
  return [`stopped after ${count}: ${budgetReason}`];
}
