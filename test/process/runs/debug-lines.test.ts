import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const program = `
import * as mlflow from "langchain-mlflow";
mlflow.logMetric("https://someone:hunter22@host/ is no name?", 1);
`;

test("lines of NODE_DEBUG=mlflow contain no secret of a warning", () => {
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "mlflow", MLFLOW_TRACKING_URI: "file:/tmp/none" },
  });
  expect(stderr).toContain("MLFLOW ");
  expect(stderr).not.toContain("hunter22");
});
