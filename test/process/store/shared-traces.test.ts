import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { startOpenAiServer } from "../../../examples/openai-server.mjs";
import * as mlflow from "../../../src/index.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { treeOf } from "../../support/tree.js";

const program = fileURLToPath(
  new URL("../../fixtures/open-telemetry/agent-server.mjs", import.meta.url),
);
const directory = temporaryDirectory({ prefix: "shared-", whenOver: afterAll });

test("two processes with the same local store write one trace", async () => {
  const openai = await startOpenAiServer();
  const agent = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: directory,
      ...{ OPENAI_API_KEY: "none-needed", OPENAI_BASE_URL: openai.url },
    },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  try {
    const [url] = await once(createInterface(agent.stdout!), "line");
    mlflow.setTrackingUri(directory);
    for (const isRootFirst of [true, false]) {
      await mlflow.withSpan(
        async () => {
          const headers = mlflow.getTracingContextHeadersForHttpRequest();
          return (await fetch(url, { headers })).json();
        },
        { name: "client" },
      );
      if (isRootFirst) await mlflow.flushTraces();
      await fetch(`${url}/flush`);
      const trace = await mlflow.getTrace(mlflow.getLastActiveTraceId() ?? "");
      expect(
        trace &&
          treeOf(trace)
            .split("\n")
            .map((line) => line.replace(/^( *)\S+ /, "$1")),
      ).toEqual([
        "client OK",
        "  handler OK",
        "    RunnableSequence OK",
        "      ChatPromptTemplate OK",
        "      ChatOpenAI OK",
      ]);
      expect(trace?.info.state).toBe("OK");
      expect(trace?.info.tags).toMatchObject({
        "set by": "the agent",
        "mlflow.traceName": "client",
      });
      expect(trace?.info.assessments).toMatchObject([{ name: "checked", value: true }]);
    }
  } finally {
    agent.disconnect();
    await openai.close();
  }
});
