import { debug } from "../../base/log.js";
import { isAtLeast } from "../../base/version.js";
import type { OtlpDialect } from "../wire/otlp.js";
import { isSuccess } from "./failure.js";
import type { Http } from "./http.js";

/** How this server wants its traces; the only place that knows server versions. */
export interface Capabilities {
  /** Undefined when the server does not tell: what it can do then shows in its answers. */
  readonly version: string | undefined;
  /** Spans go by OTLP and are readable from there. */
  readonly otlp: boolean;
  readonly dialect: OtlpDialect;
  /** StartTraceV3 exists. */
  readonly traceInfos: boolean;
  /** One route gives a trace with its spans; 3.6 has one too, but it loses empty objects and arrays. */
  readonly wholeTraces: boolean;
  /** Models have an id and artifacts of their own; before, the artifacts of runs held them. */
  readonly loggedModels: boolean;
}

const VERSION_TIMEOUT_MS = 3_000;

/** What every server since 3.6 understands, for a version we could not read. */
const UNKNOWN: Capabilities = {
  version: undefined,
  otlp: true,
  dialect: { traceFields: false, parsesJsonText: false },
  traceInfos: true,
  wholeTraces: true,
  loggedModels: true,
};

/** Reads the server's version once; what only passes (no answer, no rights) is asked again next time. */
export function createCapabilities(http: Http): () => Promise<Capabilities> {
  let known: Capabilities | undefined;
  return async () => {
    known ??= await readCapabilities(http);
    return known ?? UNKNOWN;
  };
}

async function readCapabilities(http: Http): Promise<Capabilities | undefined> {
  const signal = AbortSignal.timeout(VERSION_TIMEOUT_MS);
  try {
    const answer = await http.send({ method: "GET", path: "/version", signal });
    const isVersion = /^\s*\d+\.\d+(\.\w+)*\s*$/.test(answer.text);
    if (isSuccess(answer) && isVersion) return capabilitiesOf(answer.text.trim());
    debug("%s/version answered %d: %s", http.uri, answer.status, answer.text.slice(0, 100));
  } catch (cause) {
    debug("%s/version: %s", http.uri, cause);
  }
  return undefined;
}

export function capabilitiesOf(version: string): Capabilities {
  const since = (minimum: string) => isAtLeast(version, minimum);
  return {
    version,
    // 3.4 and 3.5 take one trace a request, and read the spans from the artifact all the same.
    otlp: since("3.6"),
    dialect: { traceFields: since("3.14"), parsesJsonText: since("3.7") },
    traceInfos: since("3.2"),
    wholeTraces: since("3.7"),
    loggedModels: since("3.0"),
  };
}
