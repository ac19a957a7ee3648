/** What opened a scope: a method of a Runnable, a span by hand, or code that the app excludes from tracing. */
export type Method =
  | "invoke"
  | "batch"
  | "stream"
  | "streamEvents"
  | "_streamIterator"
  | "transform"
  | "span"
  | "untraced";
