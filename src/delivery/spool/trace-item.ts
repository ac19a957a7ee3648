import { toJson } from "../../data/plain.js";
import { assessmentToJson } from "../../store/wire/assessment-json.js";
import { createOtlpEncoder } from "../../store/wire/otlp.js";
import type { Attachment } from "../../trace/attachment.js";
import { isStated, type TraceToLog } from "../../trace/trace.js";
import type { JsonFields, SpoolItem } from "./spool-file.js";

/** The encoding is for no server: it changes no value. */
const encode = createOtlpEncoder({ traceFields: false, parsesJsonText: false });

/**
 * Writes a trace: its spans as OTLP, and its other fields as JSON, with `fields` of the caller.
 *
 * @throws MlflowException if an id of the trace is not valid.
 */
export function itemOfTrace(
  { info, data, share, attachments = [] }: TraceToLog,
  fields: JsonFields,
): SpoolItem {
  const { assessments, ...rest } = info;
  const spans = encode({ info, data });
  return {
    fields: {
      ...fields,
      info: { ...rest, assessments: JSON.parse(toJson(assessments.map(assessmentToJson))) },
      isStated: isStated(info),
      share,
      spanBytes: spans.byteLength,
      attachments: attachments.map(descriptionOf),
    },
    payload: Buffer.concat([spans, ...attachments.map(({ contentBytes }) => contentBytes)]),
  };
}

/** Describes an attachment. Its bytes are a part of the payload. */
export function descriptionOf({ id, contentType, contentBytes }: Attachment): JsonFields {
  return { id, contentType, bytes: contentBytes.byteLength };
}
