import { setImmediate } from "node:timers/promises";
import { debug } from "../../base/log.js";
import type { TrackingStore } from "../../store/store.js";
import type { Job } from "../job.js";
import { type SpooledJob, storeOf } from "./job-item.js";
import type { Spool } from "./spool.js";
import type { ClaimedFile, SpoolFolder } from "./spool-folder.js";

/** Puts a job into the queue as soon as it has room. Resolves after that. */
type PutWhenRoom = (job: SpooledJob) => Promise<void>;

/** How long a file rests after its items were not accepted. */
const REST_MS = 5 * 60 * 1000;
/** How often a server is tried to which nothing else is sent. */
const PROBE_MS = 30_000;

/**
 * Sends the items on disk: those that this process has left there, and those of processes that have ended. Starts when a
 * server has stored something, since it then works.
 */
export class Replay {
  readonly #spool: Spool;
  readonly #put: PutWhenRoom;
  readonly #active = new Map<SpoolFolder, Promise<void>>();
  /** Servers that have failed since they have stored something last. */
  readonly #failing = new Set<TrackingStore>();
  /** When the folder may be listed again. */
  readonly #nextMs = new Map<SpoolFolder, number>();
  readonly #restsUntilMs = new Map<string, number>();
  readonly #files = new WeakMap<Job, string>();
  #isStopped = false;
  #probe: NodeJS.Timeout | undefined;

  constructor(spool: Spool, put: PutWhenRoom) {
    this.#spool = spool;
    this.#put = put;
  }

  /** Whether items are being read. */
  get isActive(): boolean {
    return this.#active.size > 0;
  }

  /** Resolves when all items are read, or the server does not accept them. */
  async idle(): Promise<void> {
    await Promise.all(this.#active.values());
  }

  /** A server has stored a job. */
  noteStored(store: TrackingStore): void {
    this.#failing.delete(store);
    this.start(store);
  }

  noteFailed(store: TrackingStore): void {
    this.#failing.add(store);
  }

  /** Jobs have left the queue for the disk: the server is tried again later. */
  noteLeft(jobs: Iterable<Job>): void {
    for (const job of jobs) {
      const store = storeOf(job);
      const name = this.#files.get(job);
      if (name !== undefined) this.#restsUntilMs.set(name, performance.now() + REST_MS);
      const folder = this.#spool.folderOf(store);
      if (folder) this.#nextMs.delete(folder);
      this.#probe ??= setTimeout(() => {
        this.#probe = undefined;
        this.#failing.delete(store);
        this.start(store);
      }, PROBE_MS).unref();
    }
  }

  /** The process ends: nothing more is claimed. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The process continues after all. */
  resume(): void {
    this.#isStopped = false;
  }

  /** Starts to send the items for a server, unless that is being done or was done recently. */
  start(store: TrackingStore): void {
    if (this.#isStopped) return;
    const folder = this.#spool.folderOf(store);
    if (!folder || this.#active.has(folder)) return;
    if (performance.now() < (this.#nextMs.get(folder) ?? 0)) return;
    this.#nextMs.set(folder, performance.now() + PROBE_MS);
    const work = this.#replay(folder, store)
      .catch((cause) => debug("replaying the spool: %o", cause))
      .finally(() => this.#active.delete(folder));
    this.#active.set(folder, work);
  }

  async #replay(folder: SpoolFolder, store: TrackingStore): Promise<void> {
    this.#spool.enforceLimits();
    for (const name of folder.waiting()) {
      if (this.#isStopped || this.#failing.has(store)) return;
      if ((this.#restsUntilMs.get(name) ?? 0) > performance.now()) continue;
      this.#restsUntilMs.delete(name);
      // The app's own work comes first.
      await setImmediate(undefined, { ref: false });
      if (this.#isStopped) return;
      const file = folder.claim(name);
      if (file === "damaged") this.#spool.countDamaged(1);
      if (typeof file === "object") await this.#send(folder, file, store);
    }
  }

  async #send(folder: SpoolFolder, file: ClaimedFile, store: TrackingStore): Promise<void> {
    const { items, damaged } = file.content;
    // Most processes read nothing from disk.
    const { jobsOfItems } = await import("./jobs-of-items.js");
    const jobs = [...jobsOfItems(items, store, (key) => folder.lockRun(key)).keys()];
    this.#spool.countDamaged(damaged + items.length - jobs.length);
    if (jobs.length === 0) {
      folder.remove(file.name);
      return;
    }
    this.#spool.adopt(folder, file.name, jobs);
    for (const job of jobs) this.#files.set(job, file.name);
    await Promise.all(jobs.map((job) => this.#put(job)));
  }
}
