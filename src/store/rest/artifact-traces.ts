import { MlflowException } from "../../base/errors.js";
import { type Trace, TraceTagKey } from "../../trace/trace.js";
import { howToAllow } from "../allowed-folders.js";
import { createDiskArtifacts } from "../disk-artifacts.js";
import type { Verdict } from "../store.js";
import { spansToJson } from "../wire/span-json.js";
import { folderOnOurDisk } from "./artifacts.js";
import { isPage, isSuccess } from "./failure.js";
import type { Answer, Http } from "./http.js";
import { objectOf, stringsOf } from "./json-fields.js";
import { jsonOf } from "./request-json.js";
import { startTraceRequest, TRACES_PATH } from "./start-trace.js";
import { isRepeatedInfo, STORED, verdictOf } from "./verdict.js";

const SPANS_FILE = "traces.json";
/** Kept behind the tracking server itself; with two slashes it would be another server. */
const PROXIED = /^mlflow-artifacts:\/(?!\/)(.+)$/;

export interface SpansPlace {
  readonly http: Http;
  /** The local folders that the server may name as places of spans. */
  readonly allowedFolders: readonly string[];
}

/**
 * The way before OTLP, for servers 3.2 to 3.5 and those on a file store: the trace's info first,
 * then its spans as an artifact where the answer says.
 */
export async function logTraceByArtifact(
  { http, allowedFolders }: SpansPlace,
  experimentId: string,
  trace: Trace,
  signal?: AbortSignal,
): Promise<Verdict> {
  const started = await http.send({ ...startTraceRequest(experimentId, trace.info), signal });
  const answer = isRepeat(started) ? await readInfo(http, trace, signal) : started;
  if (!isSuccess(answer)) return verdictOf(isRepeat(started) ? started : answer);
  const tags = tagsOf(answer);
  if (tags[TraceTagKey.SPANS_LOCATION] === "TRACKING_STORE") return STORED;
  const location = tags[TraceTagKey.ARTIFACT_LOCATION] ?? "";
  return putSpans({ http, allowedFolders }, location, trace, signal);
}

/** 3.2 and 3.3 refuse a trace they have, a file store stumbles over it. */
function isRepeat(answer: Answer): boolean {
  return isRepeatedInfo(answer) || (answer.status === 500 && isPage(answer));
}

function readInfo(http: Http, trace: Trace, signal?: AbortSignal): Promise<Answer> {
  return http.send({ method: "GET", path: `${TRACES_PATH}/${trace.info.traceId}`, signal });
}

function tagsOf(answer: Answer): Record<string, string> {
  return stringsOf(objectOf(objectOf(jsonOf(answer).trace).trace_info).tags);
}

async function putSpans(
  { http, allowedFolders }: SpansPlace,
  location: string,
  trace: Trace,
  signal?: AbortSignal,
): Promise<Verdict> {
  const text = spansToJson(trace.data.spans);
  const proxied = PROXIED.exec(location)?.[1];
  if (proxied) {
    const path = proxied.split("/").map(encodeURIComponent).join("/");
    const answer = await http.send({
      method: "PUT",
      path: `/api/2.0/mlflow-artifacts/artifacts/${path}/${SPANS_FILE}`,
      body: text,
      contentType: "application/json",
      signal,
    });
    return verdictOf(answer);
  }
  const root = { uri: location };
  const folder = isLocal(location) ? await folderOnOurDisk(root, allowedFolders) : undefined;
  if (folder === undefined) return { state: "refused", cause: unreachable(http, location) };
  await createDiskArtifacts(() => folder).uploadArtifact(root, SPANS_FILE, {
    bytes: Buffer.from(text),
  });
  return STORED;
}

/** Only absolute places: a relative one is from a folder of the server that we do not know. */
function isLocal(location: string): boolean {
  return /^(file:|\/)/i.test(location);
}

function unreachable(http: Http, location: string): MlflowException {
  const orAllow = isLocal(location)
    ? `. It is on the server's own disk, of which nothing is written unless you allow it: if the server runs on this machine and you trust it with that folder, ${howToAllow({ uri: location })}`
    : "";
  return new MlflowException(
    `The tracking server at ${http.uri} keeps spans at ${location || "no place it names"}, which cannot be reached from here: start it with --serve-artifacts, or use MLflow 3.6 or newer on a database${orAllow}.`,
    "NOT_IMPLEMENTED",
  );
}
