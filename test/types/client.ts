// Compiled by `npm run typecheck` only: the names and the order of arguments of MLflow's TypeScript SDK.
import * as mlflow from "langchain-mlflow";

const client = new mlflow.MlflowClient({ trackingUri: "http://localhost:5000" });
const source: mlflow.AssessmentSource = {
  sourceType: mlflow.AssessmentSourceType.HUMAN,
  sourceId: "ann",
};
const error: mlflow.AssessmentError = { errorCode: "LIMIT", errorMessage: "slow down" };

export async function readTraces(): Promise<readonly mlflow.Trace[]> {
  const trace: mlflow.Trace = await client.getTrace("tr-1");
  const info: mlflow.TraceInfo = await client.getTraceInfo(trace.info.traceId);
  const { traces, nextPageToken } = await client.searchTraces({
    locations: [info.experimentId],
    filter: "status = 'ERROR'",
    maxResults: 10,
    orderBy: ["timestamp_ms DESC"],
    pageToken: "a",
    includeSpans: false,
  });
  return nextPageToken === undefined ? traces : [];
}

export async function logAll(traceId: string): Promise<void> {
  const all = { traceId, name: "thumb", value: true, source, rationale: "why", spanId: "1" };
  await client.logFeedback({ ...all, metadata: { page: "1" } });
  await mlflow.logFeedback({ traceId, error });
  await mlflow.logFeedback({ traceId, error: new Error("no quota") });
  await mlflow.logFeedback({
    traceId,
    value: { a: [1, "b", { c: true }] },
    source: { sourceType: "CODE" },
  });
  await client.logExpectation({ traceId, name: "answer", value: ["a"] });
  const assessment = new mlflow.Feedback({ name: "thumb", value: 1, source });
  const logged = await mlflow.logAssessment({ traceId, assessment });
  const one = { traceId, assessmentId: logged.assessmentId ?? "" };
  await mlflow.updateAssessment({ ...one, assessment });
  await mlflow.overrideFeedback({ ...one, value: false });
  const found: mlflow.Assessment = await mlflow.getAssessment(one);
  if (found instanceof mlflow.Feedback) found.error?.errorCode satisfies string | undefined;
  await mlflow.deleteAssessment(one);
}

export async function manage(): Promise<void> {
  const experimentId: string = await client.createExperiment("name", "file:///a", { a: "b" });
  await client.deleteExperiment(experimentId);
  // @ts-expect-error A missing option.
  await client.getRun({});
  // @ts-expect-error An unknown option.
  await client.getRun({ runId: "a", run_id: "a" });
}
