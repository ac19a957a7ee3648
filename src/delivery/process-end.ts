import type { Tracking } from "./destination.js";
import type { ExitHooks } from "./exit.js";
import { type Job, settleLost } from "./job.js";
import type { JobQueueEffects } from "./job-queue.js";
import type { KeepAlive } from "./keep-alive.js";
import type { FlushQueue } from "./queue.js";
import { spillJobs } from "./spill.js";

/** What the end of the process has to deliver. */
export interface Undelivered
  extends Pick<ExitHooks, "flush" | "exitTimeoutMs">,
    Pick<JobQueueEffects, "onLost"> {
  readonly queue: FlushQueue<Job>;
  /** Traces that are still being recorded. */
  readonly collector: {
    readonly openCalls: number;
    sealAll(isIdle: boolean): void;
  };
  /** Runs that this process has started and not ended. */
  readonly openRuns: {
    readonly size: number;
    endAll(): void;
  };
  readonly tracking: Tracking;
  readonly keepAlive: KeepAlive;
}

/** What the pipeline does at the end of the process. */
export interface ProcessEnd extends ExitHooks {
  /** True while the process has given up on delivering: what is put then is spilled at once. */
  readonly hasGivenUp: boolean;
  /** Writes jobs at once where their store can; the others are lost. */
  spillNow(jobs: readonly Job[]): void;
}

export function createProcessEnd(of: Undelivered): ProcessEnd {
  const { queue, collector, openRuns, tracking, keepAlive, onLost } = of;
  let hasGivenUp = false;
  const settle = (isIdle: boolean) => {
    collector.sealAll(isIdle);
    openRuns.endAll();
  };
  const spillNow = (jobs: readonly Job[]) => {
    const { lost, cause } = spillJobs(jobs);
    const runJobs = settleLost(lost, "exit_timeout", cause);
    onLost(lost.length - runJobs, runJobs, "exit_timeout", cause);
  };
  const spill = () => {
    settle(false);
    spillNow(queue.takeAll());
  };
  return {
    get hasGivenUp() {
      return hasGivenUp;
    },
    pending: () => queue.size + collector.openCalls + openRuns.size + tracking.undrained(),
    waiting: () => keepAlive.waiting,
    stopHolding: () => {
      const { heldMs } = keepAlive;
      keepAlive.turnOff();
      return heldMs;
    },
    flush: of.flush,
    settle,
    spill,
    spillNow,
    giveUp: () => {
      spill();
      hasGivenUp = true;
      // It runs only if the app has new work that keeps the process alive: then there is time again.
      setImmediate(() => {
        hasGivenUp = false;
      }).unref();
    },
    exitTimeoutMs: of.exitTimeoutMs,
  };
}
