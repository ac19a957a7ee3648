import { isPlainObject, type Plain } from "../../src/data/plain.js";
import { buildTrace } from "../../src/recording/build-trace.js";
import { Call, OpenSpan } from "../../src/recording/call.js";
import type { Trace } from "../../src/trace/trace.js";

/** A finished trace of one span that has the value wherever one can be. */
export function traceOf(plain: Plain | undefined, event: Record<string, Plain>): Trace {
  const call = newCall();
  const span = new OpenSpan(call, { name: "fuzz", spanType: "CHAIN" });
  span.setInputs(plain);
  span.setOutputs(plain);
  if (plain !== undefined) span.setAttribute("value", plain);
  span.addEvent("exception", event);
  span.addEvent("value", isPlainObject(plain) ? plain : {});
  span.close("complete", "OK");
  call.spans.push(span);
  return buildTrace(call, "0", {});
}

export function newCall(): Call {
  return new Call({ sampled: true, destination: undefined, tags: {}, startMs: 0 });
}
