/**
 * Remembers the last run ids of what has ended, oldest forgotten first: eight bytes each, all there
 * from the start, so that a process that lives long does not grow with its traces.
 */
export class Tombstones {
  readonly #fingerprints: Float64Array;
  #next = 0;

  constructor(capacity = 40_000) {
    this.#fingerprints = new Float64Array(capacity);
  }

  add(id: string): void {
    this.#fingerprints[this.#next] = fingerprintOf(id);
    this.#next = (this.#next + 1) % this.#fingerprints.length;
  }

  /** Looks at all of them, some 30 µs: only for a parent that is no open run. */
  has(id: string): boolean {
    return this.#fingerprints.includes(fingerprintOf(id));
  }
}

/** 53 bits of the text, never 0: two of 40 000 ids meet once in ten million processes. */
function fingerprintOf(text: string): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x85ebca77);
    low = Math.imul(low ^ unit, 0xc2b2ae3d);
  }
  // The last characters have not reached the upper bits, nor the lower the first ones.
  high = Math.imul(high ^ (low >>> 15), 0x27d4eb2f);
  low = Math.imul(low ^ (high >>> 13), 0x165667b1);
  high ^= low >>> 16;
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0) + 1;
}
