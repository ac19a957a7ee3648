import { setTimeout as sleep } from "node:timers/promises";
import { untilAborted } from "../base/until-aborted.js";
import { runInScope } from "../recording/scopes.js";
import type { HeldTrace, TraceHolder } from "../recording/trace-holder.js";
import { runInTracingContext } from "../recording/tracing-context.js";

/** What a function returned or threw, and the traces that started in it. */
export interface HeldCall<T> {
  readonly outcome:
    | { readonly kind: "returned"; readonly value: T }
    | { readonly kind: "threw"; readonly error: unknown };
  /** In the order in which they were completed. */
  readonly traces: readonly HeldTrace[];
  readonly durationMs: number;
}

export interface HoldOptions {
  /** Tags of the traces. */
  readonly tags: Readonly<Record<string, string>>;
  /** Metadata of the traces. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the traces are sent if the process ends before the caller has decided. */
  readonly sendsAtEnd: boolean;
  readonly onLost: TraceHolder["onLost"];
  readonly signal: AbortSignal;
}

/** A trace is complete ten seconds after its root at the latest. */
const COMPLETION_MS = 15_000;
/** How long a function may go on after an abort, which it may ignore. */
const GRACE_MS = 1_000;

/**
 * Calls a function outside of any trace, and holds the traces that start in it. Never rejects. Does not wait for a function
 * that ignores the abort of the signal: its outcome is the reason, and traces that end later are discarded.
 */
export async function callHeld<T>(
  fn: () => T | Promise<T>,
  { tags, metadata, sendsAtEnd, onLost, signal }: HoldOptions,
): Promise<HeldCall<T>> {
  const traces: HeldTrace[] = [];
  let opened = 0;
  let isAbandoned = false;
  let onComplete = () => {};
  const holder: TraceHolder = {
    ...{ sendsAtEnd, onLost },
    onOpened: () => {
      opened += 1;
    },
    onHeld: (trace) => {
      if (isAbandoned) return trace.discard();
      traces.push(trace);
      onComplete();
    },
  };
  const startedMs = performance.now();
  const call = runInScope(undefined, () =>
    runInTracingContext({ tags, metadata, isEnabled: true, holder }, () => settled(fn)),
  );
  const outcome = await untilAborted(call, signal, GRACE_MS).catch(
    (error): HeldCall<T>["outcome"] => {
      isAbandoned = true;
      return { kind: "threw", error };
    },
  );
  const durationMs = performance.now() - startedMs;
  if (traces.length < opened && !isAbandoned) {
    const complete = new Promise<void>((resolve) => {
      onComplete = () => {
        if (traces.length >= opened) resolve();
      };
    });
    const timer = new AbortController();
    const late = sleep(COMPLETION_MS, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([complete, late]);
    timer.abort();
  }
  return { outcome, traces, durationMs };
}

async function settled<T>(fn: () => T | Promise<T>): Promise<HeldCall<T>["outcome"]> {
  try {
    return { kind: "returned", value: await fn() };
  } catch (error) {
    return { kind: "threw", error };
  }
}
