import { inspect } from "node:util";
import { warnOnce } from "../base/log.js";
import { type Environment, parseFlag } from "./settings.js";

/** Where copies of traces are sent, beside MLflow. */
export interface OtlpTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The attributes of the process in OpenTelemetry. */
  readonly resource: Readonly<Record<string, string>>;
}

const DUAL_EXPORT = "MLFLOW_TRACE_ENABLE_OTLP_DUAL_EXPORT";
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Reads `MLFLOW_TRACE_ENABLE_OTLP_DUAL_EXPORT` and OpenTelemetry's variables. Returns undefined if there are to be no copies. A
 * wrong variable logs a warning, and there are no copies.
 */
export function readOtlpTarget(env: Environment = process.env): OtlpTarget | undefined {
  if (parseFlag(env[DUAL_EXPORT]) !== true) return undefined;
  if (parseFlag(env.MLFLOW_ENABLE_OTLP_EXPORTER) === false) return undefined;
  const own = (name: string) =>
    env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/*$/, "/v1/traces");
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || base;
  if (!url) return noCopies("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "a URL", undefined);
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    return noCopies("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "an http(s):// URL", url);
  }
  const protocol = own("PROTOCOL") ?? "http/protobuf";
  if (protocol !== "http/protobuf") {
    return noCopies("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf", protocol);
  }
  const timeoutMs = Number(own("TIMEOUT"));
  return {
    url: new URL(url),
    headers: {
      ...readPairs(env.OTEL_EXPORTER_OTLP_HEADERS),
      ...readPairs(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    timeoutMs: timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_MS,
    resource: {
      "service.name": "unknown_service:node",
      ...readPairs(env.OTEL_RESOURCE_ATTRIBUTES),
      ...(env.OTEL_SERVICE_NAME && { "service.name": env.OTEL_SERVICE_NAME }),
    },
  };
}

function noCopies(name: string, want: string, got: string | undefined): undefined {
  const found = got === undefined ? "it is not set" : `got ${inspect(withoutPassword(got))}`;
  warnOnce(
    `environment ${name}`,
    `With ${DUAL_EXPORT}, the environment variable ${name} takes ${want}, but ${found}. Traces are sent to MLflow only.`,
  );
  return undefined;
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}

/** `name=value` pairs, separated by commas. The values may be encoded as in a URL. */
function readPairs(text = ""): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    if (at <= 0) return [];
    return [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
