import { warnOnce } from "../base/log.js";
import { currentRun } from "../context/active-runs.js";
import { STORED_DATASET } from "../datasets/dataset-input.js";
import type { RunTarget } from "../delivery/destination.js";
import { putWrite } from "../runs/put.js";
import { startRun } from "../runs/start-run.js";
import type { Scorer } from "../scorers/scorer.js";
import { type Dataset, MAX_METRICS, type MetricToLog } from "../store/run-store.js";
import { QUALITY_CRITERIA_TAG } from "./criteria/tag.js";
import type { EvaluateOptions } from "./options.js";
import { scorersDigest, sha256 } from "./scorer-digest.js";

const RUN_TYPE_TAG = "mlflow.runType";
const SCORERS_TAG = "mlflow.genaiEvaluate.scorersDigest";
const AGENT_FUNCTION_TAG = "mlflow.genaiEvaluate.agent.function";
const AGENT_DIGEST_TAG = "mlflow.genaiEvaluate.agent.digest";
const AGENT_URI_TAG = "mlflow.genaiEvaluate.agent.uri";

type Model = Pick<EvaluateOptions, "predictFn" | "model">;

/** Calls `work` in the run that the evaluation continues, in the active run, or in a new one, which ends after it. */
export async function inEvaluationRun<T>(
  { runId, runName }: Pick<EvaluateOptions, "runId" | "runName">,
  work: (run: RunTarget) => Promise<T>,
): Promise<T> {
  const active = currentRun();
  if (active && runName === undefined && (runId === undefined || runId === active.target.id)) {
    return work(active.target);
  }
  const which = runId === undefined ? {} : { runId };
  const name = runName === undefined ? {} : { runName };
  return startRun({ ...which, ...name, nested: active !== undefined }, () => {
    const started = currentRun();
    if (!started) throw new Error("unreachable: startRun() makes the run the current one");
    return work(started.target);
  });
}

export interface RunSetUp {
  readonly scorers: readonly Scorer[];
  readonly criteriaTag: string | undefined;
  readonly model: Model;
}

/** Logs what the evaluation uses as tags of its run, as Python's `evaluate` does. */
export async function logSetUp(
  run: RunTarget,
  { scorers, criteriaTag, model }: RunSetUp,
): Promise<void> {
  const created = await run.whenCreated();
  // Another evaluation may have changed the tags since this process created or read the run.
  const { data } = (await run.store.getRun(created.info.runId)) ?? created;
  const tags = {
    ...(data.tags[RUN_TYPE_TAG] === undefined && { [RUN_TYPE_TAG]: "genai_evaluate" }),
    ...(criteriaTag !== undefined && { [QUALITY_CRITERIA_TAG]: criteriaTag }),
    ...(scorers.length > 0 && { [SCORERS_TAG]: scorersDigest(scorers) }),
    ...agentTags(model),
  };
  if (criteriaTag === undefined && data.tags[QUALITY_CRITERIA_TAG] !== undefined) {
    await putWrite(run, { kind: "deleteTag", key: QUALITY_CRITERIA_TAG });
  }
  await putWrite(run, { kind: "logBatch", tags });
}

/** The id of the logged model, if the store has it. Otherwise the traces alone name it. */
export async function findLoggedModel(
  { store }: RunTarget,
  modelId: string | undefined,
): Promise<string | undefined> {
  if (modelId === undefined || (await store.getLoggedModel(modelId))) return modelId;
  warnOnce(
    `no logged model ${modelId} ${store.uri}`,
    `evaluate() does not attach its metrics to the logged model '${modelId}', because ${store.uri} has no such model.`,
  );
  return undefined;
}

/** What the metrics of an evaluation are about. */
export interface Subject {
  readonly modelId: string | undefined;
  readonly dataset: Dataset;
}

export async function logInputs(run: RunTarget, { modelId, dataset }: Subject): Promise<void> {
  const models = modelId === undefined ? {} : { models: [modelId] };
  await putWrite(run, { kind: "logInputs", datasets: [{ dataset, tags: {} }], ...models });
}

export async function logMetricsTo(
  run: RunTarget,
  metrics: Readonly<Record<string, number>>,
  subject?: Subject,
): Promise<void> {
  const timestampMs = Date.now();
  const { modelId, dataset } = subject ?? {};
  // As in Python: other data has no name of its own.
  const named = dataset?.sourceType === STORED_DATASET ? { dataset } : {};
  const about = modelId === undefined ? {} : { about: { modelId, ...named } };
  const points = Object.entries(metrics).map(
    ([key, value]): MetricToLog => ({ key, value, timestampMs, step: 0, ...about }),
  );
  for (let from = 0; from < points.length; from += MAX_METRICS) {
    await putWrite(run, { kind: "logBatch", metrics: points.slice(from, from + MAX_METRICS) });
  }
}

function agentTags({ predictFn, model }: Model): Record<string, string> {
  if (typeof model === "string") return { [AGENT_URI_TAG]: model };
  if (model) return { [AGENT_FUNCTION_TAG]: model.constructor.name };
  if (!predictFn) return {};
  return {
    ...(predictFn.name && { [AGENT_FUNCTION_TAG]: predictFn.name }),
    [AGENT_DIGEST_TAG]: sha256(Function.prototype.toString.call(predictFn)),
  };
}
