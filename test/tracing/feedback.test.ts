import { afterEach, expect, test, vi } from "vitest";
import * as mlflow from "../../src/index.js";
import { startRecordingServer } from "../support/recording-server.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const traceId = `tr-${"1".repeat(32)}`;
const stored = { assessment_id: "a-1", assessment_name: "thumb", feedback: { value: true } };

/** Runs work with a server that answers requests for assessments with this status. */
async function withServer(status: number, work: (requests: string[]) => Promise<void>) {
  const paths: string[] = [];
  const server = await startRecordingServer(({ method, url }, response) => {
    if (url === "/version") return response.end("3.17.2");
    paths.push(`${method} ${url}`);
    response.statusCode = status;
    if (status === 200) return { assessment: stored };
    return { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Trace not found" };
  });
  mlflow.setTrackingUri(server.url);
  try {
    await work(paths);
  } finally {
    await server.close();
  }
}

test("feedback is one request, and comes back as a Feedback", async () => {
  await withServer(200, async (paths) => {
    const found = await mlflow.logFeedback({ traceId, name: "thumb", value: true });
    expect(found).toBeInstanceOf(mlflow.Feedback);
    expect(found).toMatchObject({ assessmentId: "a-1", value: true });
    expect(paths).toEqual([`POST /api/3.0/mlflow/traces/${traceId}/assessments`]);
  });
});

test.each<[string, () => unknown]>([
  ["logFeedback()", () => mlflow.logFeedback({ traceId, value: true })],
  ["deleteAssessment()", () => mlflow.deleteAssessment({ traceId, assessmentId: "a-1" })],
  ["setTraceTag()", () => mlflow.setTraceTag(traceId, "a", "b")],
  ["deleteTraceTag()", () => mlflow.deleteTraceTag(traceId, "a")],
  ["deleteTraces()", () => mlflow.deleteTraces({ experimentId: "0", traceIds: [traceId] })],
])(
  "%s without await that fails is one line on stderr, and no unhandled rejection",
  async (name, call) => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    await withServer(400, async () => {
      call();
      await vi.waitFor(() => expect(lines.join("")).toContain(`${name} failed: `));
    });
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(lines.join("")).toContain("Trace not found");
  },
);

test.each([
  [{ traceId }, "requires the option `value`, or the option `error`"],
  [{ value: 1 }, "requires the option `traceId`"],
  [{ traceId, value: Number.NaN }, "option `value` takes JSON data"],
  [{ traceId, value: new Map() }, "option `value` takes JSON data"],
  [{ traceId, value: 1, source: { sourceType: "ROBOT" } }, "`source` takes an AssessmentSource"],
  [{ traceId, value: 1, error: 5 }, "option `error` takes an Error, a text"],
  [{ traceId, value: 1, metadata: { a: {} } }, "option `metadata` takes an object"],
  [{ traceId, value: 1, trace_id: "a" }, "has no option `trace_id`. Did you mean `traceId`?"],
])("wrong feedback %j is refused with the reason", async (options, message) => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const refused = mlflow.logFeedback(options as mlflow.LogFeedbackOptions);
  await expect(refused).rejects.toMatchObject({
    errorCode: "INVALID_PARAMETER_VALUE",
    message: expect.stringContaining(message),
  });
});

test("errors, sources and stack traces are stored in MLflow's form, and names of MLflow 2 are read", () => {
  const { error } = new mlflow.Feedback({
    error: new RangeError("too big, https://ann:secret@host"),
  });
  expect(error).toMatchObject({ errorCode: "RangeError" });
  expect(error?.errorMessage).toMatch(/^too big/);
  expect(error?.errorMessage).not.toContain("secret");
  expect(new mlflow.Feedback({ error: "slow" }).error).toEqual({
    errorCode: "ASSESSMENT_ERROR",
    errorMessage: "slow",
  });
  const sourceType = "AI_JUDGE" as "LLM_JUDGE";
  expect(new mlflow.AssessmentSource({ sourceType })).toEqual({
    sourceType: "LLM_JUDGE",
    sourceId: "default",
  });
  expect(new mlflow.AssessmentSource({ sourceType: "human", sourceId: "ann" }).sourceType).toBe(
    "HUMAN",
  );
});
