const LIMBS = 8;
const LIMB = 2 ** 16;
const WORD = 2 ** 32;

// The generator of numpy's `default_rng(0)`, so that the same resamples are drawn as in Python.
const MULTIPLIER = limbsOf(0x2360ed051fc65da44385df649fccf645n);
const INCREMENT = limbsOf(0x418ddadb3af71a82588133bc447873a9n);
const SEEDED = 0x1aa1b5345996452d09585eb7a69561e3n;

/** Draws random indexes. Each new object draws the same ones, and the same as numpy's generator with the seed 0. */
export class RandomIndexes {
  #state: Float64Array = limbsOf(SEEDED);
  #next: Float64Array = new Float64Array(LIMBS);
  #kept: number | undefined;

  /** Returns an integer from 0 to `count` - 1, all with the same probability. By the method of Lemire. */
  draw(count: number): number {
    const smallest = WORD % count;
    let product: number;
    do product = this.#word() * count;
    while (product % WORD < smallest);
    return Math.floor(product / WORD);
  }

  /** A random integer of 32 bits. A step of the generator gives two. */
  #word(): number {
    const kept = this.#kept;
    if (kept !== undefined) {
      this.#kept = undefined;
      return kept;
    }
    this.#step();
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state;
    let low = (a ^ e) + (b ^ f) * LIMB;
    let high = (c ^ g) + (d ^ h) * LIMB;
    const turns = h >>> 10;
    if (turns >= 32) [low, high] = [high, low];
    const bits = turns % 32;
    this.#kept = turned(high, low, bits);
    return turned(low, high, bits);
  }

  /** Multiplies and adds, modulo 2 to the power of 128. */
  #step(): void {
    const [state, next] = [this.#state, this.#next];
    let carry = 0;
    for (let limb = 0; limb < LIMBS; limb++) {
      let sum = carry + (INCREMENT[limb] ?? 0);
      for (let at = 0; at <= limb; at++) sum += (state[at] ?? 0) * (MULTIPLIER[limb - at] ?? 0);
      carry = Math.floor(sum / LIMB);
      next[limb] = sum - carry * LIMB;
    }
    [this.#state, this.#next] = [next, state];
  }
}

/** The lower word of two, which are turned to the right together. */
function turned(low: number, high: number, bits: number): number {
  return bits === 0 ? low : ((low >>> bits) | (high << (32 - bits))) >>> 0;
}

/** The limbs of an integer of 128 bits, lowest first. */
function limbsOf(value: bigint): Float64Array {
  return Float64Array.from({ length: LIMBS }, (_, limb) =>
    Number((value >> BigInt(16 * limb)) & 0xffffn),
  );
}
