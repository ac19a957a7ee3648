import { getState } from "../autolog/state.js";
import { guard } from "../base/log.js";
import { shared } from "../base/process-state.js";
import type { RunStart } from "../langchain/events/recorder.js";
import type { Call, OpenSpan } from "../recording/call.js";

/** One for all tracers: an app may make one for each request, and let go of it. */
const managers = () => shared("managers", () => new FinalizationRegistry(onCollected));

const onCollected = guard("abandonment", (call: WeakRef<Call>) => {
  const abandoned = call.deref();
  if (abandoned) getState().recording.collector.abandon(abandoned);
});

/**
 * Nobody tells a callback handler that a stream was left. But the list of tags it is shown when a run
 * starts belongs to that run's manager, which alone can tell of its end: when the garbage collector
 * has taken the list, no end will come any more.
 */
export function watchForAbandonment(span: OpenSpan, { tags }: RunStart): void {
  // A scope sees the end of its stream itself.
  if (span.parent || span.scope || !Array.isArray(tags)) return;
  managers().register(tags, new WeakRef(span.call));
}
