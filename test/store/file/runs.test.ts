import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { describeRuns, START_MS } from "../run-store-cases.js";
import { temporaryDirectory } from "./temporary-directory.js";

const directory = temporaryDirectory({ whenOver: afterAll });
const newRun = { experimentId: "0", userId: "ada", startTimeMs: START_MS, tags: {} };

describe("runs in a local directory", () => {
  describeRuns(() => createFileStore({ directory }));
});

test("a run is created and written synchronously", async () => {
  const store = createFileStore({ directory });
  const { info } = store.createRunSync!({ ...newRun, runName: "last" });
  store.writeRunSync!(info.runId, { kind: "logBatch", params: { a: "1" }, tags: { b: "2" } });
  store.writeRunSync!(info.runId, { kind: "update", status: "FINISHED", endTimeMs: START_MS + 1 });
  expect(await store.getRun(info.runId)).toMatchObject({
    info: { runName: "last", status: "FINISHED", endTimeMs: START_MS + 1 },
    data: { params: { a: "1" }, tags: { b: "2" } },
  });
});

test("a change of a meta.yaml from Python keeps the other fields", async () => {
  const store = createFileStore({ directory });
  const { info } = await store.createRun(newRun);
  const file = join(directory, "0", info.runId, "meta.yaml");
  const python = `artifact_uri: file:///x
end_time: null
experiment_id: '0'
lifecycle_stage: active
run_id: ${info.runId}
run_name: a name so long that Python's writer folds it over two lines because it has
  many words
run_uuid: ${info.runId}
start_time: 5
status: 1
tags: []
user_id: ada
`;
  writeFileSync(file, python);
  await store.writeRun(info.runId, { kind: "update", status: "KILLED", runName: "short $& 한" });
  expect(readFileSync(file, "utf8")).toBe(
    python
      .replace(/run_name:.*\n.*\n/, () => 'run_name: "short $& 한"\n')
      .replace("status: 1", "status: 5"),
  );
  expect((await store.getRun(info.runId))?.info.runName).toBe("short $& 한");
});

test.each(["../secrets", "a/b", "", "tags", "..", "a".repeat(300)])(
  "the run id %s throws",
  async (runId) => {
    const store = createFileStore({ directory });
    await expect(store.getRun(runId)).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
  },
);

test("a filter that ends with AND throws", async () => {
  const store = createFileStore({ directory });
  const search = store.searchRuns({ experimentIds: ["0"], filter: "metrics.score > 0 AND " });
  await expect(search).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
});
