import { types } from "node:util";
import { warnOnce } from "../../base/log.js";
import { nameOfClass } from "../../data/snapshot.js";
import type { ValuePolicy } from "../../recording/value-policy.js";
import { detach } from "./detach.js";
import { isDictionary, uncoerce } from "./values.js";

/** From version 1.3.3 on, @langchain/core passes a run's policy in `extra` under this key. */
const TRACE_POLICY_KEY = Symbol.for("langchain.trace_policy");

/** Stored in place of a value whose policy failed. */
const POLICY_FAILED = "[omitted: the trace policy failed]";

const PROCESSORS = { input: "processInputs", output: "processOutputs" } as const;
type Side = keyof typeof PROCESSORS;

/**
 * The policy that LangChain passes with the start of a run: the `tracePolicy` of a RunnableSequence or of a graph node.
 * It applies to that run only, as in LangChain's own tracer.
 */
export function tracePolicyOf(extra: unknown): ValuePolicy | undefined {
  if (typeof extra !== "object" || extra === null) return undefined;
  return policyOf(() => (extra as { readonly [TRACE_POLICY_KEY]?: unknown })[TRACE_POLICY_KEY]);
}

/** The policy of a sequence for which LangChain starts no run. */
export function tracePolicyOfRunnable(self: object): ValuePolicy | undefined {
  return policyOf(() => (self as { readonly _tracePolicy?: unknown })._tracePolicy);
}

function policyOf(read: () => unknown): ValuePolicy | undefined {
  try {
    const policy = read();
    if (policy === undefined || policy === null) return undefined;
    const { processInputs, processOutputs } = policy as Readonly<Record<string, unknown>>;
    const inputs = applying(processInputs, "input");
    const outputs = applying(processOutputs, "output");
    return inputs || outputs ? { inputs, outputs } : undefined;
  } catch (cause) {
    const omit = (side: Side) => () => failed(side, `threw ${kindOf(cause)}`);
    return { inputs: omit("input"), outputs: omit("output") };
  }
}

function applying(process: unknown, side: Side): ((value: unknown) => unknown) | undefined {
  if (process === undefined || process === null) return undefined;
  return (value) => {
    try {
      return applied(process as (payload: object) => unknown, value, side);
    } catch (cause) {
      return failed(side, `threw ${kindOf(cause)}`);
    }
  };
}

/** Passes a copy, wrapped in a dictionary, since the function may change what it receives. */
function applied(process: (payload: object) => unknown, value: unknown, side: Side): unknown {
  const copy = detach(value);
  const payload = isDictionary(copy) ? copy : { [side]: copy };
  const result = process(payload);
  if (types.isPromise(result)) {
    // An unhandled rejection would end the process.
    result.catch(() => {});
    return failed(side, "returned a promise");
  }
  return isDictionary(value) ? result : uncoerce(result, side).value;
}

function failed(side: Side, what: string): string {
  const name = PROCESSORS[side];
  warnOnce(
    `trace policy ${name} ${what}`,
    `\`${name}\` of a tracePolicy ${what}. The value is not recorded. Return the object to record.`,
  );
  return POLICY_FAILED;
}

/** Leaves out the message of an error, which may contain the value. */
function kindOf(thrown: unknown): string {
  return types.isNativeError(thrown) ? nameOfClass(thrown) : `a value of type ${typeof thrown}`;
}
