import { cutText } from "./bounded-text.js";
import { withoutCredentials, withoutPartialCredentials } from "./secret-texts.js";

/** How much is kept of a text, of a value and of a trace. */
export interface SnapshotLimits {
  readonly maxStringCharacters: number;
  readonly maxValueCharacters: number;
  readonly maxValueNodes: number;
  readonly maxTraceCharacters: number;
  /** Whether secrets are removed. Default: true. */
  readonly redactSecrets?: boolean;
}

/** Counts how much of the limits one value has used. */
export class Budget {
  characters = 0;
  nodes = 0;
  readonly limits: SnapshotLimits;
  readonly redactsSecrets: boolean;
  readonly #clean: (text: string) => string;

  /** Set `isIncomplete` for the beginning of a stream: its last text may end in the middle of a credential. */
  constructor(limits: SnapshotLimits, isIncomplete = false) {
    this.limits = limits;
    this.redactsSecrets = limits.redactSecrets ?? true;
    const clean = isIncomplete ? withoutPartialCredentials : withoutCredentials;
    this.#clean = this.redactsSecrets ? clean : (text) => text;
  }

  get isFull(): boolean {
    const { maxValueNodes, maxValueCharacters } = this.limits;
    return this.nodes > maxValueNodes || this.characters >= maxValueCharacters;
  }

  /** How many characters of a text fit. */
  get room(): number {
    const { maxStringCharacters, maxValueCharacters } = this.limits;
    return Math.max(0, Math.min(maxStringCharacters, maxValueCharacters - this.characters));
  }

  /** Removes credentials from the text, and cuts it if it does not fit. */
  text(value: string): string {
    const { length } = value;
    const { maxStringCharacters, maxValueCharacters } = this.limits;
    if (length <= maxStringCharacters && this.characters + length <= maxValueCharacters) {
      this.characters += length + 8;
      return this.#clean(value);
    }
    const { room } = this;
    this.characters += room + 8;
    return cutText(value, room, this.#clean);
  }
}
