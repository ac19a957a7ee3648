import { Destination } from "../../../src/delivery/destination.js";
import type { TraceJob } from "../../../src/delivery/send-traces.js";
import { readSettings } from "../../../src/settings/settings.js";
import { openStore } from "../../../src/store/open.js";
import { sampleTrace } from "../../server/sample-trace.js";

/** A server that does not answer. */
export const store = openStore("http://127.0.0.1:9", readSettings({}));
const destination = new Destination(store, undefined);

/** A finished trace for that server, with an input of so many characters. */
export function newJob(characters = 0): TraceJob {
  const trace = sampleTrace({ root: { inputs: "a".repeat(characters) } });
  return {
    traceId: trace.info.traceId,
    destination,
    ...{ bytes: 1000, sentBytes: 1000, attachments: undefined },
    ready: async () => {},
    toTrace: () => trace,
  };
}
