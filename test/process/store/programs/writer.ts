/** `node writer.js <directory> <writer> <count>`: makes one shared experiment and writes traces to it. */
import { MlflowException } from "../../../../src/base/errors.js";
import { createFileStore } from "../../../../src/store/file/file-store.js";
import { richTrace } from "../../../store/file/rich-trace.js";

const [directory = "", writer = "", count = "0"] = process.argv.slice(2);
const store = createFileStore({ directory });

async function sharedExperiment(): Promise<string> {
  try {
    return await store.createExperiment("shared");
  } catch (cause) {
    if (!(cause instanceof MlflowException) || cause.errorCode !== "RESOURCE_ALREADY_EXISTS") {
      throw cause;
    }
    return (await store.getExperimentByName("shared"))?.experimentId ?? "";
  }
}

process.once("message", async () => {
  const experimentId = await sharedExperiment();
  const traces = Array.from({ length: Number(count) }, (_, at) => richTrace(`${writer} ${at}`));
  for (let at = 0; at < traces.length; at += 20) {
    const verdicts = await store.logTraces(experimentId, traces.slice(at, at + 20));
    process.send?.(verdicts.map(({ state }) => state));
  }
  process.disconnect();
});
process.send?.("ready");
