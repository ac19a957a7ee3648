import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MlflowException } from "../../errors.js";
import { type Trace, TraceTagKey } from "../../trace/trace.js";
import { spansToJson } from "../span-json.js";
import type { Verdict } from "../store.js";
import { isPage, isSuccess } from "./failure.js";
import type { Answer, Http } from "./http.js";
import { objectOf, stringsOf } from "./json-fields.js";
import { jsonOf } from "./request-json.js";
import { startTraceRequest, TRACES_PATH } from "./start-trace.js";
import { isRepeatedInfo, STORED, verdictOf } from "./verdict.js";

const SPANS_FILE = "traces.json";
/** Kept behind the tracking server itself; with two slashes it would be another server. */
const PROXIED = /^mlflow-artifacts:\/(?!\/)(.+)$/;

/**
 * The way before OTLP, for servers 3.2 to 3.5 and those on a file store: the trace's info first,
 * then its spans as an artifact where the answer says.
 */
export async function logTraceByArtifact(
  http: Http,
  experimentId: string,
  trace: Trace,
  signal?: AbortSignal,
): Promise<Verdict> {
  const started = await http.send({ ...startTraceRequest(experimentId, trace.info), signal });
  const answer = isRepeat(started) ? await readInfo(http, trace, signal) : started;
  if (!isSuccess(answer)) return verdictOf(isRepeat(started) ? started : answer);
  const tags = tagsOf(answer);
  if (tags[TraceTagKey.SPANS_LOCATION] === "TRACKING_STORE") return STORED;
  return putSpans(http, tags[TraceTagKey.ARTIFACT_LOCATION] ?? "", trace, signal);
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
  http: Http,
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
  if (await writeLocally(location, text)) return STORED;
  return { state: "refused", cause: unreachable(http, location) };
}

/** A `file:` location is the server's disk: ours too, if the folder around it is here. */
async function writeLocally(location: string, text: string): Promise<boolean> {
  if (!/^(file:|\/)/.test(location)) return false;
  const folder = location.startsWith("/") ? location : fileURLToPath(location);
  const experimentFolder = dirname(dirname(dirname(folder)));
  const found = await stat(experimentFolder).catch(() => undefined);
  if (!found?.isDirectory()) return false;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, SPANS_FILE), text);
  return true;
}

function unreachable(http: Http, location: string): MlflowException {
  return new MlflowException(
    `The tracking server at ${http.uri} keeps spans at ${location || "no place it names"}, which cannot be reached from here: start it with --serve-artifacts, or use MLflow 3.6 or newer on a database.`,
    "NOT_IMPLEMENTED",
  );
}
