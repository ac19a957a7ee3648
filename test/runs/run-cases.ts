import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { readGitSource } from "../../src/context/git-source.js";
import { Tracking } from "../../src/delivery/tracking.js";
import * as mlflow from "../../src/index.js";
import { warnings } from "./warnings.js";

/** The tests of the run functions, for any store. */
export function describeFluentRuns(uri: () => string): void {
  const stderr = warnings();
  beforeAll(async () => {
    mlflow.setTrackingUri(uri());
    await mlflow.setExperiment(`fluent ${Math.random()}`);
  });
  afterEach(async () => {
    while (mlflow.activeRun()) await mlflow.endRun();
    stderr.clear();
  });

  const read = (run: mlflow.Run) => mlflow.getRun(run.info.runId);

  describe("startRun with a callback", () => {
    test("resolves with the callback's value and ends FINISHED", async () => {
      let run: mlflow.Run | undefined;
      const value = await mlflow.startRun({ runName: "named" }, async (active) => {
        run = active;
        expect(mlflow.activeRun()).toBe(active);
        await nextTurn();
        await mlflow.logParam("a", 1);
        return 42;
      });
      expect(value).toBe(42);
      expect(mlflow.activeRun()).toBeUndefined();
      const { info, data } = await read(run!);
      expect(info).toMatchObject({ runName: "named", status: "FINISHED" });
      expect(info.endTimeMs).toBeGreaterThanOrEqual(info.startTimeMs);
      expect(data.params).toEqual({ a: "1" });
      expect(data.tags).toMatchObject({
        "mlflow.runName": "named",
        "mlflow.user": expect.any(String),
        "mlflow.source.name": expect.any(String),
        "mlflow.source.type": "LOCAL",
      });
      // Of where the program lies.
      const commit = readGitSource(process.cwd())?.commit;
      expect(data.tags["mlflow.source.git.commit"]).toBe(commit);
    });

    test("accepts a callback without options, and a synchronous callback", async () => {
      const run = await mlflow.startRun((active) => active);
      expect(run.info.runName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
      expect((await read(run)).info.status).toBe("FINISHED");
    });

    test("ends FAILED when the callback throws, and rejects with its error", async () => {
      const boom = new Error("boom");
      let run: mlflow.Run | undefined;
      const failing = mlflow.startRun({}, async (active) => {
        run = active;
        void mlflow.logMetric("before", 1);
        throw boom;
      });
      await expect(failing).rejects.toBe(boom);
      const { info, data } = await read(run!);
      expect(info.status).toBe("FAILED");
      expect(data.metrics).toEqual({ before: 1 });
      expect(mlflow.activeRun()).toBeUndefined();
    });

    test("keeps concurrent runs apart", async () => {
      const runs = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          mlflow.startRun({ runName: `parallel ${index}` }, async (run) => {
            for (let step = 0; step < 5; step++) {
              await sleep(Math.random() * 10);
              expect(mlflow.activeRun()).toBe(run);
              void mlflow.logMetric("index", index, { step });
            }
            await mlflow.logParam("index", index);
            return run;
          }),
        ),
      );
      for (const [index, run] of runs.entries()) {
        const { data } = await read(run);
        expect(data.params).toEqual({ index: String(index) });
        const history = await mlflow.getMetricHistory(run.info.runId, "index");
        expect(history.map(({ value, step }) => [value, step])).toEqual(
          [0, 1, 2, 3, 4].map((step) => [index, step]),
        );
      }
    });

    test("receives data from work that continues after its end, and no other run opens", async () => {
      let late: Promise<void> | undefined;
      const run = await mlflow.startRun({}, (active) => {
        late = sleep(30).then(() => mlflow.setTag("late", "yes"));
        return active;
      });
      await late;
      expect((await read(run)).data.tags.late).toBe("yes");
      expect(mlflow.activeRun()).toBeUndefined();
    });

    test("can be ended in the callback with another status", async () => {
      const run = await mlflow.startRun({}, async (active) => {
        await mlflow.endRun("KILLED");
        return active;
      });
      expect((await read(run)).info.status).toBe("KILLED");
    });
  });

  describe("startRun without a callback", () => {
    test("is active in the whole process until endRun, which waits for the logged data", async () => {
      const run = await mlflow.startRun({ tags: { a: "b" }, description: "# notes" });
      expect(mlflow.activeRun()).toBe(run);
      for (let step = 0; step < 30; step++) void mlflow.logMetric("loss", 1 / (step + 1), { step });
      await mlflow.endRun();
      expect(mlflow.activeRun()).toBeUndefined();
      const { info, data } = await read(run);
      expect(info.status).toBe("FINISHED");
      expect(data.tags).toMatchObject({ a: "b", "mlflow.note.content": "# notes" });
      const history = await mlflow.getMetricHistory(run.info.runId, "loss");
      expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, at) => at));
      expect((await mlflow.lastActiveRun())?.info).toEqual(info);
    });

    test("receives data at once when the app does not await it", async () => {
      void mlflow.startRun({ runName: "not awaited" });
      void mlflow.logParam("a", "1");
      await mlflow.endRun();
      const run = await mlflow.lastActiveRun();
      expect(run).toMatchObject({
        info: { runName: "not awaited", status: "FINISHED" },
        data: { params: { a: "1" } },
      });
    });

    test("a second start throws Python's error, with and without a callback", async () => {
      const run = await mlflow.startRun();
      const message =
        `Run with UUID ${run.info.runId} is already active. To start a new run, first end the current run with endRun(). ` +
        "To start a nested run, call startRun with nested: true.";
      await expect(mlflow.startRun()).rejects.toMatchObject({ name: "MlflowException", message });
      await expect(mlflow.startRun({}, () => {})).rejects.toMatchObject({ message });
      expect(mlflow.activeRun()).toBe(run);
    });

    test("ends with its `await using` block", async () => {
      let run: mlflow.Run;
      {
        await using active = await mlflow.startRun();
        run = active;
        void mlflow.logParam("a", true);
      }
      expect(mlflow.activeRun()).toBeUndefined();
      expect(await read(run)).toMatchObject({
        info: { status: "FINISHED" },
        data: { params: { a: "true" } },
      });
    });

    test("endRun accepts a status, refuses an unknown one, and does nothing without a run", async () => {
      const run = await mlflow.startRun();
      await expect(mlflow.endRun("NOPE" as "FAILED")).rejects.toThrow(
        "Could not get run status corresponding to string NOPE. Valid run status strings: ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']",
      );
      await mlflow.endRun("KILLED");
      expect((await read(run)).info.status).toBe("KILLED");
      await mlflow.endRun();
    });

    test("a run that cannot be created is not active", async () => {
      const failing = mlflow.startRun({ experimentId: "987654321987" });
      await expect(failing).rejects.toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST" });
      expect(mlflow.activeRun()).toBeUndefined();
      await mlflow.startRun();
    });
  });

  describe("nested runs", () => {
    test("have the active run as their parent, which becomes active again afterwards", async () => {
      await mlflow.startRun({ runName: "outer" }, async (outer) => {
        const inner = await mlflow.startRun({ nested: true }, async (active) => {
          await mlflow.logParam("where", "inner");
          return active;
        });
        expect(mlflow.activeRun()).toBe(outer);
        await mlflow.logParam("where", "outer");
        expect((await read(inner)).data).toMatchObject({
          params: { where: "inner" },
          tags: { "mlflow.parentRunId": outer.info.runId },
        });
        expect((await read(outer)).data.params).toEqual({ where: "outer" });
      });
      const outer = await mlflow.startRun();
      const inner = await mlflow.startRun({ nested: true });
      expect(mlflow.activeRun()).toBe(inner);
      await mlflow.endRun();
      expect(mlflow.activeRun()).toBe(outer);
    });

    test("can have the run of MLFLOW_RUN_ID as their given parent", async () => {
      const { runId } = (await mlflow.startRun({}, (run) => run)).info;
      vi.stubEnv("MLFLOW_RUN_ID", runId);
      try {
        const child = await mlflow.startRun({ parentRunId: runId }, (run) => run);
        expect(child.info.runId).not.toBe(runId);
        expect(child.data.tags["mlflow.parentRunId"]).toBe(runId);
      } finally {
        vi.unstubAllEnvs();
      }
    });

    test("are not started if MLFLOW_EXPERIMENT_ID is not the id of MLFLOW_EXPERIMENT_NAME", async () => {
      const { experimentId, name } = await mlflow.setExperiment(`named ${Math.random()}`);
      const tracking = new Tracking({
        ...{ onFirstUse: () => {}, onShed: () => {}, onShortened: () => {} },
        queueTimeoutMs: () => Number.POSITIVE_INFINITY,
      });
      tracking.setUri(uri());
      vi.stubEnv("MLFLOW_EXPERIMENT_NAME", name);
      try {
        vi.stubEnv("MLFLOW_EXPERIMENT_ID", "999");
        await expect(tracking.current().experimentId()).rejects.toThrow(
          `The provided MLFLOW_EXPERIMENT_ID environment variable value \`999\` does not match the experiment id \`${experimentId}\` for experiment name \`${name}\`.`,
        );
        tracking.refresh();
        vi.stubEnv("MLFLOW_EXPERIMENT_ID", experimentId);
        expect(await tracking.current().experimentId()).toBe(experimentId);
      } finally {
        vi.unstubAllEnvs();
      }
    });

    test("can have a given parent", async () => {
      const parent = await mlflow.startRun({}, (run) => run);
      const { runId } = parent.info;
      const child = await mlflow.startRun({ parentRunId: runId }, (run) => run);
      expect(child.data.tags["mlflow.parentRunId"]).toBe(runId);
      const other = await mlflow.startRun();
      await expect(mlflow.startRun({ parentRunId: runId, nested: true })).rejects.toThrow(
        `Current run with UUID ${other.info.runId} does not match the specified parent_run_id ${runId}.`,
      );
      await mlflow.endRun();
      await mlflow.deleteRun(runId);
      await expect(mlflow.startRun({ parentRunId: runId })).rejects.toThrow(
        `Cannot start run under parent run with ID ${runId} because it is in the deleted state.`,
      );
    });
  });

  describe("resuming", () => {
    test("makes the run RUNNING again, in its own experiment", async () => {
      const first = await mlflow.startRun({ runName: "first" }, (run) => run);
      const { runId, experimentId } = first.info;
      await mlflow.setExperiment(`another ${Math.random()}`);
      const resumed = await mlflow.startRun({ runId, runName: "again", tags: { a: "1" } });
      expect(resumed).toMatchObject({
        info: { runId, experimentId, status: "RUNNING", runName: "again" },
        data: { tags: { a: "1" } },
      });
      await mlflow.logParam("later", 1);
      await mlflow.endRun();
      expect(await read(resumed)).toMatchObject({
        info: { status: "FINISHED" },
        data: { params: { later: "1" } },
      });
    });

    test("fails for a missing run, a deleted run, and an invalid id", async () => {
      const runId = "0".repeat(32);
      await expect(mlflow.startRun({ runId })).rejects.toThrow(/Run '0{32}' not found/);
      await expect(mlflow.startRun({ runId: "../x" })).rejects.toThrow(
        `Invalid value "../x" for parameter 'run_id' supplied.`,
      );
      const run = await mlflow.startRun({}, (active) => active);
      await mlflow.deleteRun(run.info.runId);
      await expect(mlflow.startRun({ runId: run.info.runId })).rejects.toThrow(
        `Cannot start run with ID ${run.info.runId} because it is in the deleted state.`,
      );
      expect(mlflow.activeRun()).toBeUndefined();
    });

    test("resumes the run of MLFLOW_RUN_ID once", async () => {
      const { info } = await mlflow.startRun({}, (run) => run);
      process.env.MLFLOW_RUN_ID = info.runId;
      try {
        expect((await mlflow.startRun()).info.runId).toBe(info.runId);
        await mlflow.endRun();
        expect((await mlflow.startRun()).info.runId).not.toBe(info.runId);
      } finally {
        delete process.env.MLFLOW_RUN_ID;
      }
    });
  });

  describe("logging", () => {
    test("without an active run starts one for the whole process", async () => {
      void mlflow.logParam("first", 1);
      await mlflow.logMetric("second", 2);
      const run = mlflow.activeRun();
      expect(run?.info.status).toBe("RUNNING");
      expect((await read(run!)).data).toMatchObject({
        params: { first: "1" },
        metrics: { second: 2 },
      });
      await expect(mlflow.startRun()).rejects.toThrow("is already active");
      await mlflow.endRun();
      expect((await read(run!)).info.status).toBe("FINISHED");
    });

    test("accepts values of every type, times and steps", async () => {
      const run = await mlflow.startRun();
      await Promise.all([
        mlflow.logParams({ text: "größe", number: 0.1, big: 10n ** 20n, flag: false, none: null }),
        mlflow.logParam("list", [1, "a"]),
        mlflow.logMetric("a", 5, { step: 3, timestampMs: 1_700_000_000_000 }),
        mlflow.logMetrics({ b: Number.NaN, "c/d": -1 }, { step: 7 }),
        mlflow.setTags({ one: 1, two: { x: 1 } }),
      ]);
      const { data } = await read(run);
      expect(data.params).toEqual({
        text: "größe",
        number: "0.1",
        big: "100000000000000000000",
        flag: "false",
        none: "null",
        list: '[1,"a"]',
      });
      expect(data.metrics).toEqual({ a: 5, b: Number.NaN, "c/d": -1 });
      expect(data.tags).toMatchObject({ one: "1", two: '{"x":1}' });
      expect(await mlflow.getMetricHistory(run.info.runId, "a")).toEqual([
        { key: "a", value: 5, step: 3, timestampMs: 1_700_000_000_000 },
      ]);
    });

    test("data above the limits of a request is sent in several requests, in order", async () => {
      const run = await mlflow.startRun();
      const params = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`p${at}`, at]));
      const metrics = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`m${at}`, at]));
      await Promise.all([
        mlflow.logParams(params),
        mlflow.logMetrics(metrics),
        mlflow.setTag("x", "1"),
        mlflow.deleteTag("x"),
        mlflow.setTag("y", "1"),
        mlflow.setTag("y", "2"),
      ]);
      const { data } = await read(run);
      expect(Object.keys(data.params)).toHaveLength(250);
      expect(Object.keys(data.metrics)).toHaveLength(1500);
      expect(data.tags.x).toBeUndefined();
      expect(data.tags.y).toBe("2");
    });

    test("a refused param does not affect other data, is reported once, and endRun() rejects", async () => {
      const run = await mlflow.startRun();
      await mlflow.logParam("a", 1);
      void mlflow.logMetric("before", 1);
      const changed = mlflow.logParam("a", 2);
      void mlflow.logMetric("after", 2);
      void mlflow.logParam("b", 1);
      void mlflow.logParam("b", 2);
      await expect(changed).resolves.toBeUndefined();
      const ended = mlflow.endRun();
      await expect(ended).rejects.toThrow(
        /Changing param values is not allowed\. .*'a'.*'1'.*'2'.* \(and 1 more failure in this run\)/,
      );
      await expect(ended).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
      expect((await read(run)).data).toMatchObject({
        params: { a: "1", b: "1" },
        metrics: { before: 1, after: 2 },
      });
      const shown = stderr.lines.filter((line) => line.includes("Changing param"));
      const place = `not logged to run ${run.info.runId} at ${mlflow.getTrackingUri()}`;
      expect(shown).toEqual([
        expect.stringContaining(`${place}: param 'a': Changing param values`),
        expect.stringContaining(`${place}: param 'b': Changing param values`),
      ]);
    });

    test("data with a `runId` goes to that run, whichever run is active", async () => {
      const { info } = await mlflow.startRun({}, (run) => run);
      await mlflow.startRun({}, async () => {
        await mlflow.logParam("a", 1, { runId: info.runId });
        await mlflow.setTag("b", 2, { runId: info.runId });
      });
      expect((await mlflow.getRun(info.runId)).data).toMatchObject({
        params: { a: "1" },
        tags: { b: "2" },
      });
      await mlflow.logParam("a", 1, { runId: "f".repeat(32) });
      const shown = stderr.lines.filter((line) => line.includes("f".repeat(32)));
      expect(shown).toEqual([expect.stringMatching(/not logged to run f{32} at .*'a'.*not found/)]);
    });

    test("a missing tag cannot be deleted", async () => {
      const { info } = await mlflow.startRun();
      await mlflow.deleteTag("none");
      await expect(mlflow.endRun()).rejects.toMatchObject({
        errorCode: "RESOURCE_DOES_NOT_EXIST",
        message: expect.stringContaining(`No tag with name: none in run with id ${info.runId}`),
      });
    });

    test("datasets are inputs", async () => {
      const run = await mlflow.startRun();
      await mlflow.logInput(
        { name: "questions", source: "questions.json", profile: { rows: 3 } },
        { context: "eval", tags: { a: "b" } },
      );
      await mlflow.logInput({});
      const { datasetInputs } = (await read(run)).inputs;
      expect(datasetInputs).toHaveLength(2);
      expect(datasetInputs).toContainEqual({
        dataset: {
          name: "questions",
          digest: expect.stringMatching(/^[0-9a-f]{8}$/),
          sourceType: "local",
          source: '{"uri":"questions.json"}',
          profile: '{"rows":3}',
        },
        tags: { "mlflow.data.context": "eval", a: "b" },
      });
    });

    test("flushTraces waits for logged data, and counts it", async () => {
      const run = await mlflow.startRun();
      void mlflow.logParam("a", 1);
      void mlflow.setTag("b", 1);
      expect(await mlflow.flushTraces()).toEqual({ sent: 2, spooled: 0, dropped: 0, pending: 0 });
      expect((await read(run)).data.params).toEqual({ a: "1" });
    });
  });

  describe("searchRuns", () => {
    test("finds the runs of the active experiment, as pages or one by one", async () => {
      await mlflow.setExperiment(`searched ${Math.random()}`);
      for (const score of [1, 2, 3]) {
        await mlflow.startRun({ runName: `run ${score}` }, () => mlflow.logMetric("score", score));
      }
      const names: string[] = [];
      const search = mlflow.searchRuns({
        filter: "metrics.score >= 2",
        orderBy: ["metrics.score DESC"],
        maxResults: 1,
      });
      for await (const { info } of search) names.push(info.runName);
      expect(names).toEqual(["run 3", "run 2"]);
      const { items, nextPageToken } = await search.page();
      expect(items.map(({ info }) => info.runName)).toEqual(["run 3"]);
      expect(nextPageToken).toBeDefined();
    });
  });

  describe("traces", () => {
    const chain = RunnableLambda.from((text: string) => text.toUpperCase());
    beforeAll(() => mlflow.autolog());
    afterAll(() => mlflow.autolog({ disable: true }));

    test("recorded in a run link to it, and are in its experiment", async () => {
      const { info } = await mlflow.startRun({}, async (run) => {
        await chain.invoke("a");
        return run;
      });
      await mlflow.setExperiment(`elsewhere ${Math.random()}`);
      await mlflow.startRun({ runId: info.runId }, async () => {
        await chain.invoke("b");
        await mlflow.startRun({ nested: true }, () => chain.invoke("inner"));
      });
      await chain.invoke("outside");
      const traces: mlflow.Trace[] = [];
      for await (const trace of mlflow.searchTraces({ experimentIds: [info.experimentId] })) {
        traces.push(trace);
      }
      const ofRun = traces.filter(
        (trace) => trace.info.traceMetadata["mlflow.sourceRun"] === info.runId,
      );
      expect(ofRun.map(({ data }) => data.spans[0]?.inputs).sort()).toEqual(["a", "b"]);
      const outside = await mlflow.searchTraces().page();
      expect(outside.items.map(({ data }) => data.spans[0]?.inputs).sort()).toEqual([
        "inner",
        "outside",
      ]);
      const { traceMetadata } = outside.items[0]!.info;
      expect(traceMetadata["mlflow.sourceRun"]).toBeUndefined();
    });

    test("recorded before their run is created link to it too", async () => {
      void mlflow.logParam("a", 1);
      await chain.invoke("early");
      const trace = await mlflow.getTrace(mlflow.getLastActiveTraceId()!);
      const { runId } = mlflow.activeRun()!.info;
      expect(trace?.info.traceMetadata["mlflow.sourceRun"]).toBe(runId);
    });

    test("are not recorded in a run of the app when autolog is exclusive", async () => {
      mlflow.autolog({ exclusive: true });
      const before = mlflow.getLastActiveTraceId();
      expect(await mlflow.startRun({}, () => chain.invoke("a"))).toBe("A");
      expect(mlflow.getLastActiveTraceId()).toBe(before);
      await chain.invoke("b");
      expect(mlflow.getLastActiveTraceId()).not.toBe(before);
    });
  });
}
