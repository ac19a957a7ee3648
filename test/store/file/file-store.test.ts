import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { Expectation, Feedback, instanceOf } from "../../../src/store/assessments.js";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { richTrace, START_MS, traceIdOf } from "./rich-trace.js";
import { temporaryDirectory } from "./temporary-directory.js";

function newStore() {
  const directory = join(temporaryDirectory(), "store");
  return { directory, store: createFileStore({ directory }) };
}

/** Adds what the store adds when it writes. */
function stored(trace: ReturnType<typeof richTrace>, directory: string, experimentId = "0") {
  const folder = join(directory, experimentId, "traces", trace.info.traceId, "artifacts");
  const tags = { ...trace.info.tags, "mlflow.artifactLocation": pathToFileURL(folder).href };
  const sizes = {
    "mlflow.trace.sizeBytes": expect.stringMatching(/^\d+$/),
    "mlflow.trace.sizeStats": expect.stringContaining('"num_spans": 2'),
  };
  const traceMetadata = { ...trace.info.traceMetadata, ...sizes };
  return { ...trace, info: { ...trace.info, experimentId, tags, traceMetadata } };
}

test("a trace is read back unchanged", async () => {
  const { directory, store } = newStore();
  const trace = richTrace("rich");
  expect(await store.logTraces("0", [trace])).toEqual([{ state: "stored" }]);
  expect(await store.getTrace(trace.info.traceId)).toEqual(stored(trace, directory));
});

test("logTracesSync writes the same files as logTraces", async () => {
  const { directory, store } = newStore();
  const trace = richTrace("rich");
  store.logTracesSync?.("0", [trace]);
  expect(await store.getTrace(trace.info.traceId)).toEqual(stored(trace, directory));
  expect(readdirSync(join(directory, ".incoming.trash"))).toEqual([]);
});

test("opening and reading create no files", async () => {
  const { directory, store } = newStore();
  expect(await store.getTrace(traceIdOf("none"))).toBeUndefined();
  expect(await store.searchTraceInfos({ experimentIds: ["0"] })).toEqual({ items: [] });
  expect(await store.getExperimentByName("none")).toBeUndefined();
  expect((await store.searchExperiments()).items.map(({ name }) => name)).toEqual(["Default"]);
  expect(existsSync(directory)).toBe(false);
});

test("the default folder is ignored by git: its first write adds a .gitignore, a later one does not", async () => {
  const directory = join(temporaryDirectory(), "store");
  const store = createFileStore({ directory, isIgnoredByGit: true });
  await store.logTraces("0", [richTrace("one")]);
  const file = join(directory, ".gitignore");
  expect(readFileSync(file, "utf8")).toBe("*\n");
  rmSync(file);
  await store.createExperiment("another");
  expect(existsSync(file)).toBe(false);
  const chosen = newStore();
  await chosen.store.logTraces("0", [richTrace("one")]);
  expect(existsSync(join(chosen.directory, ".gitignore"))).toBe(false);
});

test("a trace that is written again replaces the old one and keeps files that others added", async () => {
  const { directory, store } = newStore();
  const first = richTrace("twice");
  await store.logTraces("0", [first]);
  const folder = join(directory, "0", "traces", first.info.traceId);
  mkdirSync(join(folder, "assessments"));
  const text = "assessment_id: a-1\nassessment_name: good\nfeedback:\n  value: true\nvalid: true\n";
  writeFileSync(join(folder, "assessments", "a-1.yaml"), text);
  const source = { sourceType: "SOURCE_TYPE_UNSPECIFIED", sourceId: "default" };
  const fields = { type: "feedback", name: "good", value: true, valid: true, source };
  const second = richTrace("twice", { responsePreview: "second", state: "OK" });
  for (const write of [
    () => store.logTraces("0", [second]),
    () => store.logTracesSync?.("0", [second]),
  ]) {
    await write();
    const { items } = await store.searchTraceInfos({ experimentIds: ["0"] });
    expect(items).toEqual([
      {
        ...stored(second, directory).info,
        assessments: [expect.objectContaining({ ...fields, assessmentId: "a-1" })],
      },
    ]);
    expect(readdirSync(join(directory, ".incoming.trash"))).toEqual([]);
  }
});

test("tags and metadata with keys that MLflow does not support get a similar name", async () => {
  const { store } = newStore();
  const tags = {
    "a@b": "1",
    "../up": "2",
    "..": "3",
    a: "4",
    "a/b": "5",
    "": "6",
    [`키${"값".repeat(200)}`]: "7",
  };
  await store.logTraces("0", [richTrace("keys", { tags })]);
  const found = await store.getTrace(traceIdOf("keys"));
  const { "mlflow.artifactLocation": _, ...names } = found?.info.tags ?? {};
  expect(Object.values(names).sort()).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  expect(names).toMatchObject({ a_b: "1", a_b_: "5", a: "4", ".._up": "2", "_..": "3", _: "6" });
});

