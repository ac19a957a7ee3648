import { getState, isRuntimeSupported } from "../autolog/state.js";
import { guard, warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import type { CallbackListeners, StartEvent } from "../langchain/events/callbacks.js";
import { watchEnclosingRuns } from "../langchain/events/enclosing-run.js";
import { createListeners, TracingHandler } from "../langchain/events/handler.js";
import type { Call, OpenSpan } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import {
  type MlflowLangchainTracerOptions,
  readTracerOptions,
} from "../settings/tracer-options.js";
import { createMarks } from "./marks.js";

/**
 * A LangChain callback handler that records a trace of each call it is passed to, and of no other call:
 * `chain.invoke(x, { callbacks: [tracer] })`, or `chain.withConfig({ callbacks: [tracer] })`. It does not
 * need `autolog()` and patches nothing. If `autolog()` is on, the tracer adds its tags and metadata, and
 * nothing is recorded twice. One instance can serve any number of concurrent calls. A tracer that is passed
 * to a constructor receives the events of that component only. Mirrors
 * `mlflow.langchain.langchain_tracer.MlflowLangchainTracer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, or a tracking URI
 * that is not supported. Its methods never throw.
 */
export class MlflowLangchainTracer extends TracingHandler {
  override readonly name = "MlflowLangchainTracer";

  constructor(options: MlflowLangchainTracerOptions = {}) {
    let enclosingRunId: (() => string | undefined) | undefined;
    super(listenersFor(readTracerOptions(options), () => enclosingRunId?.()));
    enclosingRunId = watchEnclosingRuns(this);
  }
}

/** Returns no listeners on a runtime where tracing is off. */
function listenersFor(
  options: MlflowLangchainTracerOptions,
  enclosingRunId: () => string | undefined,
): CallbackListeners {
  if (!isRuntimeSupported()) return {};
  const { recorderEffects } = getState();
  // Throws for a wrong tracking URI in the environment.
  getPipeline().tracking.uri();
  const mark = createMarks(options);
  return createListeners({
    ...recorderEffects,
    enclosingRunId,
    onStart: (span, event) => {
      mark(span);
      watchForAbandonment(span, event);
      warnAtStart(span, event);
    },
    onEnd: warnAtEnd,
  });
}

/** Shared by all tracers: an app may create a tracer for each request and release it. */
const managers = () => shared("managers", () => new FinalizationRegistry(onCollected));

const onCollected = guard("abandonment", (call: WeakRef<Call>) => {
  const abandoned = call.deref();
  if (abandoned) getState().recording.collector.abandon(abandoned);
});

/**
 * LangChain sends no event when the consumer of a stream leaves it. But the list of tags in a start event belongs to
 * the manager of that run, and only the manager can send the end event. Once the garbage collector has taken the list,
 * the end event cannot arrive.
 */
function watchForAbandonment(span: OpenSpan, { tags }: StartEvent): void {
  // A scope observes the end of its stream itself.
  if (span.parent || span.scope || !Array.isArray(tags)) return;
  managers().register(tags, new WeakRef(span.call));
}

/** Warns if the parent run is unknown: the tracer was passed to a component, not to the call around it. */
function warnAtStart({ name, parent }: OpenSpan, { parentRunId }: StartEvent): void {
  if (!parent && parentRunId !== undefined) warnOfConstructor(name, "of the call around it");
}

/** Warns if a legacy chain has no child runs: LangChain does not pass the callbacks of its constructor to them. */
function warnAtEnd(span: OpenSpan): void {
  const [library, module] = span.classPath;
  const isChain = library === "langchain" && (module === "chains" || module === "agents");
  if (!isChain || span.call.spans.some(({ parent }) => parent === span)) return;
  warnOfConstructor(span.name, "of the components it calls");
}

function warnOfConstructor(name: string, missing: string): void {
  warnOnce(
    "constructor callbacks",
    `MlflowLangchainTracer receives the events of ${name}, but not those ${missing}: the trace contains ${name} only. ` +
      "Pass the tracer to the call, not to a constructor: chain.invoke(input, { callbacks: [tracer] }).",
  );
}
