import { beforeAll, describe, expect, test } from "vitest";
import type { Metric, NewRun, Run, RunWrite } from "../../src/store/run-store.js";
import type { TrackingStore } from "../../src/store/store.js";

export const START_MS = 1_795_000_000_000;

/** What every store does with runs. */
export function describeRuns(open: () => TrackingStore): void {
  let store: TrackingStore;
  let experimentId: string;
  beforeAll(async () => {
    store = open();
    experimentId = await store.createExperiment(`runs ${Math.random()}`);
  });

  const create = (run: Partial<NewRun> = {}) =>
    store.createRun({ experimentId, userId: "ada", startTimeMs: START_MS, tags: {}, ...run });
  const write = (run: Run, change: RunWrite) => store.writeRun(run.info.runId, change);
  const read = async (run: Run) => (await store.getRun(run.info.runId))!;
  const refusal = (message: RegExp) => ({
    state: "refused",
    cause: { name: expect.any(String), message: expect.stringMatching(message) },
  });

  test("a run is created and read", async () => {
    const tags = { "mlflow.user": "ada", "mlflow.source.type": "LOCAL" };
    const made = await create({ runName: "first", tags });
    expect(made.info).toEqual({
      runId: expect.stringMatching(/^[0-9a-f]{32}$/),
      runName: "first",
      experimentId,
      userId: "ada",
      status: "RUNNING",
      startTimeMs: START_MS,
      endTimeMs: undefined,
      artifactUri: expect.stringContaining(made.info.runId),
      lifecycleStage: "active",
    });
    const empty = { metrics: {}, params: {}, tags: { ...tags, "mlflow.runName": "first" } };
    expect(await read(made)).toEqual({ ...made, data: empty });
  });

  test("a run without a name gets one", async () => {
    const { info, data } = await read(await create());
    expect(info.runName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    expect(data.tags["mlflow.runName"]).toBe(info.runName);
  });

  test("metrics, params and tags are logged in one batch", async () => {
    const run = await create();
    const metrics = [point("loss", 0.5, 0), point("loss", 0.25, 1), point("eval/f 1:x", 1e-9, 0)];
    const params = { "model.temperature": "0", "deep/er": "größe\n2", empty: "" };
    const tags = { team: "한국어", "a/b": "c" };
    expect(await write(run, { kind: "logBatch", metrics, params, tags })).toEqual({
      state: "stored",
    });
    const { data } = await read(run);
    expect(data.metrics).toEqual({ loss: 0.25, "eval/f 1:x": 1e-9 });
    expect(data.params).toEqual(params);
    expect(data.tags).toMatchObject(tags);
  });

  test("a metric keeps its history; its value is that of the highest step", async () => {
    const run = await create();
    const points = [3, 1, 2].map((step) => point("loss", step / 10, step));
    for (const metric of points) await write(run, { kind: "logBatch", metrics: [metric] });
    const history = await store.getMetricHistory(run.info.runId, "loss");
    expect([...history].sort((a, b) => a.step - b.step)).toEqual(
      [...points].sort((a, b) => a.step - b.step),
    );
    expect((await read(run)).data.metrics).toEqual({ loss: 0.3 });
    expect(await store.getMetricHistory(run.info.runId, "never")).toEqual([]);
  });

  test("metrics may be infinite or NaN", async () => {
    const run = await create();
    const values = {
      nan: Number.NaN,
      up: Number.POSITIVE_INFINITY,
      down: Number.NEGATIVE_INFINITY,
    };
    const metrics = Object.entries(values).map(([key, value]) => point(key, value, 0));
    expect(await write(run, { kind: "logBatch", metrics })).toEqual({ state: "stored" });
    // A database has no infinities: MLflow keeps the largest double there is.
    const { nan, up, down } = (await read(run)).data.metrics;
    expect(nan).toBeNaN();
    expect(up).toBeGreaterThan(1e308);
    expect(down).toBeLessThan(-1e308);
  });

  test("a param cannot change; logging the same value again is not an error", async () => {
    const run = await create();
    await write(run, { kind: "logBatch", params: { a: "1" } });
    expect((await write(run, { kind: "logBatch", params: { a: "1" } })).state).toBe("stored");
    const changed = await write(run, { kind: "logBatch", params: { a: "2" } });
    expect(changed).toMatchObject(refusal(/Changing param values is not allowed.*'a'.*'1'/s));
    expect((await read(run)).data.params).toEqual({ a: "1" });
  });

  test("a tag is changed and deleted", async () => {
    const run = await create();
    await write(run, { kind: "logBatch", tags: { a: "1", b: "2" } });
    await write(run, { kind: "logBatch", tags: { a: "3" } });
    expect(await write(run, { kind: "deleteTag", key: "b" })).toEqual({ state: "stored" });
    expect((await read(run)).data.tags).toEqual({
      a: "3",
      "mlflow.runName": run.info.runName,
    });
    const again = await write(run, { kind: "deleteTag", key: "b" });
    expect(again).toMatchObject(refusal(/No tag with name: b in run with id/));
  });

  test("a run ends, is renamed and resumed", async () => {
    const run = await create({ runName: "old" });
    await write(run, { kind: "update", status: "FAILED", endTimeMs: START_MS + 5, runName: "new" });
    const ended = await read(run);
    expect(ended.info).toMatchObject({
      status: "FAILED",
      endTimeMs: START_MS + 5,
      runName: "new",
      startTimeMs: START_MS,
    });
    expect(ended.data.tags["mlflow.runName"]).toBe("new");
    await write(run, { kind: "update", status: "RUNNING" });
    expect((await read(run)).info).toMatchObject({ status: "RUNNING", runName: "new" });
    await write(run, { kind: "logBatch", tags: { "mlflow.runName": "by tag" } });
    expect((await read(run)).info.runName).toBe("by tag");
  });

  test("a deleted run is found, rejects writes, and can be restored", async () => {
    const run = await create();
    await store.deleteRun(run.info.runId);
    expect((await read(run)).info.lifecycleStage).toBe("deleted");
    const refused = await write(run, { kind: "logBatch", tags: { a: "1" } });
    expect(refused).toMatchObject(refusal(/must be in (the )?'active'/));
    await store.restoreRun(run.info.runId);
    expect((await read(run)).info.lifecycleStage).toBe("active");
    expect((await write(run, { kind: "logBatch", tags: { a: "1" } })).state).toBe("stored");
  });

  test("reading a run that does not exist returns undefined, and writing it is refused", async () => {
    const runId = "0123456789abcdef0123456789abcdef";
    expect(await store.getRun(runId)).toBeUndefined();
    const write = { kind: "logBatch", tags: { a: "1" } } as const;
    const refused = await store.writeRun(runId, write);
    expect(refused).toMatchObject(refusal(/not found/));
    await expect(store.deleteRun(runId)).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
    const unknown = { experimentId: "987654321", userId: "ada", startTimeMs: 1, tags: {} };
    await expect(store.createRun(unknown)).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
  });

  test("datasets are inputs of a run", async () => {
    const run = await create();
    const dataset = {
      name: "questions",
      digest: "abc123",
      sourceType: "local",
      source: '{"uri":"questions.json"}',
      schema: '{"mlflow_colspec":[]}',
      profile: '{"num_rows":3}',
    };
    const input = { dataset, tags: { "mlflow.data.context": "eval" } };
    for (let count = 0; count < 2; count++) {
      const logged = await write(run, { kind: "logInputs", datasets: [input] });
      expect(logged).toEqual({ state: "stored" });
    }
    expect((await read(run)).inputs.datasetInputs).toEqual([input]);
  });

  describe("searching", () => describeSearch(open));
}

function point(key: string, value: number, step: number): Metric {
  return { key, value, step, timestampMs: START_MS + step };
}

function describeSearch(open: () => TrackingStore): void {
  let store: TrackingStore;
  let searched: string;

  const found = async (filter: string, orderBy: readonly string[] = ["run_name"]) => {
    const { items } = await store.searchRuns({ experimentIds: [searched], filter, orderBy });
    return items.map(({ info }) => info.runName).join(" ");
  };
  beforeAll(async () => {
    store = open();
    searched = await store.createExperiment(`searched ${Math.random()}`);
    for (const [at, runName] of ["a", "b", "c", "d"].entries()) {
      const startTimeMs = START_MS + at;
      const { info } = await store.createRun({
        experimentId: searched,
        userId: "ada",
        runName,
        startTimeMs,
        tags: {},
      });
      await store.writeRun(info.runId, {
        kind: "logBatch",
        metrics: at < 3 ? [point("score", at / 2, 0), point("log-loss", -at, 0)] : [],
        params: { size: ["small", "large", "Large", "small"][at]! },
        tags: at % 2 ? { "team.name": "ml" } : {},
      });
      const end = { kind: "update", status: "FINISHED", endTimeMs: 5 } as const;
      if (runName === "c") await store.writeRun(info.runId, end);
      if (runName === "d") await store.deleteRun(info.runId);
    }
  });

  test.each([
    ["", "a b c"],
    ["metrics.score > 0", "b c"],
    ["metrics.score >= 0.5 and metrics.`log-loss` <= -2", "c"],
    ["metric.score = 1e0", "c"],
    ["params.size = 'large'", "b"],
    ["params.size != 'small' AND attributes.status = 'FINISHED'", "c"],
    ["params.size LIKE 'lar%'", "b"],
    ["params.size ILIKE 'lar_e'", "b c"],
    ["tags.`team.name` = 'ml'", "b"],
    ["tags.`team.name` IS NULL", "a c"],
    ["tags.`team.name` IS NOT NULL", "b"],
    ["run_name = 'b'", "b"],
    [`attributes.start_time > ${START_MS}`, "b c"],
    ["tags.none = 'x'", ""],
  ])("understands %s", async (filter, names) => {
    expect(await found(filter)).toBe(names);
  });

  test("accepts a list of run ids", async () => {
    const { items } = await store.searchRuns({ experimentIds: [searched] });
    const [newest] = items;
    expect(await found(`attributes.run_id IN ('${newest?.info.runId}', 'x')`)).toBe("c");
    expect(await found(`attributes.run_id NOT IN ('${newest?.info.runId}')`)).toBe("a b");
  });

  test.each([
    [[], "c b a"],
    [["start_time ASC"], "a b c"],
    [["metrics.score DESC"], "c b a"],
    [["params.size DESC", "attributes.start_time"], "a b c"],
    [["tags.`team.name`", "metrics.score"], "b a c"],
  ])("orders by %j", async (orderBy, names) => {
    expect(await found("", orderBy)).toBe(names);
  });

  test.each([
    "metrics.score = 'high'",
    "params.size > 'a'",
    "params.size = 'a' OR params.size = 'b'",
    "metrics.score",
    "nonsense.key = 'a'",
    "unknown_attribute = 'a'",
  ])("refuses %s", async (filter) => {
    await expect(found(filter)).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
  });

  test("returns one page after another", async () => {
    const query = { experimentIds: [searched], maxResults: 2, orderBy: ["run_name ASC"] };
    const first = await store.searchRuns(query);
    expect(first.items.map(({ info }) => info.runName)).toEqual(["a", "b"]);
    const pageToken = first.nextPageToken ?? "";
    const second = await store.searchRuns({ ...query, pageToken });
    expect(second.items.map(({ info }) => info.runName)).toEqual(["c"]);
    expect(second.nextPageToken).toBeUndefined();
  });

  test("returns deleted runs on request", async () => {
    const names = async (runViewType: "DELETED_ONLY" | "ALL") => {
      const { items } = await store.searchRuns({ experimentIds: [searched], runViewType });
      return items.map(({ info }) => info.runName);
    };
    expect(await names("DELETED_ONLY")).toEqual(["d"]);
    expect(await names("ALL")).toEqual(["d", "c", "b", "a"]);
  });
}