test("assessments are written and read, and one without an id receives one", async () => {
  const { store } = newStore();
  const times = { createTimeMs: START_MS, lastUpdateTimeMs: START_MS + 1 };
  const first = instanceOf({
    ...new Feedback({ name: "good", value: [true, 1], metadata: { a: 1 } }),
    ...{ ...times, assessmentId: "a-1", traceId: traceIdOf("assessed"), valid: true },
  });
  const second = new Expectation({ name: "answer", value: { text: "4" }, spanId: "0011" });
  await store.logTraces("0", [richTrace("assessed", { assessments: [second, first] })]);
  const found = (await store.getTrace(traceIdOf("assessed")))?.info.assessments;
  expect(found).toEqual([
    first,
    {
      ...second,
      createTimeMs: expect.any(Number),
      lastUpdateTimeMs: expect.any(Number),
      assessmentId: expect.any(String),
    },
  ]);
  expect(found?.map((one) => one.constructor)).toEqual([Feedback, Expectation]);
});

test("half-written and foreign files are ignored", async () => {
  const { directory, store } = newStore();
  await store.logTraces("0", [richTrace("whole"), richTrace("no spans")]);
  const traces = join(directory, "0", "traces");
  const put = (path: string, text: string) => {
    mkdirSync(join(traces, path, ".."), { recursive: true });
    writeFileSync(join(traces, path), text);
  };
  put(`${traceIdOf("empty")}/trace_info.yaml`, "");
  put(`${traceIdOf("cut")}/trace_info.yaml`, 'trace_id: "tr-');
  put(
    `${traceIdOf("other")}/trace_info.yaml`,
    `trace_id: ${traceIdOf("whole")}\nrequest_time: '2026-01-01T00:00:00Z'\n`,
  );
  put(`${traceIdOf("binary")}/trace_info.yaml`, "\u0000\u0001[{");
  put("a-file", "text");
  put("notes here/readme.md", "text");
  put(`${traceIdOf("no spans")}/artifacts/traces.json`, '{"spans": [{"trace_id"');
  mkdirSync(join(directory, "not an experiment"));
  mkdirSync(join(directory, "77"));
  writeFileSync(join(directory, "77", "meta.yaml"), "experiment_id: '7");
  const { items } = await store.searchTraceInfos({ experimentIds: ["0", "77", "not-there"] });
  expect(items.map((info) => info.tags["mlflow.traceName"]).sort()).toEqual(["no spans", "whole"]);
  for (const name of ["empty", "cut", "other", "binary"]) {
    expect(await store.getTrace(traceIdOf(name))).toBeUndefined();
  }
  expect((await store.getTrace(traceIdOf("no spans")))?.data.spans).toEqual([]);
  expect((await store.searchExperiments()).items.map(({ name }) => name)).toEqual(["Default"]);
});

test("a directory that cannot be written blocks, and the message names it and the fix", async () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  const store = createFileStore({ directory: join(file, "store") });
  const [one, two] = await store.logTraces("0", [richTrace("1"), richTrace("2")]);
  expect(one).toMatchObject({ state: "blocked", cause: { errorCode: "PERMISSION_DENIED" } });
  expect(two).toBe(one);
  const message = new RegExp(
    `local store ${join(file, "store").replace(/[.*+?^$()[\]{}|]/g, "\\$&")} cannot be written .*ENOTDIR.*MLFLOW_TRACKING_URI=file:`,
  );
  expect(one).toMatchObject({ cause: { message: expect.stringMatching(message) } });
  await expect(store.createExperiment("x")).rejects.toThrow(message);
  expect(() => store.logTracesSync?.("0", [richTrace("1")])).toThrow(
    /^1 of 1 trace could not be written\. The local store/,
  );
});

test("one trace that cannot be written does not stop the others", async () => {
  const { directory, store } = newStore();
  const good = richTrace("good");
  const outside = richTrace("outside", { traceId: "../../escape" });
  const timeless = richTrace("timeless", { requestTime: Number.NaN });
  const verdicts = await store.logTraces("0", [outside, good, timeless]);
  expect(verdicts.map(({ state }) => state)).toEqual(["refused", "stored", "refused"]);
  expect(() => store.logTracesSync?.("0", [outside, good, timeless])).toThrow("2 of 3 traces");
  expect(existsSync(join(directory, "escape"))).toBe(false);
  expect(readdirSync(join(directory, ".incoming.trash"))).toEqual([]);
});

test("an aborted write can be retried", async () => {
  const { store } = newStore();
  const verdicts = await store.logTraces("0", [richTrace("late")], AbortSignal.abort());
  expect(verdicts).toMatchObject([
    { state: "retry", cause: { errorCode: "TEMPORARILY_UNAVAILABLE" } },
  ]);
  expect(await store.getTrace(traceIdOf("late"))).toBeUndefined();
});
