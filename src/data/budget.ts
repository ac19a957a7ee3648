import { cutMiddle, cutText } from "./bounded-text.js";
import { withoutCredentials, withoutPartialCredentials } from "./secret-texts.js";

/** How much is kept of a text, of a value and of a trace. */
export interface SnapshotLimits {
  readonly maxStringCharacters: number;
  readonly maxValueCharacters: number;
  readonly maxValueNodes: number;
  readonly maxTraceCharacters: number;
  /** How many bytes of media one trace may have. Default: no limit. */
  readonly maxQueueBytes?: number;
  /** Whether secrets are removed. Default: true. */
  readonly redactSecrets?: boolean;
}

/** The part of the limits that is used for the end of a list or object whose beginning filled the budget. */
const RESERVED_SHARE = 0.1;

/** Counts how much of the limits one value has used. */
export class Budget {
  characters = 0;
  nodes = 0;
  readonly limits: SnapshotLimits;
  readonly redactsSecrets: boolean;
  readonly #clean: (text: string) => string;
  #maxStringCharacters: number;
  #maxCharacters: number;
  #maxNodes: number;
  #reservedCharacters: number;
  #reservedNodes: number;
  #usesReserve = false;

  /** Set `isIncomplete` for the beginning of a stream: its last text may end in the middle of a credential. */
  constructor(limits: SnapshotLimits, isIncomplete = false) {
    this.limits = limits;
    this.redactsSecrets = limits.redactSecrets ?? true;
    const clean = isIncomplete ? withoutPartialCredentials : withoutCredentials;
    this.#clean = this.redactsSecrets ? clean : (text) => text;
    this.#maxStringCharacters = limits.maxStringCharacters;
    this.#maxCharacters = limits.maxValueCharacters;
    this.#maxNodes = limits.maxValueNodes;
    this.#reservedCharacters = Math.floor(limits.maxValueCharacters * RESERVED_SHARE);
    this.#reservedNodes = Math.floor(limits.maxValueNodes * RESERVED_SHARE);
  }

  get isFull(): boolean {
    return this.nodes > this.#maxNodes || this.characters >= this.#maxCharacters;
  }

  hasRoom(characters: number, nodes: number): boolean {
    return (
      this.nodes + nodes <= this.#maxNodes && this.characters + characters < this.#maxCharacters
    );
  }

  usedSince(characters: number, nodes: number): { characters: number; nodes: number } {
    return { characters: this.characters - characters, nodes: this.nodes - nodes };
  }

  /** How many characters of a text fit. */
  get room(): number {
    return Math.max(0, Math.min(this.#maxStringCharacters, this.#maxCharacters - this.characters));
  }

  /** Whether the whole text fits. */
  fits({ length }: string): boolean {
    return length <= this.#maxStringCharacters && this.characters + length <= this.#maxCharacters;
  }

  /**
   * Removes credentials from the text. Keeps its beginning and its end if it does not fit, or only its beginning with
   * `keepsEnd: false`.
   */
  text(value: string, keepsEnd = true): string {
    if (this.fits(value)) {
      this.characters += value.length + 8;
      return this.#clean(value);
    }
    const { room } = this;
    this.characters += room + 8;
    return (keepsEnd ? cutMiddle : cutText)(value, room, this.#clean);
  }

  /** Removes credentials from a text that is kept whole, whatever the limits are. */
  wholeText(value: string): string {
    this.characters += value.length + 8;
    return this.#clean(value);
  }

  /** Calls `visit` with a lower limit for each text. */
  withShortTexts<T>(maxCharacters: number, visit: () => T): T {
    const outer = this.#maxStringCharacters;
    this.#maxStringCharacters = Math.min(outer, maxCharacters);
    try {
      return visit();
    } finally {
      this.#maxStringCharacters = outer;
    }
  }

  /**
   * Calls `visit` for the end of a list or object whose beginning filled the budget. The end may use half of what is
   * left of the reserve: the lists and objects around it have ends too. Does nothing within such an end.
   */
  useReserve(visit: () => void): void {
    const reserved = Math.floor(this.#reservedCharacters / 2);
    const reservedNodes = Math.floor(this.#reservedNodes / 2);
    if (this.#usesReserve || reserved === 0 || reservedNodes === 0) return;
    const [maxCharacters, maxNodes] = [this.#maxCharacters, this.#maxNodes];
    const [characters, nodes] = [this.characters, this.nodes];
    this.#maxCharacters = characters + reserved;
    this.#maxNodes = nodes + reservedNodes;
    this.#usesReserve = true;
    try {
      visit();
    } finally {
      this.#usesReserve = false;
      this.#maxCharacters = maxCharacters;
      this.#maxNodes = maxNodes;
      this.#reservedCharacters -= this.characters - characters;
      this.#reservedNodes -= this.nodes - nodes;
    }
  }
}
