import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

const { genai } = mlflow;

let server: MlflowServer;
let experiments = 0;
let experimentId: string;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(async () => {
  await mlflow.flushTraces();
  await server?.close();
});

describe.each(["a server", "a local folder"])("a loop over a search in %s", (place) => {
  beforeEach(async () => {
    mlflow.setTrackingUri(place === "a server" ? server.url : temporaryDirectory());
    ({ experimentId } = await mlflow.setExperiment(`loop ${++experiments}`));
  });
  afterEach(() => mlflow.flushTraces());

  /** Many of them start in the same millisecond. */
  async function logTraces(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      await mlflow.withSpan((span) => {
        span.setInputs({ question: index });
        ids.push(span.traceId);
        return "an answer";
      });
    }
    await mlflow.flushTraces();
    return ids;
  }

  async function idsOf(search: AsyncIterable<mlflow.Trace>): Promise<string[]> {
    const ids: string[] = [];
    for await (const { info } of search) ids.push(info.traceId);
    return ids;
  }

  test("reads each trace once if it records a trace for each", async () => {
    const logged = await logTraces(25);
    const read: string[] = [];
    for await (const { info } of mlflow.searchTraces({ maxResults: 5, includeSpans: false })) {
      read.push(info.traceId);
      await logTraces(1);
    }
    expect(read).toHaveLength(25);
    expect(new Set(read)).toEqual(new Set(logged));
  });

  test("deletes each trace", async () => {
    const logged = await logTraces(25);
    for await (const { info } of mlflow.searchTraces({ maxResults: 5, includeSpans: false })) {
      await mlflow.deleteTraces({ experimentId, traceIds: [info.traceId] });
    }
    expect(await idsOf(mlflow.searchTraces())).toEqual([]);
    expect(logged).toHaveLength(25);
  });

  test("reads each trace once if it deletes one of several that started at the same time", async () => {
    const startTimesMs = [5, 4, 4, 3, 3, 2];
    const logged = startTimesMs.map((ms) => {
      const span = mlflow.startSpan({ name: "a call", startTimeNs: BigInt(ms) * 1_000_000n });
      span.end();
      return span.traceId;
    });
    await mlflow.flushTraces();
    const read: string[] = [];
    for await (const { info } of mlflow.searchTraces({ maxResults: 2, includeSpans: false })) {
      read.push(info.traceId);
      if (read.length !== 3) continue;
      await mlflow.deleteTraces({ experimentId, traceIds: [info.traceId] });
    }
    expect(read).toHaveLength(logged.length);
    expect(new Set(read)).toEqual(new Set(logged));
  });

  test("changes each trace so that the filter excludes it", async () => {
    await logTraces(25);
    const open = { filter: "tags.state = 'open'", maxResults: 10, includeSpans: false };
    for await (const { info } of mlflow.searchTraces({ includeSpans: false })) {
      await mlflow.setTraceTag(info.traceId, "state", "open");
    }
    for await (const { info } of mlflow.searchTraces(open)) {
      await mlflow.setTraceTag(info.traceId, "state", "done");
    }
    expect(await idsOf(mlflow.searchTraces(open))).toEqual([]);
  });

  test("reads each trace once in another order", async () => {
    const logged = await logTraces(25);
    const search = { orderBy: ["timestamp_ms ASC"], maxResults: 10, includeSpans: false };
    const read = await idsOf(mlflow.searchTraces(search));
    expect(new Set(read)).toEqual(new Set(logged));
    expect(read).toHaveLength(25);
  });

  test("reads each run once if it starts a run for each, and deletes each run", async () => {
    const started: string[] = [];
    const start = async () => {
      const run = await mlflow.startRun({ runName: "a run" });
      await mlflow.endRun();
      return run.info.runId;
    };
    for (let index = 0; index < 25; index++) started.push(await start());
    const read: string[] = [];
    for await (const { info } of mlflow.searchRuns({ maxResults: 10 })) {
      read.push(info.runId);
      await start();
    }
    expect(read).toHaveLength(25);
    expect(new Set(read)).toEqual(new Set(started));
    for await (const { info } of mlflow.searchRuns({ maxResults: 10 })) {
      await mlflow.deleteRun(info.runId);
    }
    expect((await mlflow.searchRuns().page()).items).toEqual([]);
  });

  test("deletes each dataset", async () => {
    for (let index = 0; index < 25; index++) {
      await genai.createDataset({ name: `${place} ${index}`, experimentId });
    }
    const search = { experimentIds: experimentId, maxResults: 10 };
    for await (const { datasetId } of genai.searchDatasets(search)) {
      await genai.deleteDataset({ datasetId });
    }
    expect((await genai.searchDatasets(search).page()).items).toEqual([]);
  });

  test("is finite as the data of an evaluation that calls a model", async () => {
    await logTraces(25);
    const result = await genai.evaluate({
      data: mlflow.searchTraces({ maxResults: 5 }),
      predictFn: ({ question }) => `the answer to ${question}`,
      scorers: [],
    });
    expect(result.rows).toHaveLength(25);
  });
});
