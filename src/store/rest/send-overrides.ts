import type { TraceInfo } from "../../trace/trace.js";
import type { Verdict } from "../retry.js";
import { assessmentToJson } from "../wire/assessment-json.js";
import type { Http } from "./http.js";
import { pathPart } from "./path-part.js";
import { isSuccess } from "./response.js";
import { TRACES_PATH } from "./trace-info.js";
import { STORED, verdictOf } from "./verdict.js";

/**
 * Sends the assessments of a stored trace that override others: StartTraceV3 would leave the others valid. With `all`, sends
 * the others too. Each is deleted first, so that a repetition does not fail or store it twice. Rejects if there is no response.
 */
export async function sendOverrides(
  http: Http,
  { traceId, assessments }: TraceInfo,
  signal: AbortSignal | undefined,
  all = false,
): Promise<Verdict> {
  const path = `${TRACES_PATH}/${pathPart(traceId)}/assessments`;
  for (const assessment of assessments) {
    const { overrides, assessmentId } = assessment;
    if (overrides === undefined && !all) continue;
    if (assessmentId !== undefined) {
      const json = { trace_id: traceId, assessment_id: assessmentId };
      const one = `${path}/${pathPart(assessmentId)}`;
      const deleted = await http.send({ method: "DELETE", path: one, json, signal });
      if (!isSuccess(deleted)) return verdictOf(deleted);
    }
    const json = { assessment: assessmentToJson({ ...assessment, traceId }) };
    const created = await http.send({ method: "POST", path, json, signal });
    if (!isSuccess(created)) return verdictOf(created);
  }
  return STORED;
}
