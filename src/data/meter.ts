import type { KeptMedia } from "./media.js";
import type { PlainObject } from "./plain.js";

/** A copy of an instance, and what it used of the limits. */
export interface InstanceCopy {
  readonly plain: PlainObject;
  readonly depth: number;
  readonly characters: number;
  readonly nodes: number;
}

/** Counts the characters of one trace. Each snapshot of a value of that trace adds its characters. */
export interface Meter {
  characters: number;
  /** The copies of instances with long texts in the trace, such as the messages of a conversation. */
  copies?: WeakMap<object, InstanceCopy> | undefined;
  /** Whether values of the trace may share a copy. False if the app receives the copies, which it may change. */
  readonly sharesCopies?: boolean | undefined;
  /** Of these, the characters of copies that values share. */
  sharedCharacters?: number;
  /** The media of the trace. If undefined, the limits apply to media too. */
  readonly media?: KeptMedia | undefined;
}
