import { messageOf } from "../base/errors.js";
import { debug, warnOnce } from "../base/log.js";
import type { OpenSpan } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import type { Started } from "../recording/spans-by-hand.js";
import { tracingContext } from "../recording/tracing-context.js";
import { SpanAttributeKey, SpanType } from "../trace/span.js";
import { liveSpanOf } from "./span-handle.js";
import type { SpanOptions } from "./span-options.js";
import { toMilliseconds, toTimeNs } from "./span-times.js";

const DEFAULT_NAME = "span";

type Values = Omit<SpanOptions, "parent">;

/** Starts a span with these values. Never throws: without a span, nothing is recorded. */
export function openSpan(
  values: Values,
  place: { readonly isActive: boolean; readonly parent?: OpenSpan | null | undefined },
): Started {
  try {
    const mayBeRoot = tracingContext()?.holder !== undefined || isTracing();
    const startNs = toTimeNs(values.startTimeNs);
    const init = {
      name: values.name || DEFAULT_NAME,
      spanType: values.spanType || SpanType.UNKNOWN,
      ...(startNs !== undefined && { startMs: toMilliseconds(startNs), startNs }),
    };
    const { byHand } = getPipeline().recording.collector;
    return byHand.start(init, { ...place, mayBeRoot, fill: (span) => fill(span, values) });
  } catch (cause) {
    debug("starting a span failed: %o", cause);
    warnOnce("spans by hand", `spans by hand are not recorded: ${messageOf(cause)}`);
    return {};
  }
}

function fill(span: OpenSpan, { inputs, attributes, logLevel, links = [] }: Values): void {
  const live = liveSpanOf(span);
  if (inputs !== undefined) live.setInputs(inputs);
  if (attributes) live.setAttributes(attributes);
  for (const link of links) live.addLink(link);
  if (logLevel !== undefined) live.setAttribute(SpanAttributeKey.LOG_LEVEL, logLevel);
}

/** Whether the options and the environment allow traces. A tracer that the app passes to a call records without them. */
export function isTracing(): boolean {
  const pipeline = getPipeline();
  pipeline.settleOptions();
  return pipeline.options.logTraces && !pipeline.options.disable;
}
