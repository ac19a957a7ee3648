/** How items are saved that are not sent in time. */
export interface Delay<T> {
  /** After how many milliseconds an item is late. */
  readonly afterMs: () => number;
  readonly save: (items: readonly T[]) => void;
}
