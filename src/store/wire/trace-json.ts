import { type PlainObject, toJson } from "../../data/plain.js";
import type { Trace } from "../../trace/trace.js";
import { assessmentToJson } from "./assessment-json.js";
import { spanToPlain } from "./span-json.js";

/** The text that Python's `Trace.from_json` reads. */
export function traceToJson({ info, data }: Trace): string {
  const optional = {
    client_request_id: info.clientRequestId,
    request_preview: info.requestPreview,
    response_preview: info.responsePreview,
  };
  const known = Object.entries(optional).filter(([, value]) => value !== undefined);
  const plain: PlainObject = {
    info: {
      trace_id: info.traceId,
      ...Object.fromEntries(known),
      trace_location: {
        type: "MLFLOW_EXPERIMENT",
        mlflow_experiment: { experiment_id: info.experimentId },
      },
      request_time: new Date(info.requestTime).toISOString(),
      execution_duration_ms: Math.round(info.executionDuration),
      state: info.state,
      trace_metadata: info.traceMetadata,
      tags: info.tags,
      assessments: info.assessments.map(assessmentToJson),
    },
    data: { spans: data.spans.map(spanToPlain) },
  };
  return toJson(plain);
}
