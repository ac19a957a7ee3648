import { autolog, flushTraces } from "../index.js";

/**
 * A set-up file for Jest: `setupFilesAfterEnv: ["langchain-mlflow/jest"]`. Calls `autolog()` with the options of the
 * environment in each test file, and sends the traces at the file's end. Jest gives each test file modules and a
 * `process` object of its own, so that neither the preload nor the end of the process reaches them.
 */
declare const afterAll: (atEnd: () => Promise<unknown>) => void;

autolog();
afterAll(() => flushTraces());
