import { afterAll } from "vitest";
import { autolog, flushTraces } from "../index.js";
import { getPipeline } from "../recording/pipeline.js";
import { exitTimeoutOf } from "../settings/exit-timeout.js";

/** A margin over the time that the flush takes. */
const MARGIN_MS = 5000;

/**
 * A set-up file for vitest: `setupFiles: ["langchain-mlflow/vitest"]`. Calls `autolog()` with the options of the
 * environment in each test file, and sends the traces at the file's end. vitest ends its workers without waiting for
 * what they still have to send.
 */
autolog();
// A server that does not answer must not fail the tests.
const timeoutMs = exitTimeoutOf(getPipeline().options);
afterAll(() => flushTraces({ timeoutMs }), timeoutMs + MARGIN_MS);
