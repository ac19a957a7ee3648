/** Ids in the order they came; a set of them is made when somebody asks, which is rare. */
class Generation {
  readonly #ids: string[] = [];
  readonly #index = new Set<string>();
  #indexed = 0;

  get size(): number {
    return this.#ids.length;
  }

  add(id: string): void {
    this.#ids.push(id);
  }

  has(id: string): boolean {
    for (; this.#indexed < this.#ids.length; this.#indexed += 1) {
      this.#index.add(this.#ids[this.#indexed] as string);
    }
    return this.#index.has(id);
  }
}

/**
 * Remembers the run ids of what has ended, in two generations, so that it stays bounded without a
 * clock: the older half is forgotten when the newer is full.
 */
export class Tombstones {
  readonly #generationSize: number;
  #young = new Generation();
  #old = new Generation();

  constructor(generationSize = 20_000) {
    this.#generationSize = generationSize;
  }

  add(id: string): void {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.add(id);
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }
}
