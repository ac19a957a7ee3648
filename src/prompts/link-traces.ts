import { shared } from "../base/process-state.js";
import {
  addPrompts,
  originOf,
  type PromptReference,
  type TemplateOrigin,
} from "../context/linked-prompts.js";
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

function linkSpan({ attributes }: OpenSpan, prompt: PromptReference): void {
  attributes[KEY] = addPrompts(attributes[KEY], [prompt]);
}

const hook = shared("promptHook", () => ({ isSet: false }));

/** From now on, links the traces of calls of templates to their prompts. */
export function linkTemplateCalls(): void {
  if (hook.isSet) return;
  hook.isSet = true;
  addSpanHook("start", (span) => {
    const self = span.scope?.self;
    if (!self) return;
    const origin = originOf(self);
    if (origin) {
      linkTrace(span.call, origin);
      linkSpan(span, origin);
    }
    // A template whose class is not patched yet has no scope. The chain around it has one.
    else for (const step of stepsOf(self)) linkTrace(span.call, step);
  });
}

function stepsOf(chain: object): TemplateOrigin[] {
  const field = (name: string) => Object.getOwnPropertyDescriptor(chain, name)?.value;
  const first: unknown = field("first");
  if (first === undefined) return [];
  const steps: unknown[] = [first, field("middle"), field("last")].flat();
  return steps.flatMap((step) =>
    typeof step === "object" && step !== null ? (originOf(step) ?? []) : [],
  );
}
