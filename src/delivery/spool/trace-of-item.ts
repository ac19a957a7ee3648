import type { Plain } from "../../data/plain.js";
import { assessmentsOf } from "../../store/wire/assessment-json.js";
import { stringsOf } from "../../store/wire/json-fields.js";
import { readOtlpSpans } from "../../store/wire/read-otlp.js";
import type { Attachment } from "../../trace/attachment.js";
import { markStated, type TraceInfo, TraceState, type TraceToLog } from "../../trace/trace.js";
import { type JsonFields, objectOf, partsOf, type SpoolItem, textField } from "./spool-file.js";

/** Reads what `itemOfTrace()` has written. Undefined for other data. */
export function traceOfItem({ fields, payload }: SpoolItem): TraceToLog | undefined {
  const info = infoOf(objectOf(fields.info) ?? {});
  if (!info) return undefined;
  if (fields.isStated === true) markStated(info);
  const { share } = fields;
  const spanBytes = Number(fields.spanBytes);
  const attachments = attachmentsOf(fields.attachments, payload.subarray(spanBytes));
  return {
    info,
    data: { spans: readOtlpSpans(payload.subarray(0, spanBytes)) },
    ...(attachments.length > 0 && { attachments }),
    ...((share === "root" || share === "part") && { share }),
  };
}

/** Reads attachments from their descriptions, and from the part of the payload that has their bytes. */
export function attachmentsOf(list: unknown, payload: Uint8Array): readonly Attachment[] {
  return partsOf(list, payload).map(([fields, contentBytes]) => {
    const [id, contentType] = [textField(fields, "id"), textField(fields, "contentType")];
    return { id: id ?? "", contentType: contentType ?? "", contentBytes };
  });
}

function infoOf(json: JsonFields): TraceInfo | undefined {
  const traceId = textField(json, "traceId");
  const state = Object.values(TraceState).find((one) => one === json.state);
  if (traceId === undefined || state === undefined) return undefined;
  const optional = ["clientRequestId", "requestPreview", "responsePreview"].flatMap((name) => {
    const text = textField(json, name);
    return text === undefined ? [] : [[name, text]];
  });
  return {
    traceId,
    ...Object.fromEntries(optional),
    experimentId: textField(json, "experimentId") ?? "",
    requestTime: Number(json.requestTime),
    executionDuration: Number(json.executionDuration),
    state,
    traceMetadata: stringsOf(plainOf(json.traceMetadata)),
    tags: stringsOf(plainOf(json.tags)),
    assessments: assessmentsOf(listOf(json.assessments)),
  };
}

function listOf(value: unknown): readonly Plain[] {
  return Array.isArray(value) ? value.map(plainOf) : [];
}

/** Parsed JSON is plain data. */
function plainOf(value: unknown): Plain {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (Array.isArray(value)) return value.map(plainOf);
  const fields = objectOf(value);
  if (!fields) return null;
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plainOf(field)]));
}
