import type { Destination } from "../delivery/destination.js";
import type { Call, OpenSpan } from "../recording/call.js";
import type { MlflowLangchainTracerOptions } from "../settings/tracer-options.js";

/** MLflow's limit. */
const MAX_METADATA_CHARACTERS = 250;

/** What the options of a tracer mean for the traces it takes part in: hears of every run, marks each trace once. */
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
    // A trace that is not its own stays where it is.
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

/** One destination for each that was in force: the experiment is looked up once, and traces go together. */
function experimentOf(name: string): (current: Destination) => Destination {
  const known = new WeakMap<Destination, Destination>();
  return (current) => {
    const destination = known.get(current) ?? current.inExperiment(name);
    known.set(current, destination);
    return destination;
  };
}
