import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** An experiment as Python's MLflow writes it: a long name takes several lines. */
function writeExperiment(directory: string, id: string, nameLines: string, stage = "active"): void {
  mkdirSync(join(directory, id), { recursive: true });
  const text = `artifact_location: file:///a\ncreation_time: 1\nexperiment_id: '${id}'\nlast_update_time: 1\nlifecycle_stage: ${stage}\nname: ${nameLines}\n`;
  writeFileSync(join(directory, id, "meta.yaml"), text);
}

const experiments = (directory: string) =>
  readdirSync(directory).filter((name) => /^\d+$/.test(name) && name !== "0");

test.each([
  ["plain", "plain"],
  ["two words", "two words"],
  ["it's", "it's"],
  ["'quoted'", "'''quoted'''"],
  ["yes", "'yes'"],
  ['a "b" c', 'a "b" c'],
  ["größe", '"gr\\u00f6\\u00dfe"'],
  ["a long name", "a long\n  name"],
])(
  "the end of a process finds the experiment %s that Python has created",
  async (name, written) => {
    const directory = temporaryDirectory();
    writeExperiment(directory, "1234", written);
    const store = createFileStore({ directory });
    expect((await store.getExperimentByName(name))?.experimentId).toBe("1234");
    expect(store.ensureExperimentSync!(name)).toBe("1234");
    expect(experiments(directory)).toEqual(["1234"]);
  },
);

test("the end of a process creates an experiment if only others, or a deleted one, exist", () => {
  const directory = temporaryDirectory();
  writeExperiment(directory, "1234", "mine", "deleted");
  writeExperiment(directory, "5678", "not mine");
  const store = createFileStore({ directory });
  const id = store.ensureExperimentSync!("mine");
  expect(store.ensureExperimentSync!("mine")).toBe(id);
  expect(experiments(directory)).toHaveLength(3);
});

test("a folder that a file system refuses is an error that passes no time with attempts", async () => {
  // Creating a folder there fails with ENOENT, although its parent exists.
  const store = createFileStore({ directory: "/proc/store" });
  await expect(store.createExperiment("mine")).rejects.toThrow("cannot be written");
  const run = { experimentId: "0", userId: "u", startTimeMs: 1, tags: {} };
  expect(() => store.createRunSync!(run)).toThrow();
});
