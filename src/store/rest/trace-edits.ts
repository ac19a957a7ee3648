import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { Assessment } from "../../trace/assessment.js";
import type { TraceEditStore } from "../store.js";
import { assessmentOf, assessmentToJson } from "../wire/assessment-json.js";
import { textOf } from "../wire/json-fields.js";
import { pathPart } from "./path-part.js";
import { type HttpResponse, isNotFound, jsonOf } from "./response.js";
import type { RetryingHttp } from "./retried.js";
import { TRACES_PATH } from "./trace-info.js";

/** What Python's client sends in one request. */
const MAX_DELETED_IDS = 100;

/** Changes of traces over REST. Every method throws a RestException if the server returns an error. */
export function createTraceEdits(http: RetryingHttp): TraceEditStore {
  const tagsPath = (traceId: string) => `${TRACES_PATH}/${pathPart(traceId)}/tags`;
  const pathOf = (traceId: string, assessmentId?: string) => {
    const all = `${TRACES_PATH}/${pathPart(traceId)}/assessments`;
    return assessmentId === undefined ? all : `${all}/${pathPart(assessmentId)}`;
  };

  return {
    async setTraceTag(traceId, key, value) {
      const request = { method: "PATCH", path: tagsPath(traceId), json: { key, value } } as const;
      // The server writes the tag without a look at the trace, and its database refuses it.
      const isMissing = ({ text }: HttpResponse) => /FOREIGN KEY/i.test(text);
      const response = await http.send(request, { isFinal: isMissing });
      if (isMissing(response)) throw missingTrace(http, traceId);
      jsonOf(response);
    },
    async deleteTraceTag(traceId, key) {
      const request = { method: "DELETE", path: tagsPath(traceId), json: { key } } as const;
      jsonOf(await http.send(request, { isRepeated: isNotFound }));
    },
    async createAssessment(traceId, assessment) {
      const { assessmentId: _, ...given } = assessment;
      const json = { assessment: assessmentToJson({ ...given, traceId }) };
      const request = { method: "POST", path: pathOf(traceId), json } as const;
      return readAssessment(await http.send(request, { isOnce: true }));
    },
    async getAssessment(traceId, assessmentId) {
      return readAssessment(
        await http.send({ method: "GET", path: pathOf(traceId, assessmentId) }),
      );
    },
    async updateAssessment(traceId, assessmentId, change) {
      const paths = ["assessmentName", change.type];
      if (change.rationale !== undefined) paths.push("rationale");
      if (change.metadata) paths.push("metadata");
      const json = {
        assessment: assessmentToJson({ ...change, traceId, assessmentId }),
        update_mask: paths.join(","),
      };
      const path = pathOf(traceId, assessmentId);
      return readAssessment(await http.send({ method: "PATCH", path, json }));
    },
    async linkTracesToRun(traceIds, runId) {
      const json = { trace_ids: traceIds, run_id: runId };
      jsonOf(await http.send({ method: "POST", path: "/api/2.0/mlflow/traces/link-to-run", json }));
    },
    async deleteAssessment(traceId, assessmentId) {
      const json = { trace_id: traceId, assessment_id: assessmentId };
      jsonOf(await http.send({ method: "DELETE", path: pathOf(traceId, assessmentId), json }));
    },
    async deleteTraces(experimentId, which) {
      const remove = async (json: object) => {
        const path = `${TRACES_PATH}/delete-traces`;
        const all = { experiment_id: experimentId, ...json };
        const { traces_deleted } = jsonOf(await http.send({ method: "POST", path, json: all }));
        return Number(textOf(traces_deleted)) || 0;
      };
      if ("traceIds" in which) {
        let deleted = 0;
        for (let at = 0; at < which.traceIds.length; at += MAX_DELETED_IDS) {
          deleted += await remove({ request_ids: which.traceIds.slice(at, at + MAX_DELETED_IDS) });
        }
        return deleted;
      }
      return remove({
        max_timestamp_millis: which.maxTimestampMs,
        ...(which.maxTraces !== undefined && { max_traces: which.maxTraces }),
      });
    },
  };
}

function readAssessment(response: HttpResponse): Assessment {
  const assessment = assessmentOf(jsonOf(response).assessment);
  if (assessment) return assessment;
  throw invalidParameter(`The response of ${response.uri} has no assessment.`);
}

function missingTrace(http: RetryingHttp, traceId: string): MlflowException {
  return new MlflowException(
    `Trace with ID '${traceId}' not found on ${http.uri}.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}
