import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { START_MS } from "../../store/run-store-cases.js";
import { transpiled } from "./transpiled.js";

test("several processes write to one run: every point is stored, lines do not mix, one param wins", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  const { info } = await store.createRun({
    ...{ experimentId: "0", userId: "ada", startTimeMs: START_MS, tags: {} },
  });
  const program = transpiled("test/process/store/programs/run-writer.ts");
  const writers = ["1", "2", "3"].map((writer) =>
    promisify(execFile)(process.execPath, [program, directory, info.runId, writer, "20"]),
  );
  const answers = (await Promise.all(writers)).map(({ stdout }) => JSON.parse(stdout));
  expect(answers.map(({ won }) => won).filter(Boolean)).toHaveLength(1);
  expect(answers.map(({ stored }) => stored)).toEqual([20, 20, 20]);
  const history = await store.getMetricHistory(info.runId, "loss");
  const seen = history.map(({ step, value }) => `${value} ${step}`).sort();
  const expected = [1, 2, 3].flatMap((writer) =>
    Array.from({ length: 20 * 50 }, (_, step) => `${writer} ${step}`),
  );
  expect(seen).toEqual(expected.sort());
  const { tags } = (await store.getRun(info.runId))!.data;
  expect(["1 19", "2 19", "3 19"]).toContain(tags.last);
  expect(readdirSync(join(directory, ".incoming.trash"))).toEqual([]);
});
