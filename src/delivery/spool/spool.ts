import { isMainThread } from "node:worker_threads";
import { debug } from "../../base/log.js";
import { endOutage } from "../../base/outages.js";
import type { AutologOptions } from "../../settings/options.js";
import { spoolFolder } from "../../settings/spool-folder.js";
import type { TrackingStore } from "../../store/store.js";
import type { Job } from "../job.js";
import type { JobAccounts } from "../job-accounts.js";
import type { Losses } from "../losses.js";
import { DiskUse } from "./disk-use.js";
import type { EvictedFile } from "./evict.js";
import { canSpool, type SpooledJob } from "./job-item.js";
import { createOwner } from "./owner.js";
import { partsOf } from "./parts.js";
import { reportUnreadable, reportUnwritable } from "./report-unusable.js";
import type { SpoolEffects } from "./spool-effects.js";
import type { SpoolItem } from "./spool-file.js";
import { codeOf, diskFiles } from "./spool-files.js";
import { type ClaimedFile, SpoolFolder } from "./spool-folder.js";
import { type NewFile, type WriteResult, writeWhatFits } from "./write-what-fits.js";

/** A claimed file whose jobs are in the queue. */
interface HeldFile {
  readonly folder: SpoolFolder;
  readonly name: string;
  /** Those that are not stored yet. */
  readonly jobs: Set<Job>;
  /** Whether none of its jobs has left it. */
  isWhole: boolean;
  /** Whether it outlives a crash of the machine. */
  isDurable: boolean;
}

/** Other processes may have sent more files, which they do not report. */
const MAX_LEFT = 1000;
/** Errors that pass, unlike those of a folder that cannot be written. */
const PASSING = new Set(["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EIO", "EBUSY"]);

/**
 * The jobs of this process that are on disk. A job that is sent again is in the queue and on disk. Methods never throw.
 */
export class Spool {
  readonly #options: AutologOptions;
  readonly #losses: Losses;
  readonly #accounts: JobAccounts;
  readonly #effects: SpoolEffects;
  readonly #folders = new Map<string, SpoolFolder>();
  readonly #held = new Map<Job, HeldFile>();
  readonly #unusable = new Set<string>();
  /** By the names of files that this process has left to all processes: counts the items of the file as dropped. */
  readonly #left = new Map<string, (reason: EvictedFile["reason"]) => void>();
  readonly #diskUse: DiskUse;

