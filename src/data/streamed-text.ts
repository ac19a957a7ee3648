import { cutText } from "./cut-text.js";

const MAX_CHARACTERS = 4_000_000;
/** Tokens are put together by the thousand: a text that grows token by token holds on to each of them. */
const MAX_TOKENS = 1000;

/** What the tokens of a stream amount to so far, bounded. */
export class StreamedText {
  tokens = 0;
  #characters = 0;
  #text = "";
  #latest: string[] = [];

  /** Returns by how much the text has grown. */
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
