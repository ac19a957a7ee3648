import { createHash } from "node:crypto";
import { MlflowException } from "../../base/errors.js";
import { inputsOfTrace } from "../../datasets/from-trace.js";
import type { RunTarget } from "../../delivery/destination.js";
import { targetOfId } from "../../runs/run-targets.js";
import { Feedback } from "../../store/assessments.js";
import type { TraceInfo } from "../../trace/trace.js";
import { sortedJson } from "../items.js";
import { ROW_ID_TAG } from "../predict.js";
import { SOURCE_RUN_KEY } from "../score.js";
import { tracesOfRun } from "../traces-of-run.js";

/** An evaluated row: a trace of a run with the feedback of that run. */
export interface StoredRow {
  readonly traceId: string;
  readonly rowId: string | undefined;
  /** The feedback by name. A scorer may return several of one name. */
  readonly feedback: ReadonlyMap<string, readonly Feedback[]>;
}

/** A run that exists. */
export async function openRun(runId: string): Promise<RunTarget> {
  const run = targetOfId(runId);
  if (!(await run.store.getRun(runId))) {
    throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  }
  await run.whenCreated();
  return run;
}

/** The rows of a run, newest first as in Python: the order decides which resamples are drawn. */
export async function readStoredRows(run: RunTarget): Promise<StoredRow[]> {
  const runId = await run.runId();
  const infos: TraceInfo[] = [];
  for await (const info of tracesOfRun(run)) infos.push(info);
  return infos
    .sort((a, b) => b.requestTime - a.requestTime || (a.traceId < b.traceId ? -1 : 1))
    .map((info) => ({
      traceId: info.traceId,
      rowId: info.tags[ROW_ID_TAG],
      feedback: feedbackOf(info, runId),
    }));
}

/** A trace can be evaluated by several runs. Feedback without a run counts for all. */
function feedbackOf(info: TraceInfo, runId: string): ReadonlyMap<string, readonly Feedback[]> {
  const byName = new Map<string, Feedback[]>();
  for (const one of info.assessments) {
    if (!(one instanceof Feedback) || one.valid === false || one.error) continue;
    const source = one.metadata?.[SOURCE_RUN_KEY];
    if (source !== undefined && source !== runId) continue;
    byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  }
  return byName;
}

/** A hash of the inputs of a row. Undefined if its trace has none. */
export async function inputsHash(run: RunTarget, row: StoredRow): Promise<string | undefined> {
  const trace = await run.store.getTrace(row.traceId);
  const inputs = trace && inputsOfTrace(trace);
  if (inputs === undefined) return undefined;
  return createHash("sha256").update(sortedJson(inputs)).digest("hex");
}
