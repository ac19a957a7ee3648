import { types } from "node:util";
import { messageOf } from "../base/errors.js";
import { debug, warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import type { Call, OpenSpan } from "./call.js";
import { runExcluded } from "./excluded.js";

/** `self`: the Runnable that a run of LangChain is a call of, if it is known. */
export type SpanHook = (span: OpenSpan, self?: object) => void;

/** The functions of the app that receive every span, at its start or when its trace is complete. */
const hooks = shared("spanHooks", () => ({
  start: new Set<SpanHook>(),
  end: new Set<SpanHook>(),
  started: new WeakSet<OpenSpan>(),
  /** The complete Call whose spans the functions may still change. */
  changeable: undefined as Call | undefined,
}));

/** Adds a function. Returns a function that removes it. */
export function addSpanHook(when: "start" | "end", hook: SpanHook): () => void {
  hooks[when].add(hook);
  return () => {
    hooks[when].delete(hook);
  };
}

export function hasSpanHooks(): boolean {
  return hooks.start.size + hooks.end.size > 0;
}

export function runStartHooks(span: OpenSpan, self?: object): void {
  if (hooks.start.size === 0 || hooks.started.has(span)) return;
  hooks.started.add(span);
  run(hooks.start, span, self);
}

/** Call it when no value of the Call changes any more, and before `redact` has received the values. */
export function runEndHooks(call: Call): void {
  if (!hasSpanHooks() || !call.isWanted) return;
  hooks.changeable = call;
  try {
    for (const span of call.spans) {
      runStartHooks(span);
      run(hooks.end, span);
    }
  } finally {
    hooks.changeable = undefined;
  }
}

/** Whether values of the span may be set: it is open, or a function of the app receives it at its end. */
export function isChangeable(span: OpenSpan): boolean {
  return span.isOpen || hooks.changeable === span.call;
}

function run(functions: ReadonlySet<SpanHook>, span: OpenSpan, self?: object): void {
  for (const hook of functions) {
    try {
      const result: unknown = runExcluded(() => hook(span, self));
      if (!types.isPromise(result)) continue;
      // An unhandled rejection would end the process.
      result.catch(() => {});
      warnOnce(
        "promise of a span hook",
        "a span hook returned a promise, and the span is recorded without waiting for it. Use a synchronous function.",
      );
    } catch (cause) {
      debug("a span hook threw: %o", cause);
      warnOnce("span hook", `a span hook threw, and the span is recorded: ${messageOf(cause)}`);
    }
  }
}
