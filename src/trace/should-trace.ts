import { types } from "node:util";
import { messageOf } from "../base/errors.js";
import { ignoreRejection } from "../base/ignore-rejection.js";
import { warnOnce } from "../base/log.js";

/** A root call of the app, or one item of a root `batch`, before it starts. */
export interface RootCall {
  /** The name that the root span would have: the `runName` of the call, else the name or class of the called object. */
  readonly name: string;
  /** The object that the app passed, not a copy: do not change it. Undefined for a call that receives a stream, and for a span by hand. */
  readonly input: unknown;
  /** The metadata of the call's config and of `withConfig()`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Decides whether a root call is traced: return false to skip the call and everything that it calls. It runs
 * synchronously before the call, so it must be fast.
 *
 * @example
 * autolog({ shouldTrace: ({ name, metadata }) => name !== "health check" && metadata.internal !== true });
 */
export type ShouldTrace = (call: RootCall) => boolean;

/** Whether the filter keeps this call. If the filter fails, the call is traced and a warning is logged. */
export function passesFilter(shouldTrace: ShouldTrace, call: () => RootCall): boolean {
  try {
    const answer: unknown = shouldTrace(call());
    if (typeof answer === "boolean") return answer;
    ignoreRejection(answer);
    warnOfFilter(
      `returned ${types.isPromise(answer) ? "a promise" : `a value of type ${typeof answer}`}`,
    );
  } catch (cause) {
    warnOfFilter(`threw an error: ${messageOf(cause)}`);
  }
  return true;
}

function warnOfFilter(what: string): void {
  warnOnce(
    "shouldTrace",
    `the option \`shouldTrace\` ${what}. Calls for which it fails are traced. Return true or false.`,
  );
}
