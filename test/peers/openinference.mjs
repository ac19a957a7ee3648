import { LangChainInstrumentation } from "@arizeai/openinference-instrumentation-langchain";
import { startOpenTelemetry } from "./open-telemetry.mjs";

/** `require`d modules it finds itself; `import`ed ones it is given, and given again it starts anew. */
export async function start({ format, manager }) {
  const { tracerProvider, taken } = startOpenTelemetry();
  const instrumentation = new LangChainInstrumentation({ tracerProvider });
  const isImported = format === "esm";
  if (isImported) instrumentation.manuallyInstrument(await manager());
  return {
    taken,
    again: async () => {
      if (isImported) instrumentation.manuallyInstrument(await manager());
      else instrumentation.enable();
    },
    ...(isImported ? {} : { off: () => instrumentation.disable() }),
  };
}
