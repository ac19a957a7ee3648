import { warnOnce } from "../base/log.js";
import type { RunStart } from "../langchain/events/recorder.js";
import type { OpenSpan } from "../recording/call.js";

/** A run below one that nobody told of: the tracer was given to a component, and not to the call around it. */
export function adviseAtStart({ name, parent }: OpenSpan, { parentRunId }: RunStart): void {
  if (!parent && parentRunId !== undefined) advise(name, "of the call around it");
}

/** One of the old chains that called nothing: LangChain tells what was given to its constructor of the chain alone. */
export function adviseAtEnd(span: OpenSpan): void {
  const [library, module] = span.classPath;
  const isChain = library === "langchain" && (module === "chains" || module === "agents");
  if (!isChain || span.call.spans.some(({ parent }) => parent === span)) return;
  advise(span.name, "of what it calls");
}

function advise(name: string, unheard: string): void {
  warnOnce(
    "constructor callbacks",
    `MlflowLangchainTracer hears of ${name}, but not ${unheard}, and makes a trace of ${name} alone. ` +
      "Give it to the call, not to a constructor: chain.invoke(input, { callbacks: [tracer] }).",
  );
}
