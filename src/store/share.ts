import { warnOnce } from "../base/log.js";
import type { Span } from "../trace/span.js";
import type { TraceToLog } from "../trace/trace.js";

/**
 * For a store that cannot add spans to a trace: a part of a trace of another process becomes a trace of its own, which links to
 * the span around it. Other traces do not change.
 */
export function asOwnTrace(trace: TraceToLog, uri: string): TraceToLog {
  const { spans } = trace.data;
  if (trace.share !== "part" || spans.length === 0) return trace;
  warnOnce(
    `own trace ${uri}`,
    `${uri} cannot add spans to the trace of another process. They are stored as a trace of their own, which links to it. MLflow 3.6 or newer with a database stores them in one trace.`,
  );
  const { traceId: sharedId } = trace.info;
  // The same at each attempt to send it.
  const traceId = `${sharedId.slice(0, -16)}${spans[0]?.spanId}`;
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const own = ({ parentId, ...span }: Span): Span => {
    if (parentId === undefined || ids.has(parentId)) {
      return { ...span, traceId, ...(parentId && { parentId }) };
    }
    const link = { traceId: sharedId, spanId: parentId, attributes: {} };
    return { ...span, traceId, links: [...(span.links ?? []), link] };
  };
  const { share: _share, ...unshared } = trace;
  return { ...unshared, info: { ...trace.info, traceId }, data: { spans: spans.map(own) } };
}
