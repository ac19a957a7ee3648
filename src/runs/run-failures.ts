import { MlflowException } from "../base/errors.js";
import type { RunTarget } from "../delivery/destination.js";

/** What could not be stored for a run, since it was started here. */
interface Failures {
  readonly first: Error;
  count: number;
}

const failures = new WeakMap<RunTarget, Failures>();

export function noteFailure(target: RunTarget, failure: Error): void {
  const noted = failures.get(target);
  if (noted) noted.count += 1;
  else failures.set(target, { first: failure, count: 1 });
}

export function forgetFailures(target: RunTarget): void {
  failures.delete(target);
}

/** Throws the first failure noted for the run, if there is one, and says how many there are beside it. Throws it once. */
export function throwFailures(target: RunTarget): void {
  const noted = failures.get(target);
  if (!noted) return;
  failures.delete(target);
  const { first, count } = noted;
  if (count === 1) throw first;
  const errorCode = first instanceof MlflowException ? first.errorCode : "INTERNAL_ERROR";
  const more = count === 2 ? "1 more failure" : `${count - 1} more failures`;
  throw new MlflowException(`${first.message} (and ${more} in this run)`, errorCode, {
    cause: first,
  });
}
