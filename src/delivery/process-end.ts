import type { Copies } from "./copies.js";
import { type LostJobs, lostByReason } from "./end-reasons.js";
import type { ExitHooks } from "./exit.js";
import type { KeepAlive } from "./hold.js";
import { isRunJob, type Job, settleLost } from "./job.js";
import type { JobQueueEffects } from "./job-queue.js";
import type { Losses } from "./losses.js";
import type { FlushQueue } from "./queue.js";
import { reportLost } from "./report-lost.js";
import { reportSpooled } from "./report-spooled.js";
import { spillJobs } from "./spill.js";
import type { Replay } from "./spool/replay.js";
import type { Spool } from "./spool/spool.js";
import type { Tracking } from "./tracking.js";

/** A timer may fire a little early, and what follows it takes a moment. */
const EARLY_MS = 50;
const LATE_MS = 1_000;

/** Traces that are being recorded and runs that are not ended. Ending them puts their data into the queue. */
export interface OpenWork {
  /** How many there are. */
  readonly size: number;
  /** Completes the traces that only wait for branches that are still running. */
  sealSettled(): void;
  /** Ends all. `isIdle`: no work is left in the process. */
  endAll(isIdle: boolean): void;
}

/** What the end of the process has to deliver. */
export interface Undelivered
  extends Pick<ExitHooks, "flush" | "exitTimeoutMs" | "stopWork">,
    Pick<JobQueueEffects, "accounts"> {
  readonly queue: FlushQueue<Job>;
  readonly spool: Spool;
  readonly replay: Replay;
  readonly copies: Copies;
  readonly openWork: OpenWork;
  readonly tracking: Tracking;
  readonly keepAlive: KeepAlive;
  readonly losses: Losses;
}

/** What is done at the end of the process. */
export interface ProcessEnd extends ExitHooks {
  /** True after the end of the process has stopped waiting for deliveries: new jobs are spilled at once. */
  readonly hasStopped: boolean;
  /** Writes jobs synchronously if their store can. The others are lost: returns their number. */
  spillNow(jobs: readonly Job[]): number;
}

export function createProcessEnd(undelivered: Undelivered): ProcessEnd {
  const { queue, spool, replay, copies, openWork, tracking, keepAlive } = undelivered;
  const { accounts, losses, exitTimeoutMs, stopWork } = undelivered;
  let hasStopped = false;
  /** Jobs on disk that are not reported yet. */
  const written: Job[] = [];
  let deadlineMs = Number.NEGATIVE_INFINITY;
  const flush: ExitHooks["flush"] = (timeoutMs) => {
    deadlineMs = performance.now() + timeoutMs;
    return undelivered.flush(timeoutMs);
  };
  // A signal may end the wait early, and the process may continue after it.
  const hasTimedOut = () => {
    const lateMs = performance.now() - deadlineMs;
    return lateMs >= -EARLY_MS && lateMs <= LATE_MS;
  };
  const drop = ({ jobs, reason, cause }: LostJobs) => {
    accounts.noteDropped(jobs, reason, cause);
    const { traces, attachments, runJobs } = settleLost(jobs, reason, cause, true);
    if (traces + runJobs > 0) losses.count(reason, traces + runJobs);
    if (attachments > 0) losses.count(`attachment_${reason}`, attachments);
  };
  const spillNow = (jobs: readonly Job[]) => {
    const kept = spool.leave(jobs);
    for (const job of kept) if (isRunJob(job)) job.settle();
    // The process may continue, since settled calls can start new work of the app. Then it sends these jobs itself.
    replay.noteLeft(kept, "process_exit");
    written.push(...accounts.onDiskOf(kept));
    const rest = jobs.filter((job) => !kept.has(job));
    const lost = spillJobs(rest);
    const stored = rest.filter((job) => !lost.has(job));
    spool.settle(stored);
    accounts.noteSent(stored);
    const failureOf = (job: Job) => queue.groups.failureOf(job);
    for (const group of lostByReason(lost, failureOf, hasTimedOut())) drop(group);
    return lost.size;
  };
  // Those that a limit has removed at once are counted as lost.
  const report = () => {
    reportSpooled(accounts.onDiskOf(written.splice(0)), spool.root);
    reportLost(accounts.traces.dropped, accounts.attachments.dropped);
  };
  const spill = () => {
    replay.stop();
    // First, since open traces need room too.
    const queued = queue.takeAll();
    openWork.endAll(false);
    const lost = spillNow([...queued, ...queue.takeAll()]);
    copies.stop(hasTimedOut());
    report();
    replay.resume();
    return lost;
  };
  return {
    get hasStopped() {
      return hasStopped;
    },
    pending: () => {
      const replays = replay.isActive ? 1 : 0;
      return queue.size + copies.size + openWork.size + tracking.undrained() + replays;
    },
    waiting: () => keepAlive.waiting,
    stopHolding: () => {
      const { heldMs } = keepAlive;
      keepAlive.turnOff();
      return heldMs;
    },
    settle: (isIdle) => openWork.endAll(isIdle),
    giveUp: () => {
      spill();
      hasStopped = true;
      // This runs only if the app has started new work, which keeps the process alive: then there is time again.
      setImmediate(() => {
        hasStopped = false;
      }).unref();
    },
    ...{ flush, spill, spillNow, exitTimeoutMs, stopWork },
  };
}
