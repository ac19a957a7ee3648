/** How items are saved that are not sent in time. */
export interface Delay<T> {
  /** After how many milliseconds an item is late. */
  readonly afterMs: () => number;
  /** Whether an item is also late if no request has failed, or takes long. */
  readonly isAlways: () => boolean;
  readonly save: (items: readonly T[]) => void;
}
