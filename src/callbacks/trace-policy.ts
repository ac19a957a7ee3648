import { types } from "node:util";
import type { ValuePolicy } from "../trace/value-policy.js";
import { isDictionary, uncoerce } from "./values.js";

/** The key under which LangChain passes a run's policy in `extra`, from @langchain/core 1.3.3 on. */
const TRACE_POLICY_KEY = Symbol.for("langchain.trace_policy");

/** Replaces a value whose policy failed: the value itself is never stored. */
const POLICY_FAILED = "[omitted: the trace policy failed]";

type Side = "input" | "output";

/**
 * The policy that LangChain passes with the start of a run: `tracePolicy` of a RunnableSequence or of a graph's node.
 * It applies to that run alone, as in LangChain's own tracer.
 */
export function tracePolicyOf(extra: unknown): ValuePolicy | undefined {
  if (typeof extra !== "object" || extra === null) return undefined;
  try {
    const policy: unknown = (extra as { readonly [TRACE_POLICY_KEY]?: unknown })[TRACE_POLICY_KEY];
    if (policy === undefined || policy === null) return undefined;
    const { processInputs, processOutputs } = policy as Readonly<Record<string, unknown>>;
    const inputs = applying(processInputs, "input");
    const outputs = applying(processOutputs, "output");
    return inputs || outputs ? { inputs, outputs } : undefined;
  } catch {
    return { inputs: () => POLICY_FAILED, outputs: () => POLICY_FAILED };
  }
}

function applying(process: unknown, side: Side): ((value: unknown) => unknown) | undefined {
  if (process === undefined || process === null) return undefined;
  return (value) => {
    try {
      return applied(process as (payload: object) => unknown, value, side);
    } catch {
      return POLICY_FAILED;
    }
  };
}

/** The function receives a dictionary, and a copy: what it adds or deletes must not reach the app. */
function applied(process: (payload: object) => unknown, value: unknown, side: Side): unknown {
  const payload = isDictionary(value) ? { ...value } : { [side]: value };
  const result = process(payload);
  if (types.isPromise(result)) {
    result.catch(() => {});
    return POLICY_FAILED;
  }
  return isDictionary(value) ? result : uncoerce(result, side).value;
}
