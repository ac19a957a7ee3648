/** What Python's MlflowCallbackHandler counts, under its names. */
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

/** The fifteen counters of one handler. */
export class Counters {
  #counts = zeros();

  /** One more event: a step further, and one more of each of these. */
  count(...names: readonly CounterName[]): void {
    for (const name of ["step", ...names] as const) this.#counts[name] += 1;
  }

  /** As they are now. */
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
