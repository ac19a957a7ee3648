import { afterAll, beforeAll, expect, test } from "vitest";
import * as mlflow from "../../../src/index.js";
import { readTracked } from "../../callback-handler/read-tracked.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { buildRunsModule, removeRunsModule, runToItsEnd } from "../runs/ending-programs.js";

beforeAll(buildRunsModule);
afterAll(removeRunsModule);

const directory = temporaryDirectory({ whenOver: afterAll });

test.each([
  { how: "naturally", code: 0, status: "FINISHED", steps: 8 },
  { how: "naturally, in a run", code: 0, status: "FINISHED", steps: 8 },
  { how: "by process.exit(3)", code: 3, status: "FINISHED", steps: 8 },
  { how: "after a failed call", code: 0, status: "FAILED", steps: 12 },
  { how: "without waiting for the flush", code: 0, status: "FINISHED", steps: 8 },
])(
  "a program that ends $how has delivered all, and ended the run",
  async ({ how, code, status, steps }) => {
    const outcome = await runToItsEnd(
      how,
      { MLFLOW_TRACKING_URI: directory },
      "callback-handler/ends.mjs",
    );
    expect(outcome).toMatchObject({ code, stdout: "Guten Morgen.\n", stderr: "" });
    mlflow.setTrackingUri(directory);
    const filter = `attributes.run_name = '${how}'`;
    const runIds: string[] = [];
    for await (const run of mlflow.searchRuns({ filter })) runIds.push(run.info.runId);
    expect(runIds.length).toBe(1);
    const tracked = await readTracked(runIds[0] ?? "");
    expect(tracked).toMatchObject({ status, metrics: { step: steps } });
    expect(Object.keys(tracked.records).length).toBe(steps);
    expect(tracked.files).toEqual(
      expect.arrayContaining([
        ...["chain_start_1.json", "llm_end_1_generation_0.json", "chat_html.html"],
        ...["table_action_records.html", "table_action_records.json"],
      ]),
    );
  },
);
