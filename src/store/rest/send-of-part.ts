import { type TraceInfo, TraceTagKey } from "../../trace/trace.js";
import type { Verdict } from "../retry.js";
import { clientTags } from "../wire/trace-fields.js";
import type { Http } from "./http.js";
import { sendOverrides } from "./send-overrides.js";
import { TRACES_PATH } from "./trace-info.js";
import { verdictOf } from "./verdict.js";

/**
 * Sends the tags and assessments of a trace whose other fields another process sends: StartTraceV3 would replace those. Rejects
 * if there is no response.
 */
export async function sendOfPart(
  http: Http,
  info: TraceInfo,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const path = `${TRACES_PATH}/${info.traceId}/tags`;
  for (const [key, value] of Object.entries(clientTags(info))) {
    if (key === TraceTagKey.NAME) continue;
    const response = await http.send({ method: "PATCH", path, json: { key, value }, signal });
    const verdict = verdictOf(response);
    if (verdict.state !== "stored") return verdict;
  }
  return sendOverrides(http, info, signal, true);
}
