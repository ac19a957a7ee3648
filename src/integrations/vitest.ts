import { afterAll } from "vitest";
import { autolog, flushTraces } from "../index.js";

/**
 * A set-up file for vitest: `setupFiles: ["langchain-mlflow/vitest"]`. Calls `autolog()` with the options of the
 * environment in each test file, and sends the traces at the file's end. vitest ends its workers without waiting for
 * what they still have to send.
 */
autolog();
afterAll(() => flushTraces());
