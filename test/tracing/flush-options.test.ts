import { expect, test, vi } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { warnings } from "../runs/warnings.js";

test.each<[unknown, string]>([
  [
    { timeout: 5 },
    "flushTraces() has no option `timeout`. Did you mean `timeoutMs`? Options are: timeoutMs.",
  ],
  [5000, "flushTraces() takes an object of options, got 5000."],
  [{ timeoutMs: "5" }, "takes a non-negative number of milliseconds, got '5'."],
  [{ timeoutMs: -1 }, "takes a non-negative number of milliseconds, got -1."],
  [{ timeoutMs: Number.NaN }, "takes a non-negative number of milliseconds, got NaN."],
])(
  "flushTraces() refuses %j, and logs it only for an app that does not await it",
  async (options, message) => {
    const stderr = warnings();
    await expect(mlflow.flushTraces(options as object)).rejects.toMatchObject({
      name: "MlflowException",
      errorCode: "INVALID_PARAMETER_VALUE",
      message: expect.stringContaining(message),
    });
    await new Promise(setImmediate);
    expect(stderr.lines).toEqual([]);
    mlflow.flushTraces(options as object);
    await vi.waitFor(() => expect(stderr.lines.join("")).toContain(message));
  },
);

test.each([undefined, {}, { timeoutMs: undefined }, { timeoutMs: 0 }, { timeoutMs: Infinity }])(
  "flushTraces() takes %j",
  async (options) => {
    const flushed = mlflow.flushTraces(options as object);
    expect(await flushed).toEqual({ sent: 0, spooled: 0, dropped: 0, pending: 0 });
  },
);

test("flushTraces() delivers before it refuses the argument that a listener passes", async () => {
  const flush = vi.spyOn(getPipeline(), "flush");
  const listener: (...args: string[]) => Promise<unknown> = Object(mlflow.flushTraces);
  await expect(listener("SIGTERM")).rejects.toThrow(/got 'SIGTERM'/);
  expect(flush).toHaveBeenCalledWith(30_000, true);
});
