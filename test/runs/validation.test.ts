import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { warnings } from "./warnings.js";

const NAMES =
  "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";
const RESOLVES =
  "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to";
const LONG = "a".repeat(251);
/** A value that a program without types could pass. */
const any = (value: unknown) => value as never;

describe("values that MLflow does not accept are refused with Python's error texts, before data is sent", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    [
      "a param's key with other characters",
      () => mlflow.logParam("a*b", 1),
      `Invalid value "a*b" for parameter 'key' supplied: ${NAMES}`,
    ],
    [
      "a param's key that is a path out",
      () => mlflow.logParam("../b", 1),
      `Invalid value "../b" for parameter 'key' supplied: ${RESOLVES} '../b'`,
    ],
    [
      "an absolute one",
      () => mlflow.logParam("/b", 1),
      `Invalid value "/b" for parameter 'key' supplied: ${RESOLVES} '/b'`,
    ],
    [
      "one that could be shorter",
      () => mlflow.logParam("a//b/", 1),
      `Invalid value "a//b/" for parameter 'key' supplied: ${RESOLVES} 'a/b'`,
    ],
    [
      "an empty one",
      () => mlflow.logParam("", 1),
      `Invalid value "" for parameter 'key' supplied: ${RESOLVES} '.'`,
    ],
    [
      "none",
      () => mlflow.logParam(any(undefined), 1),
      `Invalid value "" for parameter 'key' supplied: A key name must be provided.`,
    ],
    ["no text", () => mlflow.logParam(any(5), 1), `Invalid value 5 for parameter 'key' supplied`],
    [
      "a long one",
      () => mlflow.logParam(LONG, 1),
      "'Param key' exceeds the maximum length of 250 characters",
    ],
    [
      "no value",
      () => mlflow.logParam("a", any(undefined)),
      "Missing value for required parameter 'value'.",
    ],
    [
      "a function",
      () => mlflow.logParams({ ok: 1, a: () => 1 }),
      "for parameter 'params[1].value' supplied: It must be a string, number, boolean or JSON value.",
    ],
    [
      "a circle",
      () => {
        const circle: Record<string, unknown> = {};
        circle.self = circle;
        return mlflow.setTag("a", circle);
      },
      "for parameter 'value' supplied: It cannot be converted to JSON",
    ],
    [
      "a metric's text",
      () => mlflow.logMetric("m", any("high"), { timestampMs: 5 }),
      `Invalid value "high" for parameter 'value' supplied: (timestamp=5). Please specify value as a valid double (64-bit floating point)`,
    ],
    [
      "one of several",
      () => mlflow.logMetrics({ a: 1, m: any("x") }, { timestampMs: 5 }),
      `Invalid value "x" for parameter 'metrics[1].value' supplied: (timestamp=5). Please specify value as a valid double (64-bit floating point)`,
    ],
    [
      "no number",
      () => mlflow.logMetric("m", any(null)),
      "Missing value for required parameter 'value'.",
    ],
    [
      "a metric's name",
      () => mlflow.logMetric("m?", 1),
      `Invalid value "m?" for parameter 'name' supplied: ${NAMES}`,
    ],
    [
      "a long one",
      () => mlflow.logMetric(LONG, 1),
      "'Metric name' exceeds the maximum length of 250 characters",
    ],
    [
      "a step",
      () => mlflow.logMetric("m", 1, { step: 1.5 }),
      "Invalid value 1.5 for parameter 'step' supplied: metric 'm' (value=1). Step must be a valid long (64-bit integer).",
    ],
    [
      "a time",
      () => mlflow.logMetric("m", 1, { timestampMs: -5 }),
      "Invalid value -5 for parameter 'timestamp' supplied: metric 'm' (value=1). Timestamp must be a nonnegative long (64-bit integer) ",
    ],
    [
      "a tag's key",
      () => mlflow.setTag("a*b", 1),
      `Invalid value "a*b" for parameter 'key' supplied: ${NAMES}`,
    ],
    [
      "one of several",
      () => mlflow.setTags({ "a*b": 1 }),
      `Invalid value "a*b" for parameter 'tags[0].key' supplied: ${NAMES}`,
    ],
    ["none", () => mlflow.setTag(any(null), 1), "Missing value for required parameter 'key'."],
    [
      "one to delete",
      () => mlflow.deleteTag("a*b"),
      `Invalid value "a*b" for parameter 'key' supplied: ${NAMES}`,
    ],
    [
      "a run's tag",
      () => mlflow.startRun({ tags: { "a*b": "1" } }),
      `Invalid value "a*b" for parameter 'key' supplied: ${NAMES}`,
    ],
    [
      "a description beside its tag",
      () => mlflow.startRun({ description: "a", tags: { "mlflow.note.content": "b" } }),
      "Description is already set via the tag mlflow.note.content in tags.",
    ],
    [
      "a run's id",
      () => mlflow.logParam("a", 1, { runId: "../x" }),
      `Invalid value "../x" for parameter 'run_id' supplied.`,
    ],
    [
      "a dataset",
      () => mlflow.logInput({ digest: "x".repeat(37) }),
      "'digest' exceeds the maximum length of 36 characters",
    ],
    [
      "a number as the step that is not one",
      () => mlflow.logMetric("m", 1, 1.5),
      "Invalid value 1.5 for parameter 'step' supplied: metric 'm' (value=1). Step must be a valid long (64-bit integer).",
    ],
    [
      "a text as the step",
      () => mlflow.logMetric("m", 1, any("3")),
      "logMetric() takes an object of options, got '3'.",
    ],
    [
      "a misspelt option",
      () => mlflow.logMetric("m", 1, any({ time_stamp: 3 })),
      "logMetric() has no option `time_stamp`. Did you mean `timestampMs`? Options are: runId, step, timestampMs.",
    ],
    [
      "options that are a string",
      () => mlflow.logParam("a", 1, any("b")),
      "logParam() takes an object of options, got 'b'.",
    ],
    [
      "params that are a string",
      () => mlflow.logParams(any("a")),
      `Invalid value "a" for parameter 'params' supplied: It must be an object such as { name: value }.`,
    ],
    [
      "missing params",
      () => mlflow.logParams(any(undefined)),
      "Invalid value undefined for parameter 'params' supplied: It must be an object",
    ],
    [
      "missing metrics",
      () => mlflow.logMetrics(any(null)),
      "Invalid value null for parameter 'metrics' supplied: It must be an object",
    ],
    [
      "tags that are an array",
      () => mlflow.setTags(any(["a"])),
      "for parameter 'tags' supplied: It must be an object",
    ],
    [
      "a run's tags that are a string",
      () => mlflow.startRun({ tags: any("a") }),
      "startRun() option `tags` takes an object such as { name: value }, got 'a'.",
    ],
    [
      "missing artifacts to download",
      () => mlflow.downloadArtifacts(any(undefined)),
      "Exactly one of `runId` or `artifactUri` must be specified",
    ],
    [
      "missing artifacts to list",
      () => mlflow.listArtifacts(any(undefined)),
      "Exactly one of `runId` or `artifactUri` must be specified",
    ],
    [
      "no dataset",
      () => mlflow.logInput(any(5)),
      "The dataset of logInput() takes an object of options, got 5.",
    ],
    [
      "a dataset's tag",
      () => mlflow.logInput({}, { context: "x".repeat(501) }),
      "The tag 'mlflow.data.context' of an input must be a string of at most 500 characters",
    ],
  ])("%s", async (_, log, message) => {
    await expect(log()).rejects.toMatchObject({
      name: "MlflowException",
      errorCode: "INVALID_PARAMETER_VALUE",
      message: expect.stringContaining(message),
    });
    expect(mlflow.activeRun()).toBeUndefined();
    expect(await mlflow.flushTraces()).toEqual({ sent: 0, spooled: 0, dropped: 0, pending: 0 });
  });

  test("a refusal that the app does not await is logged once", async () => {
    const { lines } = warnings();
    for (let times = 0; times < 2; times++) {
      void mlflow.logParam("not awaited *", 1);
      void mlflow.logText("a", "../not awaited");
      void mlflow.logTable({ a: [1] }, "not awaited");
      void mlflow.startRun({ tags: { "not awaited run *": "1" } });
      void mlflow.endRun("not awaited" as "FAILED");
      await sleep(5);
    }
    expect(lines.filter((line) => line.includes("not awaited"))).toHaveLength(5);
  });
});

