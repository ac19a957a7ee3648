import { MlflowException } from "../../base/errors.js";
import { withSizeStats } from "../../trace/size-stats.js";
import { type Trace, TraceTagKey } from "../../trace/trace.js";
import { howToAllow } from "../allowed-folders.js";
import { createDiskArtifacts } from "../disk-artifacts.js";
import type { Verdict } from "../retry.js";
import { objectOf, stringsOf } from "../wire/json-fields.js";
import { spansToJson } from "../wire/span-json.js";
import { encodedPath } from "./artifact-route.js";
import { folderOnOurDisk } from "./artifacts.js";
import type { Http } from "./http.js";
import { PROXY_PATH } from "./proxied-artifacts.js";
import { type HttpResponse, isPage, isSuccess, jsonOf } from "./response.js";
import { sendOverrides } from "./send-overrides.js";
import { startTraceRequest, TRACES_PATH } from "./trace-info.js";
import { isRepeatedInfo, STORED, verdictOf } from "./verdict.js";

const SPANS_FILE = "traces.json";
/** On the tracking server itself. Two slashes would name another server. */
const PROXIED = /^mlflow-artifacts:\/(?!\/)(.+)$/;

export interface SpansPlace {
  readonly http: Http;
  /** The local folders to which spans may be written if the server names them. */
  readonly allowedFolders: readonly string[];
}

/**
 * Stores a trace without OTLP, for servers 3.2 to 3.5 and servers with a file store: sends the info of the trace,
 * then writes its spans as an artifact to the location in the response.
 */
export async function logTraceByArtifact(
  { http, allowedFolders }: SpansPlace,
  experimentId: string,
  trace: Trace,
  signal?: AbortSignal,
): Promise<Verdict> {
  const { text, spanBytes } = spansToJson(trace.data.spans);
  const info = withSizeStats(trace.info, spanBytes);
  const started = await http.send({ ...startTraceRequest(experimentId, info), signal });
  const response = isRepeat(started) ? await readInfo(http, trace, signal) : started;
  if (!isSuccess(response)) return verdictOf(started);
  const assessed = await sendOverrides(http, trace.info, signal);
  if (assessed.state !== "stored") return assessed;
  const tags = stringsOf(objectOf(objectOf(jsonOf(response).trace).trace_info).tags);
  if (tags[TraceTagKey.SPANS_LOCATION] === "TRACKING_STORE") return STORED;
  const location = tags[TraceTagKey.ARTIFACT_LOCATION] ?? "";
  return putSpans({ http, allowedFolders }, location, text, signal);
}

/** Whether the server already has the info: 3.2 and 3.3 reject it, a file store fails. */
function isRepeat(response: HttpResponse): boolean {
  return isRepeatedInfo(response) || (response.status === 500 && isPage(response));
}

function readInfo(http: Http, trace: Trace, signal?: AbortSignal): Promise<HttpResponse> {
  return http.send({ method: "GET", path: `${TRACES_PATH}/${trace.info.traceId}`, signal });
}

async function putSpans(
  { http, allowedFolders }: SpansPlace,
  location: string,
  text: string,
  signal?: AbortSignal,
): Promise<Verdict> {
  const proxied = PROXIED.exec(location)?.[1];
  if (proxied) {
    const response = await http.send({
      method: "PUT",
      path: `${PROXY_PATH}/${encodedPath(proxied)}/${SPANS_FILE}`,
      body: text,
      contentType: "application/json",
      signal,
    });
    return verdictOf(response);
  }
  const root = { uri: location };
  const folder = isLocal(location) ? await folderOnOurDisk(root, allowedFolders) : undefined;
  if (folder === undefined) return { state: "refused", cause: unreachable(http, location) };
  await createDiskArtifacts(() => folder).uploadArtifact(root, SPANS_FILE, {
    bytes: Buffer.from(text),
  });
  return STORED;
}

/** Absolute paths only: a relative path starts in an unknown folder of the server. */
function isLocal(location: string): boolean {
  return /^(file:|\/)/i.test(location);
}

function unreachable(http: Http, location: string): MlflowException {
  const orAllow = isLocal(location)
    ? `. It is on the server's own disk, which is not written unless you allow it: if the server runs on this machine and you trust it with that folder, ${howToAllow({ uri: location })}`
    : "";
  return new MlflowException(
    `The tracking server at ${http.uri} stores spans at ${location || "an unknown location"}, which cannot be reached from here: start it with --serve-artifacts, or use MLflow 3.6 or newer on a database${orAllow}.`,
    "NOT_IMPLEMENTED",
  );
}
