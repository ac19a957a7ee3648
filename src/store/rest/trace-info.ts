import type { Plain } from "../../data/plain.js";
import { isStated, type TraceInfo, TraceMetadataKey, TraceState } from "../../trace/trace.js";
import { assessmentsOf, assessmentToJson } from "../wire/assessment-json.js";
import { listOf, objectOf, stringsOf, textOf } from "../wire/json-fields.js";
import {
  clientMetadata,
  clientTags,
  clippedPreview,
  clippedRequestId,
} from "../wire/trace-fields.js";
import type { HttpRequest } from "./response.js";

export const TRACES_PATH = "/api/3.0/mlflow/traces";
/** Returns the spans of a trace as JSON, or one of its attachments. */
export const TRACE_ARTIFACT_PATH = "/ajax-api/2.0/mlflow/get-trace-artifact";

/**
 * A StartTraceV3 request. Despite its name, it is sent once, when the trace has ended. If a field has a wrong
 * type, the server reports no error and ignores the fields after it. `countsTokens`: the server counts the tokens of the spans
 * of all processes, and would replace their number by that of this process.
 */
export function startTraceRequest(
  experimentId: string,
  info: TraceInfo,
  { countsTokens = false }: { readonly countsTokens?: boolean } = {},
): HttpRequest {
  const { [TraceMetadataKey.TOKEN_USAGE]: usage, ...metadata } = clientMetadata(info);
  // See `sendOverrides()` for the others.
  const assessments = info.assessments.filter(({ overrides }) => overrides === undefined);
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
          trace_metadata: {
            ...metadata,
            ...(usage !== undefined && !countsTokens && { [TraceMetadataKey.TOKEN_USAGE]: usage }),
          },
          tags: clientTags(info),
          ...(assessments.length > 0 && { assessments: assessments.map(assessmentToJson) }),
        },
      },
    },
  };
}

/** Metadata that OTLP carries too, or that is not essential. */
const OPTIONAL_METADATA = new Set<string>([
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
const OPTIONAL_PREFIXES = ["mlflow.source.", "mlflow.trace.info"];

/** Whether the trace has essential fields that OTLP does not carry. */
export function needsStartTrace(info: TraceInfo): boolean {
  if (info.clientRequestId || info.assessments.length > 0) return true;
  if (info.state === TraceState.IN_PROGRESS || isStated(info)) return true;
  return Object.keys(info.traceMetadata).some(
    (key) =>
      !(OPTIONAL_METADATA.has(key) || OPTIONAL_PREFIXES.some((prefix) => key.startsWith(prefix))),
  );
}

/** Reads the server's JSON form of a TraceInfo. */
export function traceInfoOf(value: Plain | undefined): TraceInfo {
  const json = objectOf(value);
  const experiment = objectOf(objectOf(json.trace_location).mlflow_experiment);
  const { client_request_id: clientRequestId } = json;
  const { request_preview: requestPreview, response_preview: responsePreview } = json;
  return {
    traceId: textOf(json.trace_id),
    ...(typeof clientRequestId === "string" && { clientRequestId }),
    experimentId: textOf(experiment.experiment_id),
    ...(typeof requestPreview === "string" && { requestPreview }),
    ...(typeof responsePreview === "string" && { responsePreview }),
    requestTime: Date.parse(textOf(json.request_time)) || 0,
    executionDuration: milliseconds(json.execution_duration),
    state: stateOf(json.state),
    traceMetadata: stringsOf(json.trace_metadata),
    tags: stringsOf(json.tags),
    assessments: assessmentsOf(listOf(json.assessments)),
  };
}

/** Protobuf's JSON writes a duration as `1.234s`. */
function milliseconds(value: Plain | undefined): number {
  const seconds = Number.parseFloat(textOf(value));
  return Number.isNaN(seconds) ? 0 : Math.round(seconds * 1e6) / 1e3;
}

function stateOf(value: Plain | undefined): TraceState {
  return Object.values(TraceState).find((state) => state === value) ?? "STATE_UNSPECIFIED";
}
