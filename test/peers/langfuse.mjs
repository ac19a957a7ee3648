import { CallbackHandler } from "@langfuse/langchain";
import { startOpenTelemetry } from "./open-telemetry.mjs";

export async function start() {
  const { taken } = startOpenTelemetry();
  let callbacks = [new CallbackHandler()];
  return {
    taken,
    get callbacks() {
      return callbacks;
    },
    off: () => {
      callbacks = [];
    },
    again: () => {
      callbacks = [new CallbackHandler()];
    },
  };
}
