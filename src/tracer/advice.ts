import type { RunStart } from "../callbacks/recorder.js";
import { warnOnce } from "../log.js";
import type { OpenSpan } from "../trace/open-span.js";

/** A run below one that nobody told of: the tracer was given to a component, and not to the call around it. */
export function adviseOnConstructor({ name, parent }: OpenSpan, { parentRunId }: RunStart): void {
  if (parent || parentRunId === undefined) return;
  warnOnce(
    "constructor callbacks",
    `MlflowLangchainTracer hears of ${name}, but not of the call around it, and makes a trace of ${name} alone. ` +
      "Give it to the call, not to a constructor: chain.invoke(input, { callbacks: [tracer] }).",
  );
}
