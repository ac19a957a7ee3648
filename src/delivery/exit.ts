import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { guard, warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import type { FlushResult } from "./flush.js";
import { holdUntil } from "./hold.js";
import { type EndHooks, watchSignals } from "./signals.js";
import { onTestFileEnd } from "./test-file.js";

/** What the end of the process has to complete. */
export interface ExitHooks extends EndHooks {
  /** As in `EndHooks`. If it settles no item, another attempt is useless. */
  flush(timeoutMs: number): Promise<FlushResult>;
  /** The number of calls of the app that wait for a delivery. If they settle, the app may continue. */
  waiting(): number;
  /** Called when the event loop is empty for the first time. Returns for how many ms such calls kept it alive. */
  stopHolding(): number;
  /** Settles the waiting calls without a delivery, so that the app may continue. */
  giveUp(): void;
}

interface ExitState {
  readonly installed: Set<ExitHooks>;
  uninstall: (() => void) | undefined;
  /** Listens for signals while something is undelivered. */
  watch?: (() => void) | undefined;
}

/**
 * Call it whenever there is something to deliver. Delivers when the event loop is empty and on SIGTERM, SIGINT and SIGHUP. Spills what is left then, and on `process.exit()`
 * and an uncaught exception. Exit code, signal, output and the app's own handlers do not change. Adding the same hooks
 * twice has no effect. Returns a function that removes them.
 */
export function onProcessEnd(hooks: ExitHooks): () => void {
  const state = shared("processEnd", (): ExitState => {
    return { installed: new Set(), uninstall: undefined };
  });
  state.installed.add(hooks);
  if (!state.uninstall) Object.assign(state, install(combine(state.installed)));
  state.watch?.();
  return () => {
    state.installed.delete(hooks);
    if (state.installed.size > 0) return;
    state.uninstall?.();
    state.uninstall = undefined;
  };
}

/** Combines all hooks into one whose methods never throw or reject. */
function combine(installed: ReadonlySet<ExitHooks>): ExitHooks {
  const each = <R>(what: string, call: (hooks: ExitHooks) => R): R[] =>
    Array.from(installed, guard(what, call)).filter((result) => result !== undefined);
  return {
    stopWork: () => {
      const stops = each("stopWork", (hooks) => hooks.stopWork());
      return stops.length === 0 ? undefined : Promise.allSettled(stops);
    },
    settle: (isIdle) => void each("settle", (hooks) => hooks.settle(isIdle)),
    pending: () => sum(each("pending", (hooks) => hooks.pending())),
    flush: async (timeoutMs) => {
      const flushes = await Promise.allSettled(each("flush", (hooks) => hooks.flush(timeoutMs)));
      const counts = flushes.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
      return {
        sent: sum(counts.map(({ sent }) => sent)),
        spooled: sum(counts.map(({ spooled }) => spooled)),
        dropped: sum(counts.map(({ dropped }) => dropped)),
        pending: sum(counts.map(({ pending }) => pending)),
        settled: sum(counts.map(({ settled }) => settled)),
      };
    },
    waiting: () => sum(each("waiting", (hooks) => hooks.waiting())),
    stopHolding: () => Math.max(0, ...each("stopHolding", (hooks) => hooks.stopHolding())),
    giveUp: () => void each("giveUp", (hooks) => hooks.giveUp()),
    spill: () => sum(each("spill", (hooks) => hooks.spill())),
    exitTimeoutMs: () => Math.max(0, ...each("exit", (hooks) => hooks.exitTimeoutMs())),
  };
}

const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);

function install(hooks: ExitHooks): Pick<ExitState, "uninstall" | "watch"> {
  const signalFlush = timedFlush(hooks);
  const onBeforeExit = deliverAtNaturalExit(hooks, signalFlush.heldMs);
  process.on("beforeExit", onBeforeExit);
  process.on("exit", hooks.spill);
  // A worker thread gets no signals.
  const signals = isMainThread
    ? watchSignals(["SIGTERM", "SIGINT", "SIGHUP"], { ...hooks, flush: signalFlush.flush })
    : undefined;
  const restoreLimit = raiseListenerLimit();
  guard("the end of a test file", watchTestFile)(hooks);
  const uninstall = () => {
    process.removeListener("beforeExit", onBeforeExit);
    process.removeListener("exit", hooks.spill);
    signals?.stop();
    restoreLimit();
  };
  return { uninstall, watch: signals?.watch };
}

