import { Account, type DeliveryCounts } from "./accounts.js";
import { isAttachmentJob, isRunJob, type Job } from "./job.js";
import type { DropReason } from "./queue-options.js";
import { keyOfRunJob } from "./spool/run-item.js";

/** Counts the jobs of this process, by kind. */
export class JobAccounts {
  readonly traces = new Account();
  readonly attachments = new Account();
  readonly runData = new Account();
  /** Jobs that were on disk only, and are in memory again. */
  readonly #returned = new WeakSet<Job>();

  noteSent(jobs: Iterable<Job>): void {
    for (const job of this.ownOf(jobs)) this.#of(job).noteSent();
  }

  /** Returns a function to call when the jobs are removed from disk. The function counts them as dropped, and holds only their keys. */
  noteSpooled(jobs: Iterable<Job>): (reason: DropReason) => void {
    const spooled = Array.from(this.ownOf(jobs), (job) => [this.#of(job), keyOf(job)] as const);
    for (const [account, key] of spooled) account.noteSpooled(key);
    return (reason) => {
      for (const [account, key] of spooled) account.noteEvicted(key, reason);
    };
  }

  noteDropped(jobs: Iterable<Job>, reason: DropReason, cause?: unknown): void {
    for (const job of this.ownOf(jobs)) this.#of(job).noteDropped(reason, cause);
  }

  /** A job from the disk is put into the queue. */
  noteReturned(job: Job): void {
    if (this.#of(job).takeFromDisk(keyOf(job))) this.#returned.add(job);
  }

  /**
   * @param jobs those in the queue.
   * @param isSaved whether a job in the queue is on disk too.
   */
  counts(
    jobs: Iterable<Job>,
    isSaved: (job: Job) => boolean,
  ): Record<"traces" | "attachments" | "runData", DeliveryCounts> {
    const queued = new Map<Account, { pending: number; saved: number }>();
    for (const job of this.ownOf(jobs)) {
      const account = this.#of(job);
      const count = queued.get(account) ?? { pending: 0, saved: 0 };
      count[isSaved(job) ? "saved" : "pending"] += 1;
      queued.set(account, count);
    }
    const countsOf = (account: Account) => account.counts(queued.get(account));
    return {
      traces: countsOf(this.traces),
      attachments: countsOf(this.attachments),
      runData: countsOf(this.runData),
    };
  }

  /** Those of the jobs that this process has recorded. */
  *ownOf(jobs: Iterable<Job>): Iterable<Job> {
    for (const job of jobs) if (!job.isReplayed || this.#returned.has(job)) yield job;
  }

  /** Those of the jobs that this process has recorded, and that are on disk only. */
  onDiskOf(jobs: Iterable<Job>): Job[] {
    return [...this.ownOf(jobs)].filter((job) => this.#of(job).isOnDisk(keyOf(job)));
  }

  #of(job: Job): Account {
    if (isRunJob(job)) return this.runData;
    return isAttachmentJob(job) ? this.attachments : this.traces;
  }
}

/** What identifies the job after it was written to disk. */
function keyOf(job: Job): string {
  return isRunJob(job) ? keyOfRunJob(job) : job.traceId;
}
