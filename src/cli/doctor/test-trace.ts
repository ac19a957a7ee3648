import { MlflowException } from "../../base/errors.js";
import { VERSION } from "../../base/process-state.js";
import type { TrackingStore } from "../../store/store.js";
import { nowMs, toNanoseconds } from "../../trace/clock.js";
import { newSpanId, newTraceId } from "../../trace/ids.js";
import { spanStatus } from "../../trace/span.js";
import type { Trace } from "../../trace/trace.js";

const NAME = "langchain-mlflow doctor";

/**
 * Sends a trace and reads it back. The trace stays in the store: its name and its tag `langchain_mlflow.doctor` identify
 * it. Resolves to its id.
 *
 * @throws MlflowException if the store refuses the trace, or does not return it.
 */
export async function sendTestTrace(store: TrackingStore, experimentId: string): Promise<string> {
  const trace = createTestTrace(experimentId);
  const { traceId } = trace.info;
  const [verdict] = await store.logTraces(experimentId, [trace]);
  if (verdict && verdict.state !== "stored") throw verdict.cause;
  await store.drain?.();
  const found = await store.getTrace(traceId);
  if (found?.data.spans.length === 1) return traceId;
  const what = found ? "without its span" : "as missing";
  throw new MlflowException(
    `${store.uri} accepted the trace ${traceId}, but returns it ${what}. Check for a proxy or a replica between this machine and the server.`,
  );
}

function createTestTrace(experimentId: string): Trace {
  const traceId = newTraceId();
  const startMs = nowMs();
  const [request, response] = ["Is tracing set up?", "Yes."];
  return {
    info: {
      ...{ traceId, experimentId, requestTime: Math.floor(startMs), executionDuration: 1 },
      state: "OK",
      requestPreview: JSON.stringify(request),
      responsePreview: JSON.stringify(response),
      traceMetadata: {},
      tags: { "mlflow.traceName": NAME, "langchain_mlflow.doctor": VERSION },
      assessments: [],
    },
    data: {
      spans: [
        {
          ...{ traceId, spanId: newSpanId(), name: NAME, spanType: "CHAIN" },
          startTimeNs: toNanoseconds(startMs),
          endTimeNs: toNanoseconds(startMs + 1),
          status: spanStatus("OK"),
          inputs: request,
          outputs: response,
          attributes: {},
          events: [],
        },
      ],
    },
  };
}
