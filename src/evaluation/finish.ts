import { MlflowException, messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { attempt, show } from "../base/show.js";
import type { RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import type { ReportPlaces } from "./report.js";
import { tracesOfRun } from "./traces-of-run.js";
import { costOfTrace } from "./usage.js";

/** How long one flush may take. */
export const FLUSH_TIMEOUT_MS = 60_000;

/** A flush keeps the process alive, also after an abort. */
const FLUSH_PART_MS = 5_000;

/** Waits until the traces of the rows are stored or lost, as long as the store accepts or refuses some. */
export async function deliver(rows: readonly EvaluatedRow[], signal: AbortSignal): Promise<void> {
  const pipeline = getPipeline();
  const isWaiting = () => rows.some(({ traceId }) => traceId && pipeline.holdsTrace(traceId));
  let idleMs = 0;
  while (isWaiting() && idleMs < FLUSH_TIMEOUT_MS) {
    const startedAtMs = performance.now();
    const { sent, dropped } = await pipeline.flush(FLUSH_PART_MS);
    const tookMs = performance.now() - startedAtMs;
    const isUseless = sent + dropped === 0 && tookMs < FLUSH_PART_MS / 2;
    if (isUseless || signal.aborted) return;
    idleMs = sent + dropped > 0 ? 0 : idleMs + tookMs;
  }
}

/**
 * Adds the costs, which the server has calculated from the models and the tokens of the spans. If they cannot be read, logs a
 * warning: the results are complete without them.
 */
export async function withCosts(
  run: RunTarget,
  rows: readonly EvaluatedRow[],
): Promise<EvaluatedRow[]> {
  if (!run.store.addsCosts) return [...rows];
  const costs = new Map<string, number>();
  try {
    for await (const info of tracesOfRun(run)) {
      const cost = costOfTrace(info);
      if (cost !== undefined) costs.set(info.traceId, cost);
    }
  } catch (cause) {
    warnOnce(
      `costs ${run.store.uri}`,
      `evaluate() has no costs of the rows, because ${run.store.uri} did not return them: ${messageOf(cause)}`,
    );
    return [...rows];
  }
  return rows.map((row) => ({ ...row, cost: costs.get(row.traceId ?? "") ?? row.cost }));
}

/** The error of an evaluation that the app has stopped. It names the run, which can be continued. */
export function stopped(reason: unknown, runId: string | undefined): MlflowException {
  return new MlflowException(
    `evaluate() was stopped by its signal: ${detailOf(reason)}${continuing(runId)}`,
    "CANCELLED",
    { cause: reason },
  );
}

/** The error of an evaluation whose data, or store, has failed. It names the run, which can be continued. */
export function incomplete(cause: unknown, runId: string | undefined): MlflowException {
  return new MlflowException(
    `evaluate() has not evaluated all rows: ${detailOf(cause)}${continuing(runId)}`,
    cause instanceof MlflowException ? cause.errorCode : "INTERNAL_ERROR",
    { cause },
  );
}

/** Ends with a full stop. */
function detailOf(thrown: unknown): string {
  const text = attempt(() => thrown instanceof Error) ? messageOf(thrown) : show(thrown);
  return text.endsWith(".") ? text : `${text}.`;
}

function continuing(runId: string | undefined): string {
  return runId === undefined ? "" : ` To continue it, pass \`runId: "${runId}"\`.`;
}

/** Where the report finds the run and the traces. */
export async function placesOf(run: RunTarget | undefined): Promise<ReportPlaces> {
  const command = (traceId: string) => `npx langchain-mlflow traces ${traceId}`;
  if (!run) return { run: undefined, trace: command };
  const { store, destination } = run;
  const [runId, experimentId] = [await run.runId(), await destination.experimentId()];
  const hasPages = store.traceUrl(experimentId, runId) !== undefined;
  const page = `${store.uri}/#/experiments/${experimentId}/evaluation-runs?selectedRunUuid=${runId}`;
  return {
    run: hasPages ? page : `run ${runId} in ${store.uri}`,
    trace: (traceId) => store.traceUrl(experimentId, traceId) ?? command(traceId),
  };
}
