import { isPlainArray, isPlainObject, type Plain } from "../data/plain.js";
import { type AttachmentReference, readReference } from "./attachment.js";
import type { Trace } from "./trace.js";

/** The attachments of a trace that its values refer to, each once. A value may also refer to those of other traces. */
export function findReferences({ info, data }: Trace): readonly AttachmentReference[] {
  const found = new Map<string, AttachmentReference>();
  const visit = (value: Plain | undefined): void => {
    if (typeof value === "string") {
      const reference = readReference(value);
      if (reference?.traceId === info.traceId) found.set(reference.attachmentId, reference);
    } else if (isPlainArray(value)) value.forEach(visit);
    else if (isPlainObject(value)) Object.values(value).forEach(visit);
  };
  for (const { inputs, outputs, attributes, events } of data.spans) {
    for (const value of [inputs, outputs, attributes]) visit(value);
    for (const event of events) visit(event.attributes);
  }
  return [...found.values()];
}
