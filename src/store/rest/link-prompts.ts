import { debug } from "../../base/log.js";
import { type TraceInfo, TraceTagKey } from "../../trace/trace.js";
import type { Http } from "./http.js";
import { checkSuccess } from "./response.js";

/** Links a stored trace to the prompts of its tag, so that the server finds it by prompt. After a failure, the tag remains. */
export async function linkPrompts(
  http: Http,
  { traceId, tags }: TraceInfo,
  signal: AbortSignal | undefined,
): Promise<void> {
  const tag = tags[TraceTagKey.LINKED_PROMPTS];
  if (tag === undefined) return;
  try {
    const json = { trace_id: traceId, prompt_versions: JSON.parse(tag) };
    const path = "/api/2.0/mlflow/traces/link-prompts";
    checkSuccess(await http.send({ method: "POST", path, json, signal }));
  } catch (cause) {
    debug("the prompts of the trace %s are not linked: %o", traceId, cause);
  }
}
