import { expect, test, vi } from "vitest";
import { MlflowException, RestException } from "../../src/base/errors.js";
import { repeated } from "../../src/delivery/repeated.js";

test.each([
  ["is busy", new RestException("try later", "TEMPORARILY_UNAVAILABLE", 503)],
  ["is restarting", new MlflowException("no answer", "TEMPORARILY_UNAVAILABLE")],
  ["is behind a proxy that timed out", new RestException("timeout", "DEADLINE_EXCEEDED", 504)],
])("a lookup is repeated when the server %s", async (_, cause) => {
  const attempt = vi.fn(async () => "found").mockRejectedValueOnce(cause);
  expect(await repeated(attempt, 5)).toBe("found");
  expect(attempt).toHaveBeenCalledTimes(2);
});

test.each([
  ["has never answered", new MlflowException("no MLflow server?", "DEADLINE_EXCEEDED")],
  ["refuses it", new RestException("missing", "RESOURCE_DOES_NOT_EXIST", 404)],
])("a lookup is not repeated when the server %s", async (_, cause) => {
  const attempt = vi.fn().mockRejectedValue(cause);
  await expect(repeated(attempt, 5)).rejects.toBe(cause);
  expect(attempt).toHaveBeenCalledTimes(1);
});

test("a lookup fails with the last error when the server does not recover", async () => {
  const cause = new MlflowException("no answer", "TEMPORARILY_UNAVAILABLE");
  const attempt = vi.fn().mockRejectedValue(cause);
  await expect(repeated(attempt, 1)).rejects.toBe(cause);
  expect(attempt).toHaveBeenCalledTimes(2);
});
