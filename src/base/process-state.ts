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
    Object.defineProperty(registry, key, { value: keptByJest(create()), configurable: true });
  }
  return registry[key] as T;
}

/** Returns a value that {@link shared} has created, or undefined. */
export function sharedIfCreated<T>(name: string): T | undefined {
  return (globalThis as Record<symbol, unknown>)[keyOf(name)] as T | undefined;
}

/**
 * Jest empties the objects in global variables after each test file, before the listeners for the end of the process
 * use them. This mark excludes an object.
 */
function keptByJest<T>(value: T): T {
  if (typeof value === "object" && value !== null && Object.isExtensible(value)) {
    Object.defineProperty(value, Symbol.for("$$jest-protect-from-deletion"), { value: [] });
  }
  return value;
}

function keyOf(name: string): symbol {
  return Symbol.for(`langchain-mlflow.v${MAJOR}.${name}`);
}
