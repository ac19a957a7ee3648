import { type TraceInfo, TraceMetadataKey, TraceState } from "../../trace/trace.js";
import {
  clientMetadata,
  clientTags,
  clippedPreview,
  clippedRequestId,
} from "../wire/trace-fields.js";
import type { Request } from "./http.js";

export const TRACES_PATH = "/api/3.0/mlflow/traces";

/**
 * StartTraceV3: despite its name sent once, when the trace has ended. The server reads it
 * leniently, one field of a wrong type makes it forget the fields behind: types matter here.
 */
export function startTraceRequest(experimentId: string, info: TraceInfo): Request {
  return {
    method: "POST",
    path: TRACES_PATH,
    json: {
      trace: {
        trace_info: {
          trace_id: info.traceId,
          ...(info.clientRequestId && {
            client_request_id: clippedRequestId(info.clientRequestId),
          }),
          trace_location: {
            type: "MLFLOW_EXPERIMENT",
            mlflow_experiment: { experiment_id: experimentId },
          },
          ...(info.requestPreview !== undefined && {
            request_preview: clippedPreview(info.requestPreview),
          }),
          ...(info.responsePreview !== undefined && {
            response_preview: clippedPreview(info.responsePreview),
          }),
          request_time: new Date(info.requestTime).toISOString(),
          execution_duration: `${(Math.max(0, info.executionDuration) / 1000).toFixed(3)}s`,
          state: info.state,
          trace_metadata: clientMetadata(info),
          tags: clientTags(info),
          ...(info.assessments.length > 0 && { assessments: info.assessments }),
        },
      },
    },
  };
}

/** What OTLP carries as well, or a person can do without. */
const NICE_METADATA = new Set<string>([
  TraceMetadataKey.SCHEMA_VERSION,
  TraceMetadataKey.INPUTS,
  TraceMetadataKey.OUTPUTS,
  TraceMetadataKey.TOKEN_USAGE,
  "mlflow.trace.cost",
  TraceMetadataKey.SESSION,
  TraceMetadataKey.USER,
  TraceMetadataKey.SIZE_STATS,
  TraceMetadataKey.SIZE_BYTES,
  TraceMetadataKey.MLFLOW_USER,
  TraceMetadataKey.SOURCE_NAME,
  TraceMetadataKey.SOURCE_TYPE,
]);
const NICE_PREFIXES = ["mlflow.source.", "mlflow.trace.info"];

/** Whether OTLP alone would lose something of this trace that was asked for. */
export function needsStartTrace(info: TraceInfo): boolean {
  if (info.clientRequestId || info.assessments.length > 0) return true;
  if (info.state === TraceState.IN_PROGRESS) return true;
  return Object.keys(info.traceMetadata).some(
    (key) => !(NICE_METADATA.has(key) || NICE_PREFIXES.some((prefix) => key.startsWith(prefix))),
  );
}
