import { cutText } from "./cut-text.js";
import { withoutBegunCredentials, withoutCredentials } from "./secret-texts.js";

/** What is kept of one value (of a text of it, all its texts, its nodes), and of all values of a trace. */
export interface SnapshotLimits {
  readonly maxStringCharacters: number;
  readonly maxValueCharacters: number;
  readonly maxValueNodes: number;
  readonly maxTraceCharacters: number;
  /** Default: true. */
  readonly redactSecrets?: boolean;
}

/** How much of the limits one value has used up. */
export class Budget {
  characters = 0;
  nodes = 0;
  readonly limits: SnapshotLimits;
  readonly redactsSecrets: boolean;
  readonly #clean: (text: string) => string;

  /** `isBegun`: what is kept may have ended before its end came. */
  constructor(limits: SnapshotLimits, isBegun = false) {
    this.limits = limits;
    this.redactsSecrets = limits.redactSecrets ?? true;
    const clean = isBegun ? withoutBegunCredentials : withoutCredentials;
    this.#clean = this.redactsSecrets ? clean : asItIs;
  }

  get isFull(): boolean {
    const { maxValueNodes, maxValueCharacters } = this.limits;
    return this.nodes > maxValueNodes || this.characters >= maxValueCharacters;
  }

  /** Characters a text may still have. */
  get room(): number {
    const { maxStringCharacters, maxValueCharacters } = this.limits;
    return Math.max(0, Math.min(maxStringCharacters, maxValueCharacters - this.characters));
  }

  /** The text as it is kept: without credentials, and cut where there is no room for all of it. */
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

const asItIs = (text: string) => text;
