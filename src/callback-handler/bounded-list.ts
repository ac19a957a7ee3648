/** The latest of what was added, bounded in number and size. */
export class BoundedList<T> {
  readonly #entries: { readonly item: T; readonly characters: number }[] = [];
  readonly #maxItems: number;
  readonly #maxCharacters: number;
  readonly #onDropped: () => void;
  #characters = 0;

  constructor(maxItems: number, maxCharacters: number, onDropped: () => void) {
    this.#maxItems = maxItems;
    this.#maxCharacters = maxCharacters;
    this.#onDropped = onDropped;
  }

  add(item: T, characters: number): void {
    this.#entries.push({ item, characters });
    this.#characters += characters;
    while (this.#isOver()) {
      this.#characters -= this.#entries.shift()?.characters ?? 0;
      this.#onDropped();
    }
  }

  #isOver(): boolean {
    const { length } = this.#entries;
    return length > this.#maxItems || (length > 1 && this.#characters > this.#maxCharacters);
  }

  get items(): readonly T[] {
    return this.#entries.map(({ item }) => item);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#characters = 0;
  }
}
