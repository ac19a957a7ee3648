import type { Trace, TraceInfo } from "../../trace/trace.js";
import type { TraceStore } from "../store.js";
import { listOf, objectOf } from "../wire/json-fields.js";
import { spanFromOtlpJson, spansFromJson } from "../wire/span-json.js";
import { type Capabilities, tooOldForTraces } from "./capabilities.js";
import { pathPart } from "./path-part.js";
import { checkSuccess, findJsonOf, isSuccess, jsonOf, pageOf } from "./response.js";
import type { RetryingHttp } from "./retried.js";
import { TRACE_ARTIFACT_PATH, TRACES_PATH, traceInfoOf } from "./trace-info.js";

const DEFAULT_ORDER = ["timestamp_ms DESC"];

/**
 * Reads traces over REST. Both methods throw a RestException if the server returns an error, and an MlflowException
 * NOT_IMPLEMENTED if the server is too old for traces.
 */
export function createTraceReader(
  http: RetryingHttp,
  capabilities: () => Promise<Capabilities>,
): Pick<TraceStore, "getTrace" | "getTraceInfo" | "searchTraceInfos"> {
  const capable = async () => {
    const server = await capabilities();
    if (server.traceInfos) return server;
    throw tooOldForTraces(http.uri, server.version);
  };
  return {
    async getTrace(traceId) {
      const { wholeTraces } = await capable();
      const whole = wholeTraces ? await readWhole(http, traceId) : undefined;
      return whole ?? readParts(http, traceId);
    },
    async getTraceInfo(traceId) {
      await capable();
      return readInfo(http, traceId);
    },
    async searchTraceInfos({ experimentIds, orderBy, filter, maxResults, pageToken }) {
      await capable();
      const json = {
        locations: experimentIds.map((experimentId) => ({
          type: "MLFLOW_EXPERIMENT",
          mlflow_experiment: { experiment_id: experimentId },
        })),
        order_by: orderBy ?? DEFAULT_ORDER,
        ...(filter && { filter }),
        ...(maxResults && { max_results: maxResults }),
        ...(pageToken && { page_token: pageToken }),
      };
      const request = { method: "POST", path: `${TRACES_PATH}/search`, json } as const;
      return pageOf(jsonOf(await http.send(request)), "traces", traceInfoOf);
    },
  };
}

/** Reads info and spans in one request. Undefined if the server cannot do that, or not for this trace. */
async function readWhole(http: RetryingHttp, traceId: string): Promise<Trace | undefined> {
  const query = { trace_id: traceId };
  // 404 may mean that the route is missing, 500 that the spans are an artifact: `readParts` handles both.
  const response = await http.send(
    { method: "GET", path: `${TRACES_PATH}/get`, query },
    { isFinal: ({ status }) => status === 500 },
  );
  if (!isSuccess(response)) return undefined;
  const trace = objectOf(jsonOf(response).trace);
  if (!trace.trace_info) return undefined;
  const info = traceInfoOf(trace.trace_info);
  const spans = listOf(trace.spans).map((span) => spanFromOtlpJson(objectOf(span), info));
  return { info, data: { spans } };
}

async function readInfo(http: RetryingHttp, traceId: string): Promise<TraceInfo | undefined> {
  const path = `${TRACES_PATH}/${pathPart(traceId)}`;
  const found = findJsonOf(await http.send({ method: "GET", path }));
  return found && traceInfoOf(objectOf(found.trace).trace_info);
}

async function readParts(http: RetryingHttp, traceId: string): Promise<Trace | undefined> {
  const info = await readInfo(http, traceId);
  if (!info) return undefined;
  const response = await http.send({
    method: "GET",
    path: TRACE_ARTIFACT_PATH,
    query: { request_id: traceId },
  });
  if (response.status === 404) return { info, data: { spans: [] } };
  checkSuccess(response);
  return { info, data: { spans: spansFromJson(response.text, info) ?? [] } };
}
