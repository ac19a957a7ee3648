/** The counters of Python's MlflowCallbackHandler. */
export const COUNTER_NAMES = [
  "step",
  "starts",
  "ends",
  "errors",
  "text_ctr",
  "chain_starts",
  "chain_ends",
  "llm_starts",
  "llm_ends",
  "llm_streams",
  "tool_starts",
  "tool_ends",
  "agent_ends",
  "retriever_starts",
  "retriever_ends",
] as const;

export type CounterName = (typeof COUNTER_NAMES)[number];
export type Counts = Readonly<Record<CounterName, number>>;

/** The counters of one handler. */
export class Counters {
  #counts = zeros();

  /** Counts an event: increments the counter `step` and each of the named counters. */
  count(...names: readonly CounterName[]): void {
    for (const name of ["step", ...names] as const) this.#counts[name] += 1;
  }

  /** A copy of the current counts. */
  get row(): Counts {
    return { ...this.#counts };
  }

  reset(): void {
    this.#counts = zeros();
  }
}

function zeros(): Record<CounterName, number> {
  return Object.fromEntries(COUNTER_NAMES.map((name) => [name, 0])) as Record<CounterName, number>;
}
