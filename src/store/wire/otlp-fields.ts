// Field numbers of opentelemetry/proto/trace/v1/trace.proto.
export const REQUEST = { resourceSpans: 1 };
export const RESOURCE_SPANS = { resource: 1, scopeSpans: 2 };
export const RESOURCE = { attributes: 1 };
export const SCOPE_SPANS = { scope: 1, spans: 2 };
export const SCOPE = { name: 1, version: 2 };
export const SPAN = {
  traceId: 1,
  spanId: 2,
  parentSpanId: 4,
  name: 5,
  startTime: 7,
  endTime: 8,
  attributes: 9,
  events: 11,
  links: 13,
  status: 15,
};
export const EVENT = { time: 1, name: 2, attributes: 3 };
export const LINK = { traceId: 1, spanId: 2, attributes: 4 };
export const STATUS = { message: 2, code: 3 };
