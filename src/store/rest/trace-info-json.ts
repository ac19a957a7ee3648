import type { Plain } from "../../data/plain.js";
import { type TraceInfo, TraceState } from "../../trace/trace.js";
import { listOf, objectOf, stringsOf, textOf } from "./json-fields.js";

/** A TraceInfo as the server's JSON has it. */
export function traceInfoOf(value: Plain | undefined): TraceInfo {
  const json = objectOf(value);
  const experiment = objectOf(objectOf(json.trace_location).mlflow_experiment);
  return {
    traceId: textOf(json.trace_id),
    ...optional("clientRequestId", json.client_request_id),
    experimentId: textOf(experiment.experiment_id),
    ...optional("requestPreview", json.request_preview),
    ...optional("responsePreview", json.response_preview),
    requestTime: Date.parse(textOf(json.request_time)) || 0,
    executionDuration: milliseconds(json.execution_duration),
    state: stateOf(json.state),
    traceMetadata: stringsOf(json.trace_metadata),
    tags: stringsOf(json.tags),
    assessments: listOf(json.assessments),
  };
}

/** Protobuf's text for a duration: `1.234s`. */
function milliseconds(value: Plain | undefined): number {
  const seconds = Number.parseFloat(textOf(value));
  return Number.isNaN(seconds) ? 0 : Math.round(seconds * 1e6) / 1e3;
}

function stateOf(value: Plain | undefined): TraceState {
  return Object.values(TraceState).find((state) => state === value) ?? "STATE_UNSPECIFIED";
}

function optional<K extends string>(
  key: K,
  value: Plain | undefined,
): { readonly [key in K]?: string } {
  return typeof value === "string" ? ({ [key]: value } as { readonly [key in K]?: string }) : {};
}