describe("values that are too long", () => {
  test("are cut with a warning, or refused if MLFLOW_TRUNCATE_LONG_VALUES is false", async () => {
    const stderr = warnings();
    mlflow.setTrackingUri(temporaryDirectory());
    const run = await mlflow.startRun();
    await mlflow.logParam("a", "x".repeat(6001));
    await mlflow.setTag("a", `${"x".repeat(7999)}😀`);
    const { data } = await mlflow.getRun(run.info.runId);
    expect(data.params.a).toHaveLength(6000);
    expect(data.tags.a).toHaveLength(8000);
    expect(data.tags.a?.isWellFormed()).toBe(true);
    expect(stderr.lines.join("\n")).toMatch(
      /Param value 'x{100}\.\.\.' \(6001 characters\) is truncated to 6000 characters to meet the length limit\./,
    );
    process.env.MLFLOW_TRUNCATE_LONG_VALUES = "false";
    try {
      await expect(mlflow.logParam("b", "x".repeat(6001))).rejects.toThrow(
        "'Param value' exceeds the maximum length of 6000 characters",
      );
    } finally {
      delete process.env.MLFLOW_TRUNCATE_LONG_VALUES;
    }
    await mlflow.endRun();
    expect(getPipeline().openRuns.size).toBe(0);
  });
});
