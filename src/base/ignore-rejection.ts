import { types } from "node:util";

/** A function of the app returned a promise where a value is expected. Its rejection must not end the process. */
export function ignoreRejection(value: unknown): void {
  if (types.isPromise(value)) value.catch(() => {});
}
