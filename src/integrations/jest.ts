import vm from "node:vm";
import { MlflowException } from "../base/errors.js";
import { isInJestFile } from "../delivery/test-file.js";
import { autolog, flushTraces } from "../index.js";
import { getPipeline } from "../recording/pipeline.js";

/**
 * A set-up file for Jest: `setupFilesAfterEnv: ["langchain-mlflow/jest"]`. Calls `autolog()` with the options of the
 * environment in each test file, and sends the traces at the file's end. Jest gives each test file modules and a
 * `process` object of its own, so that neither the preload nor the end of the process reaches them.
 */
type Hook = (run: () => Promise<unknown>) => void;
declare const beforeAll: Hook;
declare const afterAll: Hook;

if (typeof afterAll !== "function") {
  throw new MlflowException(
    "langchain-mlflow/jest needs Jest's afterAll(), which setupFiles and globalSetup do not have. Add it to setupFilesAfterEnv instead.",
    "INVALID_STATE",
  );
}

// Waits for what the file has recorded, also if autolog is disabled. Another runner than jest-circus has only hooks.
if (isInJestFile()) getPipeline().watchProcessEnd();
else afterAll(() => flushTraces());
autolog();
if ("SourceTextModule" in vm) beforeAll(() => reachModules("./index.js"));

/**
 * Jest loads this file as CommonJS. With --experimental-vm-modules, tests may import other copies of core and of this package.
 *
 * @param entry The ES module of this package. Not a fixed name, which the CommonJS build would `require`.
 */
async function reachModules(entry: string): Promise<void> {
  const module: { autolog(): void } = await import(entry);
  module.autolog();
}