  constructor(options: AutologOptions, losses: Losses, accounts: JobAccounts) {
    this.#options = options;
    this.#losses = losses;
    this.#accounts = accounts;
    this.#effects = { files: diskFiles, owner: createOwner(), now: Date.now };
    this.#diskUse = new DiskUse(options, this.#effects, ({ name, items, reason }) => {
      this.#left.get(name)?.(reason);
      this.#left.delete(name);
      losses.report(reason, items);
    });
  }

  /** The folder of all servers. Undefined if nothing is written. */
  get root(): string | undefined {
    if (this.#options.durability === "memory") return undefined;
    const root = spoolFolder(this.#options);
    return root === undefined || this.#unusable.has(root) ? undefined : root;
  }

  get maxBytes(): number {
    return this.#options.maxSpoolBytes;
  }

  /** Whether the end of the process can write the job. */
  canKeep(job: Job): boolean {
    return this.root !== undefined && canSpool(job);
  }

  /** The folder for a server. */
  folderOf({ uri, workspace }: Pick<TrackingStore, "uri" | "workspace">): SpoolFolder | undefined {
    const { root } = this;
    if (root === undefined) return undefined;
    const key = JSON.stringify([root, uri, workspace]);
    let folder = this.#folders.get(key);
    if (!folder) {
      folder = new SpoolFolder(root, { uri, workspace }, this.#effects);
      this.#folders.set(key, folder);
    }
    return folder;
  }

  /** Whether a job in the queue is on disk too. */
  holds(job: Job): boolean {
    return this.#held.has(job);
  }

  /** Before jobs are put into the queue. */
  beforePut(jobs: readonly Job[]): void {
    // No code runs at the end of a worker thread that is terminated, and of a process that is killed.
    if (!isMainThread || this.#options.durability === "always") this.keep(jobs);
  }

  /** Before jobs are sent the first time. */
  beforeSend(jobs: readonly Job[]): void {
    if (this.#options.durability !== "always") return;
    for (const file of new Set(jobs.flatMap((job) => this.#held.get(job) ?? []))) {
      if (file.isDurable) continue;
      file.isDurable = this.#attempt(file.folder, () => file.folder.sync(file.name)) === "written";
    }
  }

  /** Writes jobs that stay in the queue, unless they are on disk. */
  keep(jobs: readonly Job[]): void {
    this.#write(
      jobs.filter((job) => !this.#held.has(job)),
      (part) => {
        if (!this.#hasRoomFor(part.items)) return;
        const { name, bytes } = part.folder.writeClaimed(part.items);
        this.adopt(part.folder, name, part.jobs);
        this.#noteWritten(bytes);
      },
    );
  }

  /** Claims and reads a file for this process. Undefined if it cannot: a file that is not readable is reported. */
  claim(folder: SpoolFolder, name: string): ClaimedFile | undefined {
    try {
      const file = folder.claim(name);
      if (file === "damaged") this.countDamaged(1);
      return typeof file === "object" ? file : undefined;
    } catch (cause) {
      reportUnreadable(cause);
      return undefined;
    }
  }

  /** Notes that the jobs are those of a claimed file. */
  adopt(folder: SpoolFolder, name: string, jobs: readonly SpooledJob[]): void {
    const file = { folder, name, jobs: new Set<Job>(jobs), isWhole: true, isDurable: false };
    for (const job of jobs) this.#held.set(job, file);
    this.#left.delete(name);
  }

  /** The jobs are stored or lost: removes them from disk. */
  settle(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const file = this.#held.get(job);
      if (!file) continue;
      this.#held.delete(job);
      file.isWhole = false;
      file.jobs.delete(job);
      if (file.jobs.size === 0) this.#attempt(file.folder, () => file.folder.remove(file.name));
    }
  }

  /** Leaves jobs that are not in the queue any more to this process or another one, and counts them as spooled. Returns them. */
  leave(all: readonly Job[]): ReadonlySet<Job> {
    const jobs = all.filter(canSpool);
    const leaving = new Set(jobs);
    const kept = new Set<Job>();
    const files = new Set(jobs.flatMap((job) => this.#held.get(job) ?? []));
    for (const file of files) {
      if (!file.isWhole || [...file.jobs].some((job) => !leaving.has(job))) continue;
      // Otherwise its jobs are written again: another process has taken the file, or the user has removed it.
      const isReleased =
        this.#attempt(file.folder, () => file.folder.release(file.name)) === "written";
      for (const job of file.jobs) {
        this.#held.delete(job);
        if (isReleased) kept.add(job);
      }
      // A claimed file is not removed because of a limit. Now it may be.
      if (isReleased) this.#noteLeft(file.name, file.jobs);
    }
    if (files.size > 0) this.#noteWritten(0);
    this.#write(
      jobs.filter((job) => !kept.has(job)),
      (part) => {
        const { name, bytes } = part.folder.write(part.items);
        for (const job of part.jobs) kept.add(job);
        this.settle(part.jobs);
        this.#noteLeft(name, part.jobs);
        this.#noteWritten(bytes);
      },
    );
    return kept;
  }

  /** Keeps a copy of jobs that the server refuses, with its answer. They are lost for the process. */
  bury(jobs: readonly Job[], answer: string): void {
    this.#write(jobs, ({ folder, items }) => {
      this.#noteWritten(folder.bury(items, answer).bytes);
    });
    this.settle(jobs);
  }

  /** Removes what exceeds the limits. */
  enforceLimits(): void {
    const { root } = this;
    if (root !== undefined) this.#diskUse.enforceLimits(root);
  }

  #noteLeft(name: string, jobs: Iterable<Job>): void {
    this.#left.set(name, this.#accounts.noteSpooled(jobs));
    if (this.#left.size > MAX_LEFT) this.#left.delete(this.#left.keys().next().value!);
  }

  /** Counts items that cannot be read. */
  countDamaged(items: number): void {
    if (items > 0) this.#losses.report("spool_damaged", items);
  }

  #hasRoomFor(items: readonly SpoolItem[]): boolean {
    const bytes = items.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const { root } = this;
    return root !== undefined && this.#diskUse.hasRoomFor(root, bytes);
  }

  #noteWritten(bytes: number): void {
    const { root } = this;
    if (root === undefined) return;
    if (bytes > 0) endOutage(root);
    this.#diskUse.noteWritten(root, bytes);
  }

  #write(jobs: readonly SpooledJob[], writeFile: (file: NewFile<SpooledJob>) => void): void {
    writeWhatFits(partsOf(jobs, this), (part) => this.#attempt(part.folder, () => writeFile(part)));
  }

  #attempt(folder: SpoolFolder, work: () => void): WriteResult {
    try {
      work();
      return "written";
    } catch (cause) {
      const { root } = this;
      const code = codeOf(cause);
      debug("the spool %s: %o", folder.path, cause);
      // A file that is missing was removed by the user.
      if (root === undefined || (code === "ENOENT" && folder.isMade)) return "failed";
      if (!PASSING.has(code ?? "")) this.#unusable.add(root);
      reportUnwritable(root, cause);
      return code === "ENOSPC" || code === "EDQUOT" ? "full" : "failed";
    }
  }
}
