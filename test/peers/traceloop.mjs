import { setTimeout as sleep } from "node:timers/promises";
import { LangChainInstrumentation } from "@traceloop/instrumentation-langchain";
import { startOpenTelemetry } from "./open-telemetry.mjs";

export async function start({ manager }) {
  const { tracerProvider, taken } = startOpenTelemetry();
  const instrumentation = new LangChainInstrumentation();
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.manuallyInstrument({ callbackManagerModule: await manager() });
  // It imports the other build of core by itself, and tells nobody when it is done.
  await sleep(50);
  return { taken };
}
