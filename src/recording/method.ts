/** What opened a scope: a method of a Runnable or a span by hand. */
export type Method =
  | "invoke"
  | "batch"
  | "stream"
  | "streamEvents"
  | "_streamIterator"
  | "transform"
  | "span";
