/** The version of this package. A test compares it with package.json. */
export const VERSION = "0.1.0";

const MAJOR = 0;

/**
 * Returns a value that all copies of this package (ESM, CJS, nested) in the process share. The first copy creates it.
 * Within a major version its type may only gain fields, because copies of different versions use it.
 */
export function shared<T>(name: string, create: () => T): T {
  const registry = globalThis as Record<symbol, unknown>;
  const key = keyOf(name);
  if (!(key in registry)) {
    // Configurable, so that a test can delete it.
    Object.defineProperty(registry, key, { value: create(), configurable: true });
  }
  return registry[key] as T;
}

/** Returns a value that {@link shared} has created, or undefined. */
export function sharedIfCreated<T>(name: string): T | undefined {
  return (globalThis as Record<symbol, unknown>)[keyOf(name)] as T | undefined;
}

function keyOf(name: string): symbol {
  return Symbol.for(`langchain-mlflow.v${MAJOR}.${name}`);
}
