import pLimit from "p-limit";

/** Runs at most some pieces of work at once, in the order in which they are passed. */
export interface Limit {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createLimit(atOnce: number): Limit {
  const limit = pLimit(atOnce);
  return { run: (work) => limit(work) };
}
