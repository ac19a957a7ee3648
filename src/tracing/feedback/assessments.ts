import { readNamed } from "../../settings/check-options.js";
import type { Assessment } from "../../trace/assessment.js";
import { editTrace, OF_ASSESSMENT, reported } from "./edit-trace.js";

/** Names an assessment of a trace. */
export interface AssessmentName {
  readonly traceId: string;
  readonly assessmentId: string;
}

/**
 * Returns an assessment of a trace. Mirrors `mlflow.get_assessment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if
 * the trace or the assessment does not exist; and the errors of the store.
 * @example
 * const { name, value } = await getAssessment({ traceId, assessmentId });
 */
export async function getAssessment(options: AssessmentName): Promise<Assessment> {
  const { traceId, assessmentId } = readNamed("getAssessment()", options, OF_ASSESSMENT);
  return editTrace(traceId, (place) => place.getAssessment(traceId, assessmentId));
}

/**
 * Deletes an assessment of a trace. Ignores one that does not exist. Feedback that it overrode is valid again. Mirrors
 * `mlflow.delete_assessment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if
 * the trace does not exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await deleteAssessment({ traceId, assessmentId });
 */
export function deleteAssessment(options: AssessmentName): Promise<void> {
  const caller = "deleteAssessment()";
  return reported(caller, async () => {
    const { traceId, assessmentId } = readNamed(caller, options, OF_ASSESSMENT);
    await editTrace(traceId, (place) => place.deleteAssessment(traceId, assessmentId));
  });
}
