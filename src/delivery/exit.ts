import { isMainThread } from "node:worker_threads";
import { guard } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { type FlushCounts, NOTHING_SETTLED } from "./flush.js";
import { holdUntil } from "./hold.js";
import { watchSignals } from "./signals.js";

/** What has to be brought home before the process ends. */
export interface ExitHooks {
  /** Ends what is still going on: called when nothing in the process goes on any more. `isIdle`: by itself. */
  settle(isIdle: boolean): void;
  /** How much is undelivered; with 0 the end of the process is not delayed at all. */
  pending(): number;
  /** Delivers what it can within the time; settling nothing says that another try is useless. */
  flush(timeoutMs: number): Promise<FlushCounts>;
  /** Calls of the app that wait for a delivery: while there are some, the app may go on. */
  waiting(): number;
  /** The event loop is empty for the first time: how many milliseconds it was kept alive for such calls until now. */
  stopHolding(): number;
  /** Settles the calls that wait, in vain: the app may go on. */
  giveUp(): void;
  /** Synchronously puts what is left to a safe place: nothing runs after it. */
  spill(): void;
  /** Longest time in milliseconds that the end of the process may be delayed. */
  exitTimeoutMs(): number;
}

interface ExitState {
  readonly installed: Set<ExitHooks>;
  uninstall: (() => void) | undefined;
}

/**
 * Delivers when the event loop has run empty and on SIGTERM and SIGINT; spills what is left then,
 * and on `process.exit()` and an uncaught exception. The exit code or signal, what is printed and
 * the app's own handlers stay as without it. The same hooks count once. Returns the undo.
 */
export function onProcessEnd(hooks: ExitHooks): () => void {
  const state = shared("processEnd", (): ExitState => {
    return { installed: new Set(), uninstall: undefined };
  });
  state.installed.add(hooks);
  state.uninstall ??= install(combine(state.installed));
  return () => {
    state.installed.delete(hooks);
    if (state.installed.size > 0) return;
    state.uninstall?.();
    state.uninstall = undefined;
  };
}

/** All hooks as one, none of which throws or rejects. */
function combine(installed: ReadonlySet<ExitHooks>): ExitHooks {
  const each = <R>(what: string, call: (hooks: ExitHooks) => R): R[] =>
    Array.from(installed, guard(what, call)).filter((result) => result !== undefined);
  return {
    settle: (isIdle) => void each("settle", (hooks) => hooks.settle(isIdle)),
    pending: () => sum(each("pending", (hooks) => hooks.pending())),
    flush: async (timeoutMs) => {
      const flushes = await Promise.allSettled(each("flush", (hooks) => hooks.flush(timeoutMs)));
      const counts = flushes.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
      return {
        sent: sum(counts.map(({ sent }) => sent)),
        spooled: sum(counts.map(({ spooled }) => spooled)),
        dropped: sum(counts.map(({ dropped }) => dropped)),
      };
    },
    waiting: () => sum(each("waiting", (hooks) => hooks.waiting())),
    stopHolding: () => Math.max(0, ...each("stopHolding", (hooks) => hooks.stopHolding())),
    giveUp: () => void each("giveUp", (hooks) => hooks.giveUp()),
    spill: () => void each("spill", (hooks) => hooks.spill()),
    exitTimeoutMs: () => Math.max(0, ...each("exit", (hooks) => hooks.exitTimeoutMs())),
  };
}

const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);

function install(hooks: ExitHooks): () => void {
  const onBeforeExit = deliverAtNaturalExit(hooks);
  process.on("beforeExit", onBeforeExit);
  process.on("exit", hooks.spill);
  // A worker thread gets no signals.
  const unwatch = isMainThread ? watchSignals(["SIGTERM", "SIGINT"], hooks) : undefined;
  const giveBack = makeRoomForOneListener();
  return () => {
    process.removeListener("beforeExit", onBeforeExit);
    process.removeListener("exit", hooks.spill);
    unwatch?.();
    giveBack();
  };
}

/**
 * `beforeExit` comes again whenever a listener made work: all flushes together get the time once. While calls of the
 * app wait for a delivery, the first flush leaves open what is open: the app may go on when they are settled. When the
 * time is over they are settled in vain, so that an `await` at the top level of a module ends.
 */
function deliverAtNaturalExit(hooks: ExitHooks): () => void {
  let leftMs: number | undefined;
  let hasWaited = false;
  return () => {
    leftMs ??= hooks.exitTimeoutMs() - hooks.stopHolding();
    if (hooks.pending() === 0) return;
    const isWaitedFor = hooks.waiting() > 0;
    if (leftMs <= 0) {
      if (isWaitedFor) hooks.giveUp();
      return;
    }
    const isForTheApp = isWaitedFor && !hasWaited;
    hasWaited = isWaitedFor;
    // Otherwise the app can end nothing any more.
    if (!isForTheApp) hooks.settle(true);
    const budgetMs = isForTheApp ? leftMs / 2 : leftMs;
    const availableMs = leftMs;
    const startedAtMs = performance.now();
    void holdUntil(hooks.flush(budgetMs), budgetMs).then((counts) => {
      const { sent, spooled, dropped } = counts ?? NOTHING_SETTLED;
      const isUseless = !isForTheApp && sent + spooled + dropped === 0;
      leftMs = isUseless ? 0 : availableMs - (performance.now() - startedAtMs);
    });
  };
}

/** An app with as many listeners as Node allows without a warning gets none because of ours. */
function makeRoomForOneListener(): () => void {
  const before = process.getMaxListeners();
  if (before > 0) process.setMaxListeners(before + 1);
  return () => {
    if (before > 0 && process.getMaxListeners() === before + 1) process.setMaxListeners(before);
  };
}
