import type { Destination } from "../delivery/destination.js";
import type { Call, OpenSpan } from "../recording/call.js";
import type { MlflowLangchainTracerOptions } from "../settings/tracer-options.js";

/** The length limit of MLflow for a metadata value. */
const MAX_METADATA_CHARACTERS = 250;

/** Applies the options of a tracer to the trace of a span. Call it for every span: it changes each trace once. */
export function createMarks(options: MlflowLangchainTracerOptions): (span: OpenSpan) => void {
  const { tags, sessionId, experimentName } = options;
  const metadata = metadataOf(options);
  const marked = new WeakSet<Call>();
  const inExperiment = experimentName === undefined ? undefined : experimentOf(experimentName);
  return ({ call, parent }) => {
    if (marked.has(call)) return;
    marked.add(call);
    call.isWanted = true;
    Object.assign(call.tags, tags);
    Object.assign(call.metadata, metadata);
    if (sessionId !== undefined) call.sessionId = sessionId;
    // A trace that started outside of this tracer keeps its experiment.
    if (inExperiment && !parent && call.destination) {
      call.destination = inExperiment(call.destination);
    }
  };
}

function metadataOf({ metadata = {}, parentSpan }: MlflowLangchainTracerOptions) {
  const parent = parentSpan && {
    "langchain.parent_trace_id": parentSpan.traceId,
    "langchain.parent_span_id": parentSpan.spanId,
  };
  const entries = Object.entries({ ...metadata, ...parent });
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value.slice(0, MAX_METADATA_CHARACTERS)]),
  );
}

/** Keeps one destination for each current one, so that the experiment is looked up once and traces are sent together. */
function experimentOf(name: string): (current: Destination) => Destination {
  const known = new WeakMap<Destination, Destination>();
  return (current) => {
    const destination = known.get(current) ?? current.inExperiment(name);
    known.set(current, destination);
    return destination;
  };
}
