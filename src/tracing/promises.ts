import { types } from "node:util";

interface Settled {
  readonly returned: (value: unknown) => void;
  readonly thrown: (error: unknown) => void;
}

/**
 * Calls a function and reports how it ended: when it returns, or when the promise that it returns settles. Returns the
 * result unchanged. A native promise is replaced by a derived one, so that a rejection without a handler is reported as
 * unhandled. An object of a subclass is returned itself, since it may have more methods.
 */
export function observeCall<T>(call: () => T, { returned, thrown }: Settled): T {
  let result: T;
  try {
    result = call();
  } catch (error) {
    thrown(error);
    throw error;
  }
  if (!types.isPromise(result)) {
    returned(result);
    return result;
  }
  const isNative = Object.getPrototypeOf(result) === Promise.prototype;
  if (!isNative) {
    result.then(returned, thrown);
    return result;
  }
  const derived: Promise<unknown> = result.then(
    (value) => {
      returned(value);
      return value;
    },
    (error) => {
      thrown(error);
      throw error;
    },
  );
  return derived as T;
}
