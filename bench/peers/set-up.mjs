// How each tool is switched on as its own documentation says, exporting to the sink.
// Each returns { callbacks, flush }: handlers to pass with a call, and a wait for delivery.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Each trace is recorded whole, and dropped before it is encoded. Otherwise it would be written to disk. */
export const CAPTURE_ALONE = { maxQueueBytes: 1, durability: "memory" };

// What a full queue writes does not go to the folder of the user's apps.
const spool = mkdtempSync(join(tmpdir(), "bench-spool-"));
process.env.MLFLOW_LANGCHAIN_SPOOL_DIRECTORY = spool;
process.once("exit", () => rmSync(spool, { recursive: true, force: true }));

const none = { callbacks: undefined, flush: async () => {} };

export const setUps = {
  bare: async () => none,

  /** A handler that does nothing, awaited: what LangChain itself costs as soon as anybody listens. */
  "empty handler": async () => {
    const { BaseCallbackHandler } = await import("@langchain/core/callbacks/base");
    class Empty extends BaseCallbackHandler {
      name = "empty";
      awaitHandlers = true;
      handleChainStart() {}
      handleChainEnd() {}
      handleChatModelStart() {}
      handleLLMNewToken() {}
      handleLLMEnd() {}
    }
    return { ...none, callbacks: [new Empty()] };
  },

  "langchain-mlflow": (sink) => ours(sink, {}),
  "langchain-mlflow, capture alone": (sink) => ours(sink, CAPTURE_ALONE),
  "langchain-mlflow, sampled out": (sink) => ours(sink, { samplingRatio: 0 }),

  OpenInference: async (sink) => {
    const { NodeTracerProvider, BatchSpanProcessor } = await import(
      "@opentelemetry/sdk-trace-node"
    );
    const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-proto");
    const openInference = await import("@arizeai/openinference-instrumentation-langchain");
    const manager = await import("@langchain/core/callbacks/manager");
    const exporter = new OTLPTraceExporter({ url: `${sink}/v1/traces` });
    const tracerProvider = new NodeTracerProvider({
      spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 1e6 })],
    });
    tracerProvider.register();
    new openInference.LangChainInstrumentation({ tracerProvider }).manuallyInstrument(manager);
    return { callbacks: undefined, flush: () => tracerProvider.forceFlush() };
  },

  Langfuse: async (sink) => {
    const { NodeSDK } = await import("@opentelemetry/sdk-node");
    const { LangfuseSpanProcessor } = await import("@langfuse/otel");
    const { CallbackHandler } = await import("@langfuse/langchain");
    const processor = new LangfuseSpanProcessor({
      publicKey: "pk",
      secretKey: "sk",
      baseUrl: sink,
    });
    new NodeSDK({ spanProcessors: [processor], instrumentations: [] }).start();
    return { callbacks: [new CallbackHandler()], flush: () => processor.forceFlush() };
  },

  LangSmith: async (sink) => {
    process.env.LANGSMITH_TRACING = "true";
    process.env.LANGSMITH_API_KEY = "key";
    process.env.LANGSMITH_ENDPOINT = sink;
    const { getDefaultLangChainClientSingleton } = await import(
      "@langchain/core/singletons/tracer"
    ).catch(() => ({}));
    const { awaitAllCallbacks } = await import("@langchain/core/callbacks/promises");
    const flush = async () => {
      await awaitAllCallbacks();
      await getDefaultLangChainClientSingleton?.().awaitPendingTraceBatches();
    };
    return { callbacks: undefined, flush };
  },

  Sentry: async (sink) => {
    const Sentry = await import("@sentry/node");
    const dsn = `${sink.replace("://", "://key@")}/1`;
    Sentry.init({ dsn, tracesSampleRate: 1, sendDefaultPii: true });
    const handler = Sentry.createLangChainCallbackHandler({
      recordInputs: true,
      recordOutputs: true,
    });
    return { callbacks: [handler], flush: () => Sentry.flush(30_000) };
  },
};

async function ours(sink, options) {
  const mlflow = await import("langchain-mlflow");
  mlflow.setTrackingUri(sink);
  mlflow.langchain.autolog({ silent: true, ...options });
  const flush = async () => {
    const { dropped, pending, spooled } = await mlflow.flushTraces({ timeoutMs: 30_000 });
    const isLost = options !== CAPTURE_ALONE && dropped + pending + spooled > 0;
    if (isLost) throw new Error(`${dropped + pending + spooled} traces were not delivered.`);
  };
  return { callbacks: undefined, flush };
}
