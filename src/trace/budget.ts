import { cutText } from "./cut-text.js";
import { withoutCredentials } from "./secret-texts.js";

/** How much is kept of one value (a text of it, all its texts, its nodes), and of all values of a trace. */
export interface SnapshotLimits {
  readonly maxStringCharacters: number;
  readonly maxValueCharacters: number;
  readonly maxValueNodes: number;
  readonly maxTraceCharacters: number;
}

/** How much of the limits one value has used up. */
export class Budget {
  characters = 0;
  nodes = 0;
  readonly limits: SnapshotLimits;

  constructor(limits: SnapshotLimits) {
    this.limits = limits;
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
      return withoutCredentials(value);
    }
    const { room } = this;
    this.characters += room + 8;
    return cutText(value, room, withoutCredentials);
  }
}
