import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

const { genai } = mlflow;

let server: MlflowServer;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(async () => {
  await mlflow.flushTraces();
  await server?.close();
});

/** A text that was cut within an emoji, and how it is stored. */
const CUT = "cut \ud83d";
const STORED = "cut \ufffd";

describe.each([
  { place: "a server", isServer: true },
  { place: "a local folder", isServer: false },
])("a text that was cut within an emoji, in $place", ({ isServer }) => {
  beforeAll(async () => {
    mlflow.setTrackingUri(
      isServer ? server.url : pathToFileURL(temporaryDirectory({ whenOver: afterAll })).href,
    );
    await mlflow.setExperiment("cut texts");
  });

  test("keeps the assessments, tags and outputs of an evaluated row", async () => {
    const result = await genai.evaluate({
      data: [
        {
          inputs: { question: CUT },
          expectations: { answer: CUT, [CUT]: 1, list: [CUT, { [CUT]: CUT }] },
          tags: { note: CUT },
        },
      ],
      predictFn: () => CUT,
      scorers: [
        genai.scorer({ name: "text" }, () => CUT),
        genai.scorer({ name: "reason" }, () => ({ key: "reason", score: 1, comment: CUT })),
        genai.scorer({ name: "failing" }, () => {
          throw new Error(CUT);
        }),
        genai.scorer(
          { name: "details" },
          () => new mlflow.Feedback({ name: "details", value: [CUT], metadata: { note: CUT } }),
        ),
      ],
    });
    await mlflow.flushTraces();

    const trace = await mlflow.getTrace(result.rows[0]?.traceId ?? "");
    const stored = new Map(trace?.info.assessments.map((one) => [one.name, one]));
    expect(stored.get("answer")?.value).toBe(STORED);
    expect(stored.get(STORED)?.value).toBe(1);
    expect(stored.get("list")?.value).toEqual([STORED, { [STORED]: STORED }]);
    expect(stored.get("text")?.value).toBe(STORED);
    expect(stored.get("reason")?.rationale).toBe(STORED);
    expect(stored.get("failing")?.error?.errorMessage).toBe(STORED);
    expect(stored.get("details")?.value).toEqual([STORED]);
    expect(stored.get("details")?.metadata?.note).toBe(STORED);
    expect(trace?.info.tags.note).toBe(STORED);
    expect(trace?.data.spans[0]?.outputs).toBe(STORED);
  });

  test("is stored in assessments and tags of a trace that exists", async () => {
    const traceId = await mlflow.withSpan({ name: "call" }, async (span) => span.traceId);
    await mlflow.logFeedback({ traceId, name: CUT, value: CUT, rationale: CUT });
    await mlflow.logExpectation({ traceId, name: "expected", value: { [CUT]: CUT } });
    await mlflow.setTraceTag(traceId, "note", CUT);
    const trace = await mlflow.getTrace(traceId);
    const values = trace?.info.assessments.map(({ name, value }) => [name, value]);
    expect(values).toEqual([
      [STORED, STORED],
      ["expected", { [STORED]: STORED }],
    ]);
    expect(trace?.info.tags.note).toBe(STORED);
  });

  test("is stored in the name, the tags and the params of a run", async () => {
    const runId = await mlflow.startRun({ runName: CUT, tags: { note: CUT } }, async (run) => {
      await mlflow.logParams({ text: CUT, list: [CUT] });
      return run.info.runId;
    });
    const run = await mlflow.getRun(runId);
    expect(run?.info.runName).toBe(STORED);
    expect(run?.data.tags.note).toBe(STORED);
    expect(run?.data.params).toMatchObject({ text: STORED, list: JSON.stringify([STORED]) });
  });

  test("is stored in the records and the tags of a dataset", async () => {
    const dataset = await genai.createDataset({ name: "cut", tags: { note: CUT } });
    expect(dataset.tags.note).toBe(STORED);
    await genai.setDatasetTags({ datasetId: dataset.datasetId, tags: { [CUT]: CUT } });
    await dataset.mergeRecords([
      { inputs: { [CUT]: CUT }, expectations: { answer: CUT }, tags: { note: CUT } },
    ]);
    const records = [];
    for await (const record of dataset.toRows()) records.push(record);
    expect(records).toMatchObject([
      { inputs: { [STORED]: STORED }, expectations: { answer: STORED }, tags: { note: STORED } },
    ]);
    await genai.deleteDatasetTag({ datasetId: dataset.datasetId, key: CUT });
    const { tags } = await genai.getDataset({ datasetId: dataset.datasetId });
    expect(Object.keys(tags)).toEqual(expect.arrayContaining(["note"]));
    expect(tags[STORED]).toBeUndefined();
  });

  test("is stored in a prompt, its tags and its message", async () => {
    await genai.registerPrompt({
      name: "cut-prompt",
      template: [{ role: "user", content: CUT }],
      tags: { note: CUT },
      commitMessage: CUT,
    });
    const prompt = await genai.loadPrompt("cut-prompt");
    expect(prompt?.template).toEqual([{ role: "user", content: STORED }]);
    expect(prompt?.tags.note).toBe(STORED);
    expect(prompt?.commitMessage).toBe(STORED);
  });
});
