import { expect, test } from "vitest";
import { MlflowException } from "../../../src/base/errors.js";
import { problemFrom } from "../../../src/cli/doctor/finding.js";

test.each([
  [
    "No answer from the tracking server at http://a (ECONNREFUSED: no. It is down): check that it is running.",
    "No answer from the tracking server at http://a (ECONNREFUSED: no. It is down).",
    "Check that it is running.",
  ],
  [
    "The server requires credentials: set MLFLOW_TRACKING_TOKEN. (GET http://a/x answered 401: no. Sorry)",
    "The server requires credentials (GET http://a/x answered 401: no. Sorry).",
    "Set MLFLOW_TRACKING_TOKEN.",
  ],
  [
    "The run failed",
    "The run failed",
    "Correct what the message names. See docs/troubleshooting.md.",
  ],
])("the message %o is split into what is wrong and what to do", (message, text, fix) => {
  expect(problemFrom("store", "server", new MlflowException(message))).toMatchObject({ text, fix });
});
