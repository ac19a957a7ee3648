import { MlflowException } from "../base/errors.js";
import { show } from "../base/show.js";
import type { RunTarget } from "../delivery/destination.js";
import { getPipeline } from "../recording/pipeline.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import type { ReportPlaces } from "./report.js";
import { tracesOfRun } from "./traces-of-run.js";
import { costOfTrace } from "./usage.js";

/** How long one flush may take. */
export const FLUSH_TIMEOUT_MS = 60_000;

/** Waits until the traces of the rows are stored or lost, as long as the store accepts or refuses some. */
export async function deliver(rows: readonly EvaluatedRow[]): Promise<void> {
  const pipeline = getPipeline();
  const isWaiting = () => rows.some(({ traceId }) => traceId && pipeline.holdsTrace(traceId));
  for (let settled = 1; settled > 0 && isWaiting(); ) {
    const { sent, dropped } = await pipeline.flush(FLUSH_TIMEOUT_MS);
    settled = sent + dropped;
  }
}

/** Deletes the traces of failed calls that were repeated, if the traces that replace them are stored. */
export async function deleteRepeated(
  run: RunTarget,
  rows: readonly EvaluatedRow[],
  failed: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const repeated = rows.flatMap(({ rowId, traceId }) =>
    traceId === undefined ? [] : (failed.get(rowId) ?? []),
  );
  if (repeated.length === 0) return;
  const experimentId = await run.destination.experimentId();
  await run.store.deleteTraces(experimentId, { traceIds: repeated });
}

/** Adds the costs, which the server has calculated from the models and the tokens of the spans. */
export async function withCosts(
  run: RunTarget,
  rows: readonly EvaluatedRow[],
): Promise<EvaluatedRow[]> {
  if (!run.store.addsCosts) return [...rows];
  const costs = new Map<string, number>();
  for await (const info of tracesOfRun(run)) {
    const cost = costOfTrace(info);
    if (cost !== undefined) costs.set(info.traceId, cost);
  }
  return rows.map((row) => ({ ...row, cost: costs.get(row.traceId ?? "") ?? row.cost }));
}

/** The error of an evaluation that the app has stopped. It names the run, which can be continued. */
export function stopped(reason: unknown, runId: string | undefined): MlflowException {
  const next = runId === undefined ? "" : ` To continue it, pass \`runId: "${runId}"\`.`;
  const detail = reason instanceof Error ? reason.message : show(reason);
  return new MlflowException(
    `evaluate() was stopped by its signal: ${detail}.${next}`,
    "CANCELLED",
    { cause: reason },
  );
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
