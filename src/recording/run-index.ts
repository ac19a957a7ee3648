import type { Call, OpenSpan } from "./call.js";

/** Ends of older runs are not counted as late. */
const MAX_UNFINISHED = 1000;

/** The runs that LangChain has reported, by run id. */
export class RunIndex {
  readonly #open = new Map<string, OpenSpan>();
  readonly #ended = new RecentIds();
  readonly #skipped = new RecentSet();
  /** Runs that were open when their trace was completed, oldest first. */
  readonly #unfinished = new Set<string>();

  /** The number of recorded runs whose trace is not complete. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether the run was reported: it has a span in a trace that is not complete, or it is skipped. */
  has(runId: string): boolean {
    return this.#open.has(runId) || this.#skipped.has(runId);
  }

  /** The span of the run. For a hidden run: its parent's. */
  get(runId: string | undefined): OpenSpan | undefined {
    return runId === undefined ? undefined : this.#open.get(runId);
  }

  set(runId: string, span: OpenSpan): void {
    this.#open.set(runId, span);
  }

  /** Remembers a run that is not recorded. LangChain may never report its end, so nothing waits for that. */
  skip(runId: string): void {
    this.#skipped.add(runId);
  }

  isSkipped(runId: string): boolean {
    return this.#skipped.has(runId);
  }

  /** Removes a run of a complete trace and remembers its id. */
  end(runId: string): void {
    this.#open.delete(runId);
    this.#ended.add(runId);
  }

  /** Removes the runs of a complete Call and remembers their ids. */
  endRunsOf({ spans, hiddenRunIds, timedOut }: Call): void {
    const ending = timedOut ? "aborted" : "abandoned";
    for (const { runId, attributes } of spans) {
      if (runId === undefined) continue;
      this.end(runId);
      if (attributes["langchain.end"] === ending) this.#addUnfinished(runId);
    }
    for (const runId of hiddenRunIds) this.end(runId);
  }

  #addUnfinished(runId: string): void {
    this.#unfinished.add(runId);
    if (this.#unfinished.size <= MAX_UNFINISHED) return;
    const [oldest = ""] = this.#unfinished;
    this.#unfinished.delete(oldest);
  }

  /** Whether the run was open when its trace was completed. Forgets the run. */
  takeUnfinished(runId: string): boolean {
    return this.#unfinished.delete(runId);
  }

  hasEnded(runId: string): boolean {
    return this.#ended.has(runId);
  }

  /** Whether the run is skipped or belongs to a complete trace. */
  isUnrecorded(runId: string | undefined): boolean {
    return runId !== undefined && (this.isSkipped(runId) || this.hasEnded(runId));
  }
}

/** The last ids that were added: at least `capacity`, at most twice as many. Costs nothing while it is empty. */
class RecentSet {
  readonly #capacity: number;
  #newer = new Set<string>();
  #older = new Set<string>();

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  add(id: string): void {
    if (this.#newer.size >= this.#capacity) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(id);
  }

  has(id: string): boolean {
    return this.#newer.has(id) || this.#older.has(id);
  }
}

/**
 * The last ids that were added. Takes eight bytes for each, all allocated at the start, so that memory does not grow
 * with the number of traces.
 */
export class RecentIds {
  readonly #fingerprints: Float64Array;
  #next = 0;

  constructor(capacity = 40_000) {
    this.#fingerprints = new Float64Array(capacity);
  }

  add(id: string): void {
    this.#fingerprints[this.#next] = fingerprintOf(id);
    this.#next = (this.#next + 1) % this.#fingerprints.length;
  }

  /** Searches all ids, which takes some 30 µs: call it only for a parent that is not an open run. */
  has(id: string): boolean {
    return this.#fingerprints.includes(fingerprintOf(id));
  }
}

/** 53 bits of the text, never 0. Two of 40 000 ids have the same fingerprint once in ten million processes. */
function fingerprintOf(text: string): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x85ebca77);
    low = Math.imul(low ^ unit, 0xc2b2ae3d);
  }
  // So far the last characters do not affect the upper bits, nor the first characters the lower bits.
  high = Math.imul(high ^ (low >>> 15), 0x27d4eb2f);
  low = Math.imul(low ^ (high >>> 13), 0x165667b1);
  high ^= low >>> 16;
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0) + 1;
}
