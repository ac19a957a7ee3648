import type { Trace } from "../../trace/trace.js";
import type { TraceStore } from "../store.js";
import { spanOf } from "../wire/otlp-json.js";
import { spansFromJson } from "../wire/span-json.js";
import type { Capabilities } from "./capabilities.js";
import { isSuccess, restException } from "./failure.js";
import type { Http } from "./http.js";
import { listOf, objectOf } from "./json-fields.js";
import { findJson, jsonOf, requestJson } from "./request-json.js";
import { TRACES_PATH } from "./start-trace.js";
import { traceInfoOf } from "./trace-info-json.js";

const DEFAULT_ORDER = ["timestamp_ms DESC"];

/** Reading traces. Both methods throw RestException when the server says no. */
export function createTraceReader(
  http: Http,
  capabilities: () => Promise<Capabilities>,
): Pick<TraceStore, "getTrace" | "searchTraceInfos"> {
  return {
    async getTrace(traceId) {
      const { wholeTraces } = await capabilities();
      const whole = wholeTraces ? await readWhole(http, traceId) : undefined;
      return whole ?? readParts(http, traceId);
    },
    async searchTraceInfos(query) {
      const found = await requestJson(http, {
        method: "POST",
        path: `${TRACES_PATH}/search`,
        json: {
          locations: query.experimentIds.map((experimentId) => ({
            type: "MLFLOW_EXPERIMENT",
            mlflow_experiment: { experiment_id: experimentId },
          })),
          order_by: query.orderBy ?? DEFAULT_ORDER,
          ...(query.filter && { filter: query.filter }),
          ...(query.maxResults && { max_results: query.maxResults }),
          ...(query.pageToken && { page_token: query.pageToken }),
        },
      });
      const nextPageToken = found.next_page_token;
      return {
        items: listOf(found.traces).map(traceInfoOf),
        ...(typeof nextPageToken === "string" && nextPageToken && { nextPageToken }),
      };
    },
  };
}

/** Info and spans at once; undefined when this server does not have that, or not for this trace. */
async function readWhole(http: Http, traceId: string): Promise<Trace | undefined> {
  const answer = await http.send({
    method: "GET",
    path: `${TRACES_PATH}/get`,
    query: { trace_id: traceId },
  });
  // 404 may be about the route, 500 about spans kept elsewhere: the other way knows more.
  if (!isSuccess(answer)) return undefined;
  const trace = objectOf(jsonOf(answer).trace);
  if (!trace.trace_info) return undefined;
  const info = traceInfoOf(trace.trace_info);
  const spans = listOf(trace.spans).map((span) => spanOf(objectOf(span), info));
  return { info, data: { spans } };
}

async function readParts(http: Http, traceId: string): Promise<Trace | undefined> {
  const path = `${TRACES_PATH}/${encodeURIComponent(traceId)}`;
  const found = await findJson(http, { method: "GET", path });
  if (!found) return undefined;
  const info = traceInfoOf(objectOf(found.trace).trace_info);
  const answer = await http.send({
    method: "GET",
    path: "/ajax-api/2.0/mlflow/get-trace-artifact",
    query: { request_id: traceId },
  });
  if (answer.status === 404) return { info, data: { spans: [] } };
  if (!isSuccess(answer)) throw restException(answer);
  return { info, data: { spans: spansFromJson(answer.text, traceId) ?? [] } };
}
