/** More holes in a row than these are one mark. */
const MAX_HOLES = 100;

/** Finds the long runs of holes in a list that is read in order. */
export class Holes {
  readonly #list: ArrayLike<unknown>;
  readonly #length: number;
  /** The keys that are present, in the order of the indices. Listed once: a list may have many runs. */
  #keys: string[] | undefined;
  #at = 0;

  constructor(list: ArrayLike<unknown>, length = list.length) {
    this.#list = list;
    this.#length = length;
  }

  /** How many holes follow one another from `index` on; 0 where they are few enough to show as null. */
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
      // Keys that are no indices come last.
      if (!(index < this.#length)) break;
      if (index > from) return index;
    }
    return this.#length;
  }
}
