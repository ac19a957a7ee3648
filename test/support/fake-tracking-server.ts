import type { ServerResponse } from "node:http";
import {
  type RecordedRequest,
  type RecordingServer,
  startRecordingServer,
} from "./recording-server.js";

export const RUN_ID = "a".repeat(32);
export const MODEL_ID = `m-${"b".repeat(32)}`;

export interface FakeTrackingServer extends RecordingServer {
  /** What the server names as the place of everything it has. */
  place: string;
  /** What it answers first; `undefined` leaves the request to its usual answers. */
  before: (request: RecordedRequest, response: ServerResponse) => unknown;
}

/** No MLflow: it names any place that a test wants as the place of artifacts and of spans. */
export async function startFakeTrackingServer(version = "3.10.0"): Promise<FakeTrackingServer> {
  const server = await startRecordingServer((request, response) => {
    const first = fake.before(request, response);
    if (first !== undefined || response.headersSent || response.writableEnded) return first;
    return answerTo(request, response, version, fake.place);
  });
  const fake: FakeTrackingServer = Object.assign(server, { place: "", before: () => undefined });
  return fake;
}

function answerTo(
  { url }: RecordedRequest,
  response: ServerResponse,
  version: string,
  uri: string,
) {
  if (url === "/version") {
    response.setHeader("content-type", "text/plain");
    response.end(version);
    return undefined;
  }
  if (url.startsWith("/v1/traces") || url.includes("/presigned-upload-url")) {
    response.statusCode = 404;
    return {};
  }
  const info = {
    run_id: RUN_ID,
    experiment_id: "1",
    artifact_uri: uri,
    status: "RUNNING",
    lifecycle_stage: "active",
  };
  const model = {
    info: {
      model_id: MODEL_ID,
      experiment_id: "1",
      name: "m",
      artifact_uri: uri,
      status: "LOGGED_MODEL_READY",
    },
  };
  if (/logged-models\/search/.test(url)) return { models: [] };
  if (/logged-models\/[^/]*$/.test(url) || url.endsWith("/logged-models")) return { model };
  if (/\/artifacts\/list|\/artifacts\/directories|mlflow-artifacts\/artifacts\?/.test(url)) {
    return { files: [] };
  }
  if (url.includes("/runs/")) return { run: { info, data: {} } };
  if (url.includes("/experiments/")) {
    const experiment = { experiment_id: "1", name: "x", lifecycle_stage: "active" };
    return { experiment: { ...experiment, artifact_location: uri }, experiment_id: "1" };
  }
  if (url.includes("/get-download-uri")) return { artifact_uri: uri };
  if (url.includes("/model-versions/")) {
    return { model_version: { name: "m", version: "1", source: uri, status: "READY" } };
  }
  if (url.includes("/mlflow/traces")) {
    const tags = { "mlflow.artifactLocation": uri };
    return { trace: { trace_info: { trace_id: "tr-1", tags } } };
  }
  return {};
}
