import { invalidParameter, MlflowException } from "../base/errors.js";
import type { Assessment } from "../trace/assessment.js";
import { instanceOf, newAssessmentId } from "./assessments.js";

// Changes of the assessments of one trace, by the rules of Python's FileStore. Each function returns the assessments to
// write, in their new form.

/** @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
export function findAssessment(
  list: readonly Assessment[],
  traceId: string,
  assessmentId: string,
): Assessment {
  const found = list.find((assessment) => assessment.assessmentId === assessmentId);
  if (found) return found;
  throw new MlflowException(
    `Assessment with ID '${assessmentId}' not found for trace '${traceId}'`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

/** The new assessment is first. An overridden one follows, and is no longer valid. */
export function addAssessment(
  list: readonly Assessment[],
  traceId: string,
  assessment: Assessment,
  nowMs = Date.now(),
): [Assessment, ...Assessment[]] {
  const added: Assessment = {
    ...assessment,
    ...{ traceId, assessmentId: newAssessmentId(), valid: true },
    ...{ createTimeMs: nowMs, lastUpdateTimeMs: nowMs },
  };
  if (assessment.overrides === undefined) return [instanceOf(added)];
  const overridden = findAssessment(list, traceId, assessment.overrides);
  return [instanceOf(added), instanceOf({ ...overridden, valid: false })];
}

/** Takes name, value, rationale and metadata of `change`. Metadata is merged. */
export function changeAssessment(
  list: readonly Assessment[],
  traceId: string,
  assessmentId: string,
  change: Assessment,
): Assessment {
  const { error: _, ...found } = findAssessment(list, traceId, assessmentId);
  if (found.type !== change.type) {
    throw invalidParameter(
      `Cannot update ${change.type} value on ${found.type} '${assessmentId}'. Pass the same type.`,
    );
  }
  const { name, value, error, rationale } = change;
  const metadata = { ...found.metadata, ...change.metadata };
  return instanceOf({
    ...found,
    ...{ name, value, lastUpdateTimeMs: Date.now() },
    ...(error && { error }),
    ...(rationale !== undefined && { rationale }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  });
}

/** The assessment that `assessmentId` overrode, which is valid again. Undefined if it has not overridden one. */
export function restoredBy(
  list: readonly Assessment[],
  assessmentId: string,
): Assessment | undefined {
  const deleted = list.find((assessment) => assessment.assessmentId === assessmentId);
  const restored = list.find((one) => one.assessmentId === deleted?.overrides);
  if (!deleted?.overrides || !restored) return undefined;
  return instanceOf({ ...restored, valid: true, lastUpdateTimeMs: Date.now() });
}
