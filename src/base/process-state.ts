/** This package's version; a test holds it equal to package.json's. */
export const VERSION = "0.1.0";

const MAJOR = 0;

/**
 * A value the process has one of, however many copies of this package (ESM, CJS, nested) it loads.
 * Within a major version the shapes kept here may only grow.
 */
export function shared<T>(name: string, create: () => T): T {
  const registry = globalThis as Record<symbol, unknown>;
  const key = Symbol.for(`langchain-mlflow.v${MAJOR}.${name}`);
  if (!(key in registry)) {
    // Configurable, so that a test can start afresh.
    Object.defineProperty(registry, key, { value: create(), configurable: true });
  }
  return registry[key] as T;
}
