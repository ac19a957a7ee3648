/** A longer run of holes becomes one mark. */
const MAX_HOLES = 100;

/** Finds long runs of holes in a list. Call it with rising indices. */
export class Holes {
  readonly #list: ArrayLike<unknown>;
  readonly #length: number;
  /** The keys that exist, in the order of the indices. Listed once, because a list may have many runs. */
  #keys: string[] | undefined;
  #at = 0;

  constructor(list: ArrayLike<unknown>, length = list.length) {
    this.#list = list;
    this.#length = length;
  }

  /** Returns the length of the run of holes at `index`, or 0 if the run is short enough to show as nulls. */
  countFrom(index: number): number {
    const list = this.#list;
    const length = this.#length;
    if (length <= MAX_HOLES || index in list || !Number.isFinite(length)) return 0;
    const end = Math.min(length, index + MAX_HOLES + 1);
    for (let at = index; at < end; at += 1) if (at in list) return 0;
    return this.#nextIndex(index) - index;
  }

  #nextIndex(from: number): number {
    this.#keys ??= Object.keys(this.#list);
    for (; this.#at < this.#keys.length; this.#at += 1) {
      const index = Number(this.#keys[this.#at]);
      // Keys that are not indices come last.
      if (!(index < this.#length)) break;
      if (index > from) return index;
    }
    return this.#length;
  }
}
