import { MlflowException } from "../base/errors.js";
import { setField } from "../data/plain.js";
import {
  addAssessment,
  changeAssessment,
  findAssessment,
  restoredBy,
} from "../store/assessment-list.js";
import type { TraceEdits } from "../store/store.js";
import type { Assessment } from "../trace/assessment.js";
import type { Call } from "./call.js";

/** Changes of a trace that is not complete. They are sent with the trace. */
export function createCallEdits(call: Call): TraceEdits {
  const { tags, traceId } = call;
  const list = () => call.assessments ?? [];
  /** Replaces assessments of the same id, and adds the others. */
  const put = (changed: readonly Assessment[]) => {
    const byId = new Map(list().map((assessment) => [assessment.assessmentId, assessment]));
    for (const assessment of changed) byId.set(assessment.assessmentId, assessment);
    call.assessments = [...byId.values()];
  };
  return {
    async setTraceTag(_traceId, key, value) {
      setField(tags, key, value);
    },
    async deleteTraceTag(_traceId, key) {
      if (!Object.hasOwn(tags, key)) {
        throw new MlflowException(
          `No tag with name: ${key} in trace with ID ${traceId}.`,
          "RESOURCE_DOES_NOT_EXIST",
        );
      }
      delete tags[key];
    },
    async createAssessment(_traceId, assessment) {
      const changed = addAssessment(list(), traceId, assessment);
      put(changed);
      return changed[0];
    },
    getAssessment: async (_traceId, assessmentId) => findAssessment(list(), traceId, assessmentId),
    async updateAssessment(_traceId, assessmentId, change) {
      const changed = changeAssessment(list(), traceId, assessmentId, change);
      put([changed]);
      return changed;
    },
    async deleteAssessment(_traceId, assessmentId) {
      const restored = restoredBy(list(), assessmentId);
      call.assessments = list().filter((one) => one.assessmentId !== assessmentId);
      if (restored) put([restored]);
    },
  };
}
