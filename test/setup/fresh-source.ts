// Unit tests share one process and its installed packages. Each file still loads the source anew, so that no state of
// a module, and none of this package's process-wide state, passes from file to file.
import { vi } from "vitest";

vi.resetModules();
for (const key of Object.getOwnPropertySymbols(globalThis)) {
  if (key.description?.startsWith("langchain-mlflow.")) Reflect.deleteProperty(globalThis, key);
}
