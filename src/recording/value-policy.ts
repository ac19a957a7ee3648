/**
 * What a trace may store of one run. Each function receives a value as LangChain passes it to tracers, and returns the
 * value to store. It never throws. Undefined: the value is stored unchanged.
 */
export interface ValuePolicy {
  readonly inputs: ((value: unknown) => unknown) | undefined;
  readonly outputs: ((value: unknown) => unknown) | undefined;
}

/**
 * Replaces values that only a scope has, in a trace with a policy. LangChain passes them to no tracer, so no policy is
 * asked about them, and they may contain what the policy of another run excludes.
 */
export const OMITTED_BESIDE_POLICY =
  "[omitted: a trace policy applies to another call of this trace]";
