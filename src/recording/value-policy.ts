/**
 * What an app lets a trace keep of one run. Each function receives a value as LangChain shows it to tracers and
 * returns what is stored in its place. It never throws. Undefined: the value is stored.
 */
export interface ValuePolicy {
  readonly inputs: ((value: unknown) => unknown) | undefined;
  readonly outputs: ((value: unknown) => unknown) | undefined;
}

/**
 * Replaces values that only a scope saw, in a trace with a policy. LangChain shows them to no tracer, so no policy is
 * asked about them, and they may be what a policy of another run excludes.
 */
export const OMITTED_BESIDE_POLICY =
  "[omitted: a trace policy applies to another call of this trace]";
