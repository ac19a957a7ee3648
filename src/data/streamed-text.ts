import { cutText } from "./bounded-text.js";

const MAX_CHARACTERS = 4_000_000;
/** Joins this many tokens at a time, because a string that is built with `+=` keeps each of its parts in memory. */
const MAX_TOKENS = 1000;

/** Joins the tokens of a stream to one text of limited length. */
export class StreamedText {
  tokens = 0;
  #characters = 0;
  #text = "";
  #latest: string[] = [];

  /** Returns the number of characters that were added. */
  add(token: string): number {
    this.tokens += 1;
    const room = MAX_CHARACTERS - this.#characters;
    if (room <= 0) return 0;
    const kept = token.length <= room ? token : cutText(token, room);
    this.#characters += token.length;
    this.#latest.push(kept);
    if (this.#latest.length >= MAX_TOKENS) this.#join();
    return kept.length;
  }

  get text(): string {
    this.#join();
    return this.#text;
  }

  #join(): void {
    this.#text += this.#latest.join("");
    this.#latest = [];
  }
}
