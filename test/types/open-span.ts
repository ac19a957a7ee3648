// Checked by the type checker only: no file but those of the class writes a field of an open span. A comment here whose
// line is no error is reported as an error.
import type { OpenSpan } from "../../src/recording/call.js";

export function refusedWrites(span: OpenSpan): void {
  // @ts-expect-error A value.
  span.inputs = 1;
  // @ts-expect-error A value.
  span.outputs ??= 1;
  // @ts-expect-error The status.
  span.status = "OK";
  // @ts-expect-error The end.
  span.endMs = 1;
  // @ts-expect-error The place in the trace.
  span.parent = span;
  // @ts-expect-error An attribute.
  span.attributes.name = 1;
  // @ts-expect-error The list of events.
  span.events?.push({ name: "event", timeMs: 1, attributes: {} });
  for (const event of span.events ?? []) {
    // @ts-expect-error An attribute of an event.
    event.attributes.name = 1;
  }
  // @ts-expect-error The list of links.
  span.links?.push({ traceId: "tr-1", spanId: "1", attributes: {} });
}
