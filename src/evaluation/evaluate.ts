import { join } from "node:path";
import { type RowSource, readRows } from "../datasets/read-rows.js";
import type { RunTarget } from "../delivery/destination.js";
import { runScorer } from "../scorers/run-scorer.js";
import type { AnswerCache, Scorer } from "../scorers/scorer.js";
import { toScorers } from "../scorers/to-scorer.js";
import { cacheFolder } from "../settings/cache-folder.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { readableTrace } from "../tracing/read-trace.js";
import { openAnswerCache } from "./answer-cache.js";
import { Backoff } from "./back-off.js";
import { callModelOf } from "./call-model.js";
import { judgeCriteria, textOfCriterion } from "./criteria/judge.js";
import { parseQualityCriteria } from "./criteria/parse.js";
import { extraAggregations, type QualityCriteriaRule } from "./criteria/rule.js";
import { qualityCriteriaTag } from "./criteria/tag.js";
import { deleteReplaced } from "./delete-replaced.js";
import { type EarlierRows, NO_EARLIER_ROWS, readEarlierRows } from "./earlier-rows.js";
import { type DoneRow, evaluateRows } from "./evaluate-rows.js";
import {
  findLoggedModel,
  inEvaluationRun,
  logInputs,
  logMetricsTo,
  logSetUp,
} from "./evaluation-run.js";
import { FeedbackNames } from "./feedback-names.js";
import { deliver, placesOf, stopped, withCosts } from "./finish.js";
import { createLimit } from "./limit.js";
import { RowLog } from "./log-row.js";
import { MEASURED } from "./metric-names.js";
import { metricsOf } from "./metrics.js";
import { withModelCache } from "./model-cache.js";
import { CALLER, type EvaluateOptions, readEvaluateOptions } from "./options.js";
import type { CallModel } from "./predict.js";
import { Progress, reportOf, startLine, stderrTerminal } from "./report.js";
import { EvaluationResult } from "./result.js";
import { scorerNameOf } from "./score.js";
import { scoreSessions } from "./score-sessions.js";
import { checkSessionLevels } from "./sessions.js";
import { Stop } from "./stop.js";

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
}

export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  const given = readEvaluateOptions(options);
  const scorers = toScorers(CALLER, given.scorers);
  const { qualityCriteria, dryRun, signal, maxTokens, maxCost } = given;
  const measured = MEASURED.filter((name) => !scorers.some((scorer) => scorer.name === name));
  const named = [...scorers, ...measured.map((name) => ({ name }))];
  const answers = given.cache ? openAnswerCache(join(cacheFolder(), "answers")) : undefined;
  const plan: Plan = {
    ...{ options: given, scorers },
    rules: parseQualityCriteria(named, qualityCriteria),
    source: await readRows(given.data),
    ...{ answers, callModel: await callModelOf(given, answers) },
    stop: new Stop({ signal, maxTokens, maxCost }),
  };
  signal?.throwIfAborted();
  const work = () =>
    dryRun ? evaluateIn(undefined, plan) : inEvaluationRun(given, (run) => evaluateIn(run, plan));
  return answers ? withModelCache(answers, work) : work();
}

async function evaluateIn(run: RunTarget | undefined, plan: Plan): Promise<EvaluationResult> {
  const { options, scorers, rules, source, stop } = plan;
  const { runId: continuedRun, modelId } = options;
  await checkSessionLevels(scorers, run);
  if (run) {
    await logSetUp(run, { scorers, criteriaTag: qualityCriteriaTag(rules), model: options });
  }
  const loggedModel = run && (await findLoggedModel(run, modelId));
  const earlier =
    run && continuedRun !== undefined
      ? await readEarlierRows(run, { scorers, callsModel: plan.callModel !== undefined })
      : NO_EARLIER_ROWS;
  const terminal = stderrTerminal();
  const places = await placesOf(run);
  const total = source.total && source.total * (options.numRepetitions ?? 1);
  if (run) terminal.write(startLine(total, places.run ?? `run ${run.id}`));
  const progress = new Progress(terminal, total);
  const done = await evaluateAll(run, plan, earlier, progress);
  progress.end();
  const rows = done.map(({ row }) => row);
  const subject = run && { modelId: loggedModel, dataset: source.datasetInput() };
  if (run && subject) {
    await logInputs(run, subject);
    await deliver(rows);
    await deleteReplaced(run, done, earlier.replaced);
  }
  // What is finished is stored: the caller can continue the run.
  if (stop.signal.aborted) throw stopped(stop.signal.reason, run?.id);
  const priced = run ? await withCosts(run, rows) : rows;
  const { metrics, reasons } = metricsOf(priced, scorers, extraAggregations(rules));
  const criteria = judgeCriteria(rules, metrics);
  if (run) await logMetricsTo(run, metrics, subject);
  const result = new EvaluationResult({
    ...{ runId: await run?.runId(), metrics, rows: priced, scorers },
    reasons: [
      ...reasonsOf(stop, done.length, total),
      ...reasons,
      ...criteria.filter(({ verdict }) => verdict !== "met").map(textOfCriterion),
    ],
    hasCriteria: criteria.length > 0,
  });
  terminal.write(reportOf(result, scorers, { ...places, criteria }));
  return result;
}

async function evaluateAll(
  run: RunTarget | undefined,
  plan: Plan,
  earlier: EarlierRows,
  progress: Progress,
): Promise<DoneRow[]> {
  const { options, scorers, source, callModel, stop, answers } = plan;
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
    backoff: new Backoff(),
    metadata: modelId === undefined ? {} : { [TraceMetadataKey.MODEL_ID]: modelId },
  };
  const log = run && new RowLog(run, callModel !== undefined);
  const ofSessions = scorers.filter(({ isSessionLevelScorer }) => isSessionLevelScorer);
  const done = await evaluateRows(source.rows, {
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
  });
  return ofSessions.length === 0 || stop.isStopped
    ? done
    : scoreSessions({ run, log }, ofSessions, done, scoring);
}

function reasonsOf(stop: Stop, done: number, total: number | undefined): string[] {
  const { budgetReason } = stop;
  if (budgetReason === undefined) return [];
  const count = total === undefined ? `${done} rows` : `${done} of ${total} rows`;
  return [`stopped after ${count}: ${budgetReason}`];
}