/** Measures flushes. `heldMs()` is the time for which the last one delayed the end, less the time for which the process has run since then. */
function timedFlush(hooks: ExitHooks) {
  let [tookMs, endedAtMs] = [0, 0];
  return {
    async flush(timeoutMs: number): Promise<FlushResult> {
      const startedAtMs = performance.now();
      const counts = await hooks.flush(timeoutMs);
      endedAtMs = performance.now();
      tookMs = endedAtMs - startedAtMs;
      return counts;
    },
    heldMs: () => Math.max(0, tookMs - (performance.now() - endedAtMs)),
  };
}

/**
 * Node emits `beforeExit` again whenever a listener has started work, so all flushes share one time limit. While calls
 * of the app wait for a delivery, the first flush does not end open traces and runs: the app may continue when the
 * calls are settled. When the time is over they are settled without a delivery, so that a top-level `await` ends.
 */
function deliverAtNaturalExit(hooks: ExitHooks, heldBySignalMs: () => number): () => void {
  let spentMs: number | undefined;
  let hasWaited = false;
  return () => {
    spentMs ??= Math.max(hooks.stopHolding(), heldBySignalMs());
    if (hooks.pending() === 0) return;
    const usedMs = spentMs;
    // The limit depends on what is left.
    const leftMs = hooks.exitTimeoutMs() - usedMs;
    const isWaitedFor = hooks.waiting() > 0;
    if (leftMs <= 0) {
      if (isWaitedFor) hooks.giveUp();
      return;
    }
    const isForTheApp = isWaitedFor && !hasWaited;
    hasWaited = isWaitedFor;
    // If the app is not waiting, it cannot end its open traces and runs any more.
    if (!isForTheApp) hooks.settle(true);
    const budgetMs = isForTheApp ? leftMs / 2 : leftMs;
    const startedAtMs = performance.now();
    void holdUntil(hooks.flush(budgetMs), budgetMs).then((counts) => {
      // Without counts the time was over, and the limit decides whether there is more of it.
      const isUseless = counts && !isForTheApp && counts.settled === 0;
      spentMs = isUseless ? Number.POSITIVE_INFINITY : usedMs + performance.now() - startedAtMs;
    });
  };
}

/** A margin over `exitTimeoutMs`, for what Jest measures. */
const MARGIN_MS = 5000;

function watchTestFile(hooks: ExitHooks): void {
  const end = onTestFileEnd({
    afterTests: () => deliverAfterTests(hooks),
    limitMs: () => hooks.exitTimeoutMs() + MARGIN_MS,
    afterAll: (isHooked) => {
      hooks.settle(true);
      if (hooks.spill() > 0 && !isHooked) warnOfTestFile();
    },
  });
  if (end === "unobserved") warnOfTestFile();
}

function warnOfTestFile(): void {
  warnOnce(
    "test file",
    "Jest does not wait for what a test file sends to a server if this package is first used in a test or a hook: add langchain-mlflow/jest to setupFilesAfterEnv.",
  );
}

/** The limit is a timer that fake timers of the tests do not stop. */
async function deliverAfterTests(hooks: ExitHooks): Promise<void> {
  hooks.settle(true);
  if (hooks.pending() === 0) return;
  const limitMs = hooks.exitTimeoutMs();
  const limit = new AbortController();
  const timer = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {});
  await Promise.race([hooks.flush(limitMs), timer]);
  limit.abort();
  if (hooks.pending() > 0) hooks.spill();
}

/** Raises the limit of listeners by one, so that ours causes no MaxListenersExceededWarning in the app. */
function raiseListenerLimit(): () => void {
  const before = process.getMaxListeners();
  if (before > 0) process.setMaxListeners(before + 1);
  return () => {
    if (before > 0 && process.getMaxListeners() === before + 1) process.setMaxListeners(before);
  };
}
