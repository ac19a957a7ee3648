import type { KeptMedia } from "./media.js";

/** Counts the characters of one trace. Each snapshot of a value of that trace adds its characters. */
export interface Meter {
  characters: number;
  /** The instances with long texts that the trace contains, such as the messages of a conversation. */
  recorded?: WeakSet<object> | undefined;
  /** The media of the trace. If undefined, the limits apply to media too. */
  readonly media?: KeptMedia | undefined;
}
