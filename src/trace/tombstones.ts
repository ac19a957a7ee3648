/**
 * Remembers the run ids of what has ended, in two generations, so that it stays bounded without a
 * clock: the older half is forgotten when the newer is full.
 */
export class Tombstones {
  readonly #generationSize: number;
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(generationSize = 20_000) {
    this.#generationSize = generationSize;
  }

  add(id: string): void {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }
}
