import { shared } from "../base/process-state.js";
import { addPrompts, originOf, type PromptReference } from "../context/linked-prompts.js";
import type { Call, OpenSpan } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import { addSpanHook } from "../recording/span-hooks.js";
import { TraceTagKey } from "../trace/trace.js";

const KEY = TraceTagKey.LINKED_PROMPTS;

/** Links the trace and the span in which the caller runs, if there are any. */
export function linkCurrentTrace(prompt: PromptReference): void {
  const { byHand } = getPipeline().recording.collector;
  const call = byHand.activeCall();
  if (!call) return;
  linkTrace(call, prompt);
  const span = byHand.active();
  if (span?.isOpen) linkSpan(span, prompt);
}

function linkTrace({ tags }: Call, prompt: PromptReference): void {
  tags[KEY] = addPrompts(tags[KEY], [prompt]);
}

function linkSpan(span: OpenSpan, prompt: PromptReference): void {
  span.setAttribute(KEY, addPrompts(span.attributes[KEY], [prompt]));
}

const hook = shared("promptHook", () => ({ isSet: false }));

/** From now on, links the traces of calls of templates to their prompts. */
export function linkTemplateCalls(): void {
  if (hook.isSet) return;
  hook.isSet = true;
  addSpanHook("start", (span, self = span.scope?.self) => {
    const origin = self && originOf(self);
    if (!origin) return;
    linkTrace(span.call, origin);
    linkSpan(span, origin);
  });
}
