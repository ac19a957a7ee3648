import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { richTrace } from "./rich-trace.js";
import { temporaryDirectory } from "./temporary-directory.js";

test("the first trace creates the Default experiment", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  const before = await store.getExperiment("0");
  await store.logTraces("0", [richTrace("first")]);
  expect(readFileSync(join(directory, "0", "meta.yaml"), "utf8")).toContain('experiment_id: "0"\n');
  expect(await store.getExperiment("0")).toEqual(before);
  expect(before).toEqual({
    experimentId: "0",
    name: "Default",
    artifactLocation: pathToFileURL(join(directory, "0")).href,
    lifecycleStage: "active",
    tags: {},
  });
});

test("an experiment receives an id of 18 digits, and is found by name and by id", async () => {
  const store = createFileStore({ directory: temporaryDirectory() });
  const name = `it's "한국어": #1`;
  const experimentId = await store.createExperiment(name);
  expect(experimentId).toMatch(/^[1-9]\d{17}$/);
  expect(await store.getExperimentByName(name)).toMatchObject({ experimentId, name });
  expect(await store.getExperiment(experimentId)).toMatchObject({ name, tags: {} });
  const { items } = await store.searchExperiments();
  expect(items.map((experiment) => experiment.name).sort()).toEqual(["Default", name]);
});

test("a name that is taken throws, and the message has the state of the experiment", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  await expect(store.createExperiment("Default")).rejects.toThrow("'Default' already exists in");
  const experimentId = await store.createExperiment("gone");
  await expect(store.createExperiment("gone")).rejects.toMatchObject({
    errorCode: "RESOURCE_ALREADY_EXISTS",
  });
  mkdirSync(join(directory, ".trash"));
  renameSync(join(directory, experimentId), join(directory, ".trash", experimentId));
  await expect(store.createExperiment("gone")).rejects.toThrow(
    "already exists in deleted state in",
  );
  expect(await store.getExperimentByName("gone")).toMatchObject({ lifecycleStage: "deleted" });
  expect((await store.searchExperiments()).items.map(({ name }) => name)).toEqual(["Default"]);
});

test("parallel calls create one experiment", async () => {
  const directory = temporaryDirectory();
  const attempts = await Promise.allSettled(
    Array.from({ length: 10 }, () => createFileStore({ directory }).createExperiment("one")),
  );
  const made = attempts.filter(({ status }) => status === "fulfilled");
  const refused = attempts.flatMap((one) =>
    one.status === "rejected" ? [one.reason.errorCode] : [],
  );
  expect(made).toHaveLength(1);
  expect(refused).toEqual(Array(9).fill("RESOURCE_ALREADY_EXISTS"));
});

test("the old name of a renamed experiment can be used again", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  const renamed = await store.createExperiment("name");
  const meta = join(directory, renamed, "meta.yaml");
  writeFileSync(meta, readFileSync(meta, "utf8").replace('"name"', '"another"'));
  const experimentId = await store.createExperiment("name");
  expect(experimentId).not.toBe(renamed);
  expect(await store.getExperiment(renamed)).toMatchObject({ name: "another" });
});

test("traces for a missing or deleted experiment are refused with an error code", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  const trace = richTrace("lost");
  expect(await store.logTraces("123", [trace])).toMatchObject([
    { state: "refused", cause: { errorCode: "RESOURCE_DOES_NOT_EXIST" } },
  ]);
  expect(await store.logTraces("../x", [trace])).toMatchObject([
    {
      state: "refused",
      cause: { message: expect.stringContaining("Invalid experiment id '../x'") },
    },
  ]);
  mkdirSync(join(directory, ".trash", "123"), { recursive: true });
  expect(await store.logTraces("123", [trace])).toMatchObject([
    { state: "refused", cause: { message: expect.stringContaining(`in ${directory} is deleted`) } },
  ]);
});

test.each(["", "x".repeat(501)])("the name '%s' throws", async (name) => {
  const store = createFileStore({ directory: temporaryDirectory() });
  await expect(store.createExperiment(name)).rejects.toThrow("1 to 500 characters");
});
