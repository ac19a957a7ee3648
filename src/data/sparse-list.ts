/** More consecutive holes than this are replaced with one mark. */
const MAX_HOLES = 100;

/** Finds long sequences of holes in a list. Call `countFrom()` with ascending indices. */
export class Holes {
  readonly #list: ArrayLike<unknown>;
  readonly #length: number;
  /** The keys of the list, indices first and in ascending order. Read once, because a list may have many holes. */
  #keys: string[] | undefined;
  #at = 0;

  constructor(list: ArrayLike<unknown>, length = list.length) {
    this.#list = list;
    this.#length = length;
  }

  /** Returns the number of consecutive holes from `index` on, or 0 if they are few enough to be recorded as nulls. */
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
