/**
 * What an app lets a trace keep of one run. Each function receives a value as LangChain shows it to tracers and
 * returns what is stored in its place. It never throws. Undefined: the value is stored.
 */
export interface ValuePolicy {
  readonly inputs: ((value: unknown) => unknown) | undefined;
  readonly outputs: ((value: unknown) => unknown) | undefined;
}

/** Replaces the values of a span that LangChain makes no run for, where a policy applies to the same values. */
const OMITTED_BESIDE_POLICY =
  "[omitted: a trace policy applies to a call inside or around this one]";

/** The policy of such a span. */
export const OMIT_BESIDE_POLICY: ValuePolicy = {
  inputs: () => OMITTED_BESIDE_POLICY,
  outputs: () => OMITTED_BESIDE_POLICY,
};
