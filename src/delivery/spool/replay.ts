import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { debug } from "../../base/log.js";
import type { TrackingStore } from "../../store/store.js";
import type { Job } from "../job.js";
import type { DropReason } from "../queue-options.js";
import { type SpooledJob, storeOf } from "./job-item.js";
import type { Spool } from "./spool.js";
import type { ClaimedFile, SpoolFolder } from "./spool-folder.js";

/** Puts a job into the queue as soon as it has room. Resolves after that. */
type PutWhenRoom = (job: SpooledJob) => Promise<void>;

/** How long a file rests whose items a server does not accept while it accepts others. */
const REST_MS = 5 * 60 * 1000;
/** How often a server is tried while items for it are on disk, and how often its folder is listed. */
const PROBE_MS = 30_000;

/** The file of a job that was read from disk. */
interface Claim {
  readonly name: string;
  readonly claimedAtMs: number;
}

/**
 * Sends the items on disk: those that this process has left there, and those of processes that have ended. Starts when a
 * server has stored something, since it then works. Tries again from time to time while items are left.
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
  readonly #storedAtMs = new WeakMap<TrackingStore, number>();
  readonly #claims = new WeakMap<Job, Claim>();
  /** Servers that are tried again later. */
  readonly #probed = new Set<TrackingStore>();
  // Otherwise a timer would keep, and run in, the async context of the call that started it.
  readonly #detached = AsyncLocalStorage.snapshot();
  #isStopped = false;

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
    this.#storedAtMs.set(store, performance.now());
    this.start(store);
  }

  noteFailed(store: TrackingStore): void {
    this.#failing.add(store);
  }

  /** Jobs have left the queue for the disk: the server is tried again later. */
  noteLeft(jobs: Iterable<Job>, reason: DropReason): void {
    for (const job of jobs) {
      const store = storeOf(job);
      const claim = this.#claims.get(job);
      const acceptsOthers = claim && (this.#storedAtMs.get(store) ?? 0) > claim.claimedAtMs;
      // After an outage, and when the queue was full, the next attempt should succeed.
      if (acceptsOthers && reason === "retry_timeout") {
        this.#restsUntilMs.set(claim.name, performance.now() + REST_MS);
      }
      const folder = this.#spool.folderOf(store);
      if (folder) this.#nextMs.delete(folder);
      this.#probeLater(store);
    }
  }

  #probeLater(store: TrackingStore): void {
    if (this.#probed.has(store)) return;
    this.#probed.add(store);
    const probe = () => {
      this.#probed.delete(store);
      this.#failing.delete(store);
      const folder = this.#spool.folderOf(store);
      // Otherwise a start since then would make this the last attempt of an app that is idle.
      if (folder) this.#nextMs.delete(folder);
      this.start(store);
    };
    this.#detached(() => void setTimeout(probe, PROBE_MS).unref());
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
      if (this.#isStopped) return;
      const isResting = (this.#restsUntilMs.get(name) ?? 0) > performance.now();
      if (isResting || this.#failing.has(store)) {
        this.#probeLater(store);
        if (isResting) continue;
        return;
      }
      this.#restsUntilMs.delete(name);
      // The app's own work comes first. Not an immediate: without `ref`, it waits until something else wakes the event loop.
      await sleep(1, undefined, { ref: false });
      if (this.#isStopped) return;
      const file = this.#spool.claim(folder, name);
      if (file) await this.#send(folder, file, store);
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
    const claim: Claim = { name: file.name, claimedAtMs: performance.now() };
    for (const job of jobs) this.#claims.set(job, claim);
    await Promise.all(jobs.map((job) => this.#put(job)));
  }
}
