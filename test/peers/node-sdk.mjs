// OpenTelemetry's SDK for Node.js with the instrumentation of fetch, as its documentation sets it up.
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeSDK } from "@opentelemetry/sdk-node";

export function startNodeSdk({ url, headers }) {
  const traceExporter = new OTLPTraceExporter({ url, headers });
  const sdk = new NodeSDK({
    traceExporter,
    instrumentations: [new UndiciInstrumentation()],
    autoDetectResources: false,
  });
  sdk.start();
  return { tracer: trace.getTracer("app"), shutdown: () => sdk.shutdown() };
}
