import { MlflowException } from "../../base/errors.js";
import { debug } from "../../base/log.js";
import { isAtLeast } from "../../base/version.js";
import type { OtlpDialect } from "../wire/otlp.js";
import type { Http } from "./http.js";
import { isSuccess } from "./response.js";

/** What a server supports. No other file depends on server versions. */
export interface Capabilities {
  /** Undefined if the server does not report it: then its responses show what it supports. */
  readonly version: string | undefined;
  /** It accepts spans as OTLP, and returns them. */
  readonly otlp: boolean;
  readonly dialect: OtlpDialect;
  /** It has StartTraceV3. */
  readonly traceInfos: boolean;
  /** One route returns a trace with its spans. That of 3.6 loses empty objects and arrays. */
  readonly wholeTraces: boolean;
  /** It counts the tokens of the spans of a trace, where its info has no number. */
  readonly countsTokens: boolean;
  /** Its UI shows attachments of traces. */
  readonly attachments: boolean;
  /** It finds traces by their prompts. */
  readonly linksPrompts: boolean;
  /** Models have an id and artifacts of their own. Before, they were among the artifacts of a run. */
  readonly loggedModels: boolean;
}

const VERSION_TIMEOUT_MS = 3_000;

/** For an unknown version: what every server since 3.6 supports. */
const UNKNOWN: Capabilities = {
  version: undefined,
  otlp: true,
  dialect: { traceFields: false, parsesJsonText: false },
  traceInfos: true,
  wholeTraces: true,
  countsTokens: false,
  attachments: false,
  linksPrompts: false,
  loggedModels: true,
};

/** Reads the server's version once. If that fails (no response, no permission), the next call tries again. */
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
    const response = await http.send({ method: "GET", path: "/version", signal });
    const isVersion = /^\s*\d+\.\d+(\.\w+)*\s*$/.test(response.text);
    if (isSuccess(response) && isVersion) return capabilitiesOf(response.text.trim());
    debug("%s/version answered %d: %s", http.uri, response.status, response.text.slice(0, 100));
  } catch (cause) {
    debug("%s/version: %s", http.uri, cause);
  }
  return undefined;
}

/** The exception for a server that is too old to store and return traces in their present form. */
export function tooOldForTraces(uri: string, version: string | undefined): MlflowException {
  return new MlflowException(
    `The tracking server at ${uri} is MLflow ${version}, which is too old: traces need MLflow 3.2 or newer. MLflow 3.6 or newer is recommended.`,
    "NOT_IMPLEMENTED",
  );
}

export function capabilitiesOf(version: string): Capabilities {
  const since = (minimum: string) => isAtLeast(version, minimum);
  return {
    version,
    // 3.4 and 3.5 accept one trace in a request, but still read the spans from the artifact.
    otlp: since("3.6"),
    dialect: { traceFields: since("3.14"), parsesJsonText: since("3.7") },
    traceInfos: since("3.2"),
    wholeTraces: since("3.7"),
    countsTokens: since("3.12"),
    attachments: since("3.12"),
    linksPrompts: since("3.7"),
    loggedModels: since("3.0"),
  };
}
